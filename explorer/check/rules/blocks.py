"""Finds mistakes that show in several layers of a block together, its strides among them."""

from collections.abc import Iterator
from math import prod

from explorer.check.matching.layers import Match, differing_fields
from explorer.check.rules.causes import explain
from explorer.check.rules.finding import KIND_WORDS, Case, Fault, Finding, conv_words, sides_words
from explorer.check.structure.names import norms_with_convs
from explorer.check.values import Layers, ReadLayer
from explorer.network.layer import Kind

_LAYERS = (Kind.CONV, Kind.NORM)


def assigned_twice(case: Case) -> Iterator[Finding]:
    """Finds a layer that has the shape of a missing one.

    Its name was probably assigned twice, so that the second layer replaced the first.
    """
    for kind in _LAYERS:
        for gone, layer in case.missing(kind, path=case.unit.main):
            for match in case.unit.main:
                told = match.read and {"outputs", "inputs", "kernel"} & case.fields[match].keys()
                if not told or not match.read or match.read.kind is not kind:
                    continue
                if not differing_fields(match.read, layer).keys() - {"eps", "momentum", "bias"}:
                    other = case.name_of(layer).rpartition(".")[2]
                    topic = "norm_twice" if kind is Kind.NORM else "twice"
                    words = {"read": match.read, "layer": match.intended, "other": other}
                    yield explain(topic, name=match.read.name, **words)
                    case.fields[match].clear()
                    case.explain(gone)
                    break


def swapped_layers(case: Case) -> Iterator[Finding]:
    """Finds a layer at the wrong place of its path: it is missing in one place and extra in another."""
    for path, layers in ((case.unit.main, case.unit.read.main), (case.unit.shortcut, case.unit.read.shortcut)):
        for match, extra in case.extra(*_LAYERS, Kind.ACTIVATION, Kind.POOL, path=path):
            for gone, layer in case.missing(extra.kind, path=path)[:1]:
                case.explain(match, gone)
                place, other = _intended_place(case, gone, path)
                words = {"neighbour": _neighbour(extra, layers), "place": place, "other": other}
                yield explain("swapped", name=extra.name, extra=extra, layer=layer, **words)
    yield from _defined_elsewhere(case)


def _neighbour(extra: ReadLayer, layers: Layers) -> str:
    place = next((at for at, layer in enumerate(layers) if layer is extra), 0)
    if place + 1 < len(layers):
        return f"before {_called(layers[place + 1])}"
    return f"after {_called(layers[place - 1])}" if place else "alone"


def _called(layer: ReadLayer) -> str:
    """Returns a layer's name, with its kind where the name is only a number in a Sequential."""
    return f"{layer.local} ({KIND_WORDS[layer.kind]})" if layer.local.isdigit() and layer.kind else layer.local


def _intended_place(case: Case, gone: Match, path: tuple[Match, ...]) -> tuple[str, str]:
    intended = [match for match in path if match.intended]
    place = intended.index(gone)
    other = intended[place - 1] if place else intended[min(1, len(intended) - 1)]
    name = case.name_of(other.intended).rpartition(".")[2] if other.intended else ""
    return "after" if place else "before", _called(other.read) if other.read else name


def _defined_elsewhere(case: Case) -> Iterator[Finding]:
    """Finds norms that are defined before their convolution where most are defined after it, or the reverse."""
    where, usual = ("after", "before") if case.visible.norms_first else ("before", "after")
    for norm, conv in norms_with_convs(case.unit.read.main):
        if norm.name in case.visible.out_of_order:
            yield explain("defined_elsewhere", name=norm.name, norm=norm, conv=conv, where=where, usual=usual)


def block_shortcut(case: Case) -> Iterator[Finding]:
    """Finds a missing shortcut, one that should not be there, and a projection without its norm."""
    wanted, read, path = case.unit.intended.shortcut, case.unit.read.shortcut, case.unit.shortcut
    gone = case.missing(*Kind, path=path)
    if wanted and not read and len(gone) == len(wanted):
        case.explain(*path)
        yield from _no_shortcut(case, wanted)
    elif read and not wanted:
        case.explain(*path)
        convs = case.unit.read.convs
        changes = bool(convs) and (any(conv.strides for conv in convs) or convs[0].inputs != case.unit.read.outputs)
        if case.config.is_plain or not changes:  # else the block in the text changes the shape
            yield explain("needless_shortcut", name=_shared_name(read), case=case)
    else:
        for match, layer in case.missing(Kind.NORM, path=path):
            case.explain(match)
            yield explain("no_projection_norm", name=case.name_of(layer))


def _no_shortcut(case: Case, wanted: Layers) -> Iterator[Finding]:
    conv, convs = case.unit.intended.projection, case.unit.read.convs
    inputs, outputs = case.unit.intended.convs[0].inputs, case.unit.intended.outputs
    name = case.name_of(wanted[0]).rpartition(".")[0]
    words = f": expected {conv_words(conv)}, stride {sides_words(conv.stride)}" if conv else ""
    grows = inputs != outputs
    kept = grows and not case.halves and bool(convs) and convs[0].inputs == case.unit.read.outputs
    ends = {"inputs": inputs, "outputs": outputs, "grows": grows, "kept": kept}
    yield explain("no_shortcut", name=name, case=case, wanted=words, **ends)


def _shared_name(layers: Layers) -> str:
    name = layers[0].name
    for layer in layers[1:]:
        while not layer.name.startswith(f"{name}.") and name != layer.name and "." in name:
            name = name.rpartition(".")[0]
    return name.rpartition(".")[0] if len(layers) == 1 and layers[0].local.isdigit() else name


def block_strides(case: Case) -> Iterator[Finding]:
    """Yields at most one finding for all wrong strides of a block. The stem's are left to ``layer_kernels``."""
    if not case.unit.intended.name:
        return
    main = case.faults("stride", case.unit.main, Kind.CONV)
    shortcut = case.faults("stride", case.unit.shortcut, Kind.CONV, Kind.POOL, Kind.PAD)
    findings = list(_explained(case, main, shortcut))
    for fault in (*main, *shortcut) if findings else ():
        case.take(fault.match, "stride")
    yield from findings


def _explained(case: Case, main: list[Fault], shortcut: list[Fault]) -> Iterator[Finding]:
    convs = [(match.read, match.intended) for match in case.unit.main if match.read and match.intended]
    convs = [(read, intended) for read, intended in convs if intended.kind is Kind.CONV]
    shrinks = prod((read.stride or intended.stride or (1, 1))[0] for read, intended in convs)
    if not main:
        for fault in shortcut[:1]:
            yield explain("projection_stride", fault)
    elif not case.halves:
        yield explain("needless_stride", main[0])
    elif shrinks == 1:
        pairs = [match.intended.kind for match in case.unit.shortcut if match.read and match.intended]
        halves = not shortcut and Kind.CONV in pairs
        yield explain("shortcut_strides" if halves else "no_stride", main[0])
    else:
        extra = [fault for fault in main if fault.expected == (1, 1)]
        meant = [fault.layer.local for fault in main if fault.expected != (1, 1)]
        if shrinks > 2:
            carrier = next((read.local for read, intended in convs if intended.stride != (1, 1)), "")
            yield explain("two_strides", (extra or main)[0], carrier=carrier, shrinks=shrinks)
        elif extra and meant:
            yield explain("moved_stride", extra[0], meant=meant[0])
