"""Mistakes that show in several layers of a block together, each with its likely cause."""

from collections.abc import Iterator

from explorer.check.align import Match, canonical_name, differing
from explorer.check.findings import KIND_WORDS, Case, Finding, conv_words, one
from explorer.check.values import Pair, ReadLayer, Severity
from explorer.layer import Kind

_LAYERS = (Kind.CONV, Kind.NORM)


def assigned_twice(case: Case) -> Iterator[Finding]:
    """A layer that is what a missing one should be: its name was written twice, and the second one won."""
    for kind in _LAYERS:
        for gone in case.missing(kind, beside=False):
            for match in case.pairs(kind, beside=False):
                fields = case.left(match)
                told = {"outputs", "inputs", "kernel"} & fields.keys()
                if not told or not gone.want or not match.read or _unlike(match.read, gone.want):
                    continue
                local, other = match.read.local, case.name_of(gone.want).rpartition(".")[2]
                yield Finding(
                    match.read.name,
                    f"{_other_shape(match)}, and {other} is missing",
                    f"{local} was probably assigned twice. The second assignment replaces the first: it should be to "
                    f"self.{other}.",
                    Severity.ERROR,
                    ("twice", local, other),
                )
                fields.clear()
                case.close(gone)
                break


def _unlike(read: ReadLayer, want: ReadLayer) -> bool:
    return any(name not in ("eps", "momentum", "bias") for name in differing(read, want))


def _other_shape(match: Match) -> str:
    read, want = match.read, match.want
    if read is None or want is None:
        return ""
    if read.kind is Kind.NORM:
        return f"has {read.outputs:,} features, expected {want.outputs:,}"
    return f"is {conv_words(read)}, expected {conv_words(want)}"


def swapped(case: Case) -> Iterator[Finding]:
    """A layer that stands elsewhere on its path: missing in one place and too many in another."""
    for beside in (False, True):
        for extra in case.extra(*_LAYERS, Kind.ACTIVATION, Kind.POOL, beside=beside):
            kind = extra.read.kind if extra.read else None
            gone = next(iter(case.missing(kind, beside=beside) if kind else []), None)
            if extra.read is None or gone is None or gone.want is None:
                continue
            case.close(extra, gone)
            place, other = _wanted_place(case, gone, beside=beside)
            effect = _EFFECTS.get(kind, "") if kind and place == "after" else ""
            yield Finding(
                extra.read.name,
                f"is {KIND_WORDS[gone.want.kind] if gone.want.kind else 'a layer'} "
                f"{_neighbour(case, extra, beside=beside)}, expected {place} {other}",
                f"the order is swapped.{effect}",
                Severity.ERROR,
                ("swapped", extra.read.local),
            )
    yield from _defined_elsewhere(case)


_EFFECTS = {
    Kind.NORM: " A norm here works on what the convolution reads, not on what it puts out.",
    Kind.ACTIVATION: " The norm then sees what the activation has already cut off.",
}


def _path(case: Case, *, beside: bool) -> tuple[Match, ...]:
    return case.unit.shortcut if beside else case.unit.main


def _neighbour(case: Case, extra: Match, *, beside: bool) -> str:
    layers = case.unit.read.shortcut if beside else case.unit.read.main
    place = next((at for at, layer in enumerate(layers) if layer is extra.read), 0)
    if place + 1 < len(layers):
        return f"before {_called(layers[place + 1])}"
    return f"after {_called(layers[place - 1])}" if place else "alone"


def _called(layer: ReadLayer) -> str:
    """A name that tells something; a number in a Sequential tells nothing."""
    if layer.local.isdigit() and layer.kind:
        return f"{layer.local} ({KIND_WORDS[layer.kind]})"
    return layer.local


