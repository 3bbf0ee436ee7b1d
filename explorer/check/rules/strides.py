"""Where the map is halved, and where it should be."""

from collections.abc import Iterator

from explorer.check.matching.layers import Match
from explorer.check.rules.finding import Case, Finding, one
from explorer.check.values import Pair, Severity
from explorer.network.layer import Kind


def strides(case: Case) -> Iterator[Finding]:
    """Where the map is halved, and where it should be."""
    convs = case.pairs(Kind.CONV, beside=False)
    beside = case.pairs(Kind.CONV, beside=True) + case.pairs(Kind.POOL, beside=True) + case.pairs(Kind.PAD, beside=True)
    wrong = [match for match in convs if "stride" in case.left(match)]
    wrong_beside = [match for match in beside if "stride" in case.left(match)]
    if not case.unit.want.name or not (wrong or wrong_beside):
        return
    finding = _stride(case, convs, wrong, wrong_beside)
    if finding:
        for match in (*wrong, *wrong_beside):
            case.pop(match, "stride")
        yield finding


def _stride(case: Case, convs: list[Match], wrong: list[Match], wrong_beside: list[Match]) -> Finding | None:
    total = _product(convs)
    first = (wrong or wrong_beside)[0]
    if first.read is None or first.want is None:
        return None
    local = first.read.local
    if not wrong:
        return _of_projection(case, first)
    if not case.halves:
        return _uncalled_for(case, first)
    if total == 1:
        lone = case.pairs(Kind.CONV, beside=True) and not wrong_beside
        cause = (
            f"the shortcut halves the map and the branch does not, so the two cannot be added: {local} needs stride=2."
            if lone
            else f"stage {case.number} should halve the map. The stride was probably not handed to its first block."
        )
        what = f"has stride {one(first.read.stride)}, expected {one(first.want.stride)}"
        return Finding(first.read.name, what, cause, Severity.ERROR, ("no stride", local, bool(lone)))
    if total > 2:
        wrongly = next((match for match in wrong if match.want and match.want.stride == (1, 1)), first)
        layer = wrongly.read or first.read
        carrier = next(
            (match.read.local for match in convs if match.want and match.want.stride != (1, 1) and match.read), ""
        )
        what = f"has stride {one(layer.stride)}, expected {one(wrongly.want.stride if wrongly.want else None)}"
        cause = (
            f"{carrier} and {layer.local} both stride, so the block shrinks the map {total}-fold instead of 2-fold. "
            f"Only {carrier} should."
        )
        return Finding(layer.name, what, cause, Severity.ERROR, ("two strides", layer.local))
    return _moved(case, wrong)


def _of_projection(case: Case, first: Match) -> Finding | None:
    if first.read is None or first.want is None:
        return None
    has, expected = one(first.read.stride), one(first.want.stride)
    cause = (
        "the projection lacks stride=2: the branch halves the map and the shortcut does not, so the two cannot be "
        "added."
        if case.halves
        else "the branch keeps the size of the map, so the shortcut must keep it, too."
    )
    what = f"has stride {has}, expected {expected}"
    return Finding(first.read.name, what, cause, Severity.ERROR, ("projection stride", case.halves, has))


def _uncalled_for(case: Case, first: Match) -> Finding | None:
    if first.read is None or first.want is None:
        return None
    cause = (
        f"only the first block of a stage halves the map; block {case.index} of stage {case.number} should keep it. "
        "The stride was probably handed to every block."
        if case.index
        else "the first stage keeps the size of the map that the stem hands on."
    )
    what = f"has stride {one(first.read.stride)}, expected {one(first.want.stride)}"
    return Finding(first.read.name, what, cause, Severity.ERROR, ("uncalled stride", bool(case.index)))


def _moved(case: Case, wrong: list[Match]) -> Finding | None:
    carrier = next((match.read for match in wrong if match.read and match.want and match.want.stride == (1, 1)), None)
    meant = next((match.want for match in wrong if match.want and match.want.stride != (1, 1)), None)
    if carrier is None or meant is None:
        return None
    what = f"has stride {one(carrier.stride)}, expected 1; {meant.local} was meant to have it"
    if case.config.convs_per_block == 3:
        cause = (
            "the stride sits in another convolution than in the network that was meant: the paper (v1) has it in the "
            "first 1×1, torchvision (v1.5) in the 3×3."
        )
    else:
        cause = "a basic block strides in its first convolution."
    return Finding(carrier.name, what, cause, Severity.WARNING, ("moved stride", carrier.local))


def _product(convs: list[Match]) -> int:
    total = 1
    for match in convs:
        stride: Pair | None = match.read.stride if match.read else None
        total *= (stride or (match.want.stride if match.want else None) or (1, 1))[0]
    return total
