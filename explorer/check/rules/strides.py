"""Explains strides: where a block halves the map, and where it should."""

from collections.abc import Iterator

from explorer.check.matching.layers import Match
from explorer.check.rules.finding import Case, Finding, side_words
from explorer.check.values import Severity
from explorer.network.layer import Kind


def block_strides(case: Case) -> Iterator[Finding]:
    """Yields at most one finding for all wrong strides of a block. The stem's are left to ``layer_kernels``."""
    if not case.unit.intended.name:
        return
    convs = case.pairs(Kind.CONV, on_shortcut=False)
    shortcut = [match for kind in (Kind.CONV, Kind.POOL, Kind.PAD) for match in case.pairs(kind, on_shortcut=True)]
    wrong = [match for match in convs if "stride" in case.unexplained(match)]
    wrong_on_shortcut = [match for match in shortcut if "stride" in case.unexplained(match)]
    finding = _explained(case, convs, wrong, wrong_on_shortcut)
    if finding:
        for match in (*wrong, *wrong_on_shortcut):
            case.take(match, "stride")
        yield finding


def _explained(case: Case, convs: list[Match], wrong: list[Match], wrong_on_shortcut: list[Match]) -> Finding | None:
    if not wrong:
        return _projection_stride(case, wrong_on_shortcut[0]) if wrong_on_shortcut else None
    if not case.halves:
        return _uncalled_for(case, wrong[0])
    shrinks = _shrinks(convs)
    if shrinks == 1:
        return _never_halved(case, wrong[0], projection_halves=not wrong_on_shortcut)
    if shrinks > 2:
        return _two_strides(convs, wrong, shrinks)
    return _moved(case, wrong)


def _shrinks(convs: list[Match]) -> int:
    """Returns by what factor these convolutions shrink the map, with the intended stride where none is known."""
    product = 1
    for match in convs:
        stride = (match.read and match.read.stride) or (match.intended and match.intended.stride) or (1, 1)
        product *= stride[0]
    return product


def _stride_words(match: Match) -> str:
    has, expected = (layer.stride if layer else None for layer in (match.read, match.intended))
    return f"has stride {side_words(has)}, expected {side_words(expected)}"


def _projection_stride(case: Case, match: Match) -> Finding | None:
    if match.read is None:
        return None
    cause = (
        "the projection lacks stride=2: the branch halves the map and the shortcut does not, so the two cannot be "
        "added."
        if case.halves
        else "the branch keeps the size of the map, so the shortcut must keep it, too."
    )
    key = ("projection stride", case.halves, side_words(match.read.stride))
    return Finding(match.read.name, _stride_words(match), cause, Severity.ERROR, key)


def _uncalled_for(case: Case, match: Match) -> Finding | None:
    if match.read is None:
        return None
    cause = (
        f"only the first block of a stage halves the map; block {case.index} of stage {case.number} should keep it. "
        "The stride was probably handed to every block."
        if case.index
        else "the first stage keeps the size of the map that the stem hands on."
    )
    key = ("uncalled stride", bool(case.index))
    return Finding(match.read.name, _stride_words(match), cause, Severity.ERROR, key)


def _never_halved(case: Case, match: Match, *, projection_halves: bool) -> Finding | None:
    if match.read is None:
        return None
    local = match.read.local
    only_shortcut_halves = projection_halves and bool(case.pairs(Kind.CONV, on_shortcut=True))
    cause = (
        f"the shortcut halves the map and the branch does not, so the two cannot be added: {local} needs stride=2."
        if only_shortcut_halves
        else f"stage {case.number} should halve the map. The stride was probably not handed to its first block."
    )
    key = ("no stride", local, only_shortcut_halves)
    return Finding(match.read.name, _stride_words(match), cause, Severity.ERROR, key)


def _two_strides(convs: list[Match], wrong: list[Match], shrinks: int) -> Finding | None:
    extra = next((match for match in wrong if match.intended and match.intended.stride == (1, 1)), wrong[0])
    if extra.read is None:
        return None
    carriers = [
        match.read.local for match in convs if match.read and match.intended and match.intended.stride != (1, 1)
    ]
    carrier, local = carriers[0] if carriers else "", extra.read.local
    cause = (
        f"{carrier} and {local} both stride, so the block shrinks the map {shrinks}-fold instead of 2-fold. "
        f"Only {carrier} should."
    )
    return Finding(extra.read.name, _stride_words(extra), cause, Severity.ERROR, ("two strides", local))


def _moved(case: Case, wrong: list[Match]) -> Finding | None:
    pairs = [(match.read, match.intended) for match in wrong if match.read and match.intended]
    carrier = next((read for read, intended in pairs if intended.stride == (1, 1)), None)
    meant = next((intended for _, intended in pairs if intended.stride != (1, 1)), None)
    if carrier is None or meant is None:
        return None
    what = f"has stride {side_words(carrier.stride)}, expected 1; {meant.local} was meant to have it"
    if case.config.convs_per_block == 3:
        cause = (
            "the stride sits in another convolution than in the network that was meant: the paper (v1) has it in the "
            "first 1×1, torchvision (v1.5) in the 3×3."
        )
    else:
        cause = "a basic block strides in its first convolution."
    return Finding(carrier.name, what, cause, Severity.WARNING, ("moved stride", carrier.local))