def _wanted_place(case: Case, gone: Match, *, beside: bool) -> tuple[str, str]:
    path = [match for match in _path(case, beside=beside) if match.want]
    place = next(at for at, match in enumerate(path) if match is gone)
    other = path[place - 1] if place else path[min(1, len(path) - 1)]
    name = _called(other.read) if other.read else case.name_of(other.want).rpartition(".")[2] if other.want else ""
    return ("after" if place else "before"), name


def _defined_elsewhere(case: Case) -> Iterator[Finding]:
    """A printed block lists layers as they are defined: a norm before its convolution, where others have it after."""
    if case.view.ordered or case.view.norms_first is None:
        return
    for conv, norm in _couples(case):
        if norm.name not in case.view.out_of_order:
            continue
        where = "after" if case.view.norms_first else "before"
        usual = "before" if case.view.norms_first else "after"
        yield Finding(
            norm.name,
            f"is defined {where} {conv.local}, elsewhere {usual} it",
            "print shows the order of definition, not of the forward pass: if forward calls them in this order too, "
            "norm and convolution are swapped.",
            Severity.WARNING,
            ("defined", norm.local),
        )


def _couples(case: Case) -> Iterator[tuple[ReadLayer, ReadLayer]]:
    layers = case.unit.read.main
    convs = {canonical_name(layer): layer for layer in layers if layer.kind is Kind.CONV}
    for layer in layers:
        name = canonical_name(layer)
        if layer.kind is Kind.NORM and name and name.replace("bn", "conv") in convs:
            yield convs[name.replace("bn", "conv")], layer


def shortcut(case: Case) -> Iterator[Finding]:
    """A shortcut that is not there, one that should not be, and a projection without its norm."""
    wanted, read = case.unit.want.shortcut, case.unit.read.shortcut
    gone, extra = case.missing(*Kind, beside=True), case.extra(beside=True)
    if wanted and not read and len(gone) == len(wanted):
        case.close(*gone)
        yield _no_shortcut(case, wanted)
    elif read and not wanted:
        case.close(*extra)
        yield _needless_shortcut(case, read)
    else:
        for match in case.missing(Kind.NORM, beside=True):
            case.close(match)
            name = case.name_of(match.want) if match.want else case.name
            yield Finding(
                name,
                "is missing: no norm follows the projection",
                "the shortcut's convolution needs its own batch norm, as the branch has one; otherwise the two "
                "summands have different scales.",
                Severity.ERROR,
                ("no norm", "shortcut"),
            )


def _no_shortcut(case: Case, wanted: tuple[ReadLayer, ...]) -> Finding:
    conv = next((layer for layer in wanted if layer.kind is Kind.CONV), None)
    block = case.unit.want
    what = f"is missing: expected {conv_words(conv)}, stride {one(conv.stride)}" if conv else "is missing"
    inputs, outputs = block.convs[0].inputs, block.outputs
    halved = " and the map is halved" if case.halves else ""
    grows = inputs != outputs
    cause = (
        f"the block turns {inputs:,} channels into {outputs:,}{halved}, so its input cannot be added to its output as "
        "it is. The block was probably made without the downsample argument."
        if grows or halved
        else "this option projects in every block, also where the shape stays."
    )
    return Finding(
        case.name_of(wanted[0]).rpartition(".")[0], what, cause, Severity.ERROR, ("no shortcut", bool(grows))
    )


def _needless_shortcut(case: Case, read: tuple[ReadLayer, ...]) -> Finding:
    name = read[0].name
    for layer in read[1:]:
        while not layer.name.startswith(f"{name}.") and name != layer.name and "." in name:
            name = name.rpartition(".")[0]
    if len(read) == 1 and read[0].local.isdigit():
        name = name.rpartition(".")[0]
    plain = case.config.is_plain
    cause = (
        "a plain network has no shortcuts."
        if plain
        else "the block keeps its shape, so the identity fits. Probably the condition for the projection is always "
        "true, or every block gets the downsample that only a stage's first should get."
    )
    return Finding(name, "is there, but none was expected", cause, Severity.WARNING, ("needless shortcut", plain))


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
