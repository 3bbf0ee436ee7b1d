"""Explains mistakes that show in several layers of a block together."""

from collections.abc import Iterator

from explorer.check.matching.layers import Match, differing_fields
from explorer.check.rules.finding import KIND_WORDS, Case, Finding, conv_words, side_words
from explorer.check.structure.names import canonical_name
from explorer.check.values import ReadLayer, Severity
from explorer.network.layer import Kind

_LAYERS = (Kind.CONV, Kind.NORM)


def assigned_twice(case: Case) -> Iterator[Finding]:
    """Finds a layer that has the shape of a missing one.

    Its name was probably assigned twice, so that the second layer replaced the first.
    """
    for kind in _LAYERS:
        for gone in case.missing(kind, on_shortcut=False):
            for match in case.pairs(kind, on_shortcut=False):
                fields = case.unexplained(match)
                told = {"outputs", "inputs", "kernel"} & fields.keys()
                if not told or not gone.intended or not match.read or _differs(match.read, gone.intended):
                    continue
                local, other = match.read.local, case.name_of(gone.intended).rpartition(".")[2]
                yield Finding(
                    match.read.name,
                    f"{_other_shape(match)}, and {other} is missing",
                    f"{local} was probably assigned twice. The second assignment replaces the first: it should be to "
                    f"self.{other}.",
                    Severity.ERROR,
                    ("twice", local, other),
                )
                fields.clear()
                case.explain(gone)
                break


def _differs(read: ReadLayer, intended: ReadLayer) -> bool:
    return any(name not in ("eps", "momentum", "bias") for name in differing_fields(read, intended))


def _other_shape(match: Match) -> str:
    read, intended = match.read, match.intended
    if read is None or intended is None:
        return ""
    if read.kind is Kind.NORM:
        return f"has {read.outputs:,} features, expected {intended.outputs:,}"
    return f"is {conv_words(read)}, expected {conv_words(intended)}"


def swapped_layers(case: Case) -> Iterator[Finding]:
    """Finds a layer at the wrong place of its path: it is missing in one place and extra in another."""
    for on_shortcut in (False, True):
        for extra in case.extra(*_LAYERS, Kind.ACTIVATION, Kind.POOL, on_shortcut=on_shortcut):
            kind = extra.read.kind if extra.read else None
            gone = next(iter(case.missing(kind, on_shortcut=on_shortcut) if kind else []), None)
            if extra.read is None or gone is None or gone.intended is None:
                continue
            case.explain(extra, gone)
            place, other = _intended_place(case, gone, on_shortcut=on_shortcut)
            effect = _SWAP_EFFECTS.get(kind, "") if kind and place == "after" else ""
            yield Finding(
                extra.read.name,
                f"is {KIND_WORDS[gone.intended.kind] if gone.intended.kind else 'a layer'} "
                f"{_neighbour(case, extra, on_shortcut=on_shortcut)}, expected {place} {other}",
                f"the order is swapped.{effect}",
                Severity.ERROR,
                ("swapped", extra.read.local),
            )
    yield from _defined_elsewhere(case)


_SWAP_EFFECTS = {
    Kind.NORM: " A norm here works on what the convolution reads, not on what it puts out.",
    Kind.ACTIVATION: " The norm then sees what the activation has already cut off.",
}


def _path(case: Case, *, on_shortcut: bool) -> tuple[Match, ...]:
    return case.unit.shortcut if on_shortcut else case.unit.main


def _neighbour(case: Case, extra: Match, *, on_shortcut: bool) -> str:
    layers = case.unit.read.shortcut if on_shortcut else case.unit.read.main
    place = next((at for at, layer in enumerate(layers) if layer is extra.read), 0)
    if place + 1 < len(layers):
        return f"before {_called(layers[place + 1])}"
    return f"after {_called(layers[place - 1])}" if place else "alone"


def _called(layer: ReadLayer) -> str:
    """Returns a layer's name, with its kind where the name is only a number in a Sequential."""
    if layer.local.isdigit() and layer.kind:
        return f"{layer.local} ({KIND_WORDS[layer.kind]})"
    return layer.local


def _intended_place(case: Case, gone: Match, *, on_shortcut: bool) -> tuple[str, str]:
    path = [match for match in _path(case, on_shortcut=on_shortcut) if match.intended]
    place = next(at for at, match in enumerate(path) if match is gone)
    other = path[place - 1] if place else path[min(1, len(path) - 1)]
    name = (
        _called(other.read) if other.read else case.name_of(other.intended).rpartition(".")[2] if other.intended else ""
    )
    return ("after" if place else "before"), name


def _defined_elsewhere(case: Case) -> Iterator[Finding]:
    """Finds norms that are defined before their convolution where most are defined after it, or the reverse."""
    if case.visible.ordered or case.visible.norms_first is None:
        return
    for conv, norm in _couples(case):
        if norm.name not in case.visible.out_of_order:
            continue
        where = "after" if case.visible.norms_first else "before"
        usual = "before" if case.visible.norms_first else "after"
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


def block_shortcut(case: Case) -> Iterator[Finding]:
    """Finds a missing shortcut, one that should not be there, and a projection without its norm."""
    wanted, read = case.unit.intended.shortcut, case.unit.read.shortcut
    gone, extra = case.missing(*Kind, on_shortcut=True), case.extra(on_shortcut=True)
    if wanted and not read and len(gone) == len(wanted):
        case.explain(*gone)
        yield _no_shortcut(case, wanted)
    elif read and not wanted:
        case.explain(*extra)
        if not _changes_shape(case):
            yield _needless_shortcut(case, read)
    else:
        for match in case.missing(Kind.NORM, on_shortcut=True):
            case.explain(match)
            name = case.name_of(match.intended) if match.intended else case.name
            yield Finding(
                name,
                "is missing: no norm follows the projection",
                "the shortcut's convolution needs its own batch norm, as the branch has one; otherwise the two "
                "summands have different scales.",
                Severity.ERROR,
                ("no norm", "shortcut"),
            )


def _changes_shape(case: Case) -> bool:
    """Whether the block as it was read changes the shape, against what was meant: that is its mistake then."""
    convs = case.unit.read.convs
    strides = any(conv.stride not in ((1, 1), None) for conv in convs)
    return not case.config.is_plain and (strides or (bool(convs) and convs[0].inputs != case.unit.read.outputs))


def _no_shortcut(case: Case, wanted: tuple[ReadLayer, ...]) -> Finding:
    conv = next((layer for layer in wanted if layer.kind is Kind.CONV), None)
    block = case.unit.intended
    what = f"is missing: expected {conv_words(conv)}, stride {side_words(conv.stride)}" if conv else "is missing"
    inputs, outputs = block.convs[0].inputs, block.outputs
    halved = " and the map is halved" if case.halves else ""
    grows = inputs != outputs
    read = case.unit.read
    kept = grows and not case.halves and bool(read.convs) and read.convs[0].inputs == read.outputs
    turns = f"turns {inputs:,} channels into {outputs:,}{halved}"
    if kept:
        cause = f"here the block keeps its shape, and its input can be added; in the network that was meant it {turns}."
    elif grows or halved:
        cause = (
            f"the block {turns}, so its input cannot be added to its output as it is. The block was probably made "
            "without the downsample argument."
        )
    else:
        cause = "this option projects in every block, also where the shape stays."
    return Finding(
        case.name_of(wanted[0]).rpartition(".")[0], what, cause, Severity.ERROR, ("no shortcut", grows, kept)
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
