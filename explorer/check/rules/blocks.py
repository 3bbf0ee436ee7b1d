"""Finds mistakes that show in several layers of a block together, its strides among them."""

from collections.abc import Iterator
from math import prod
from types import SimpleNamespace

from explorer.check.matching.layers import Match, differing_fields
from explorer.check.rules.causes import explain
from explorer.check.rules.finding import KIND_WORDS, Case, Fault, Finding, conv_words, sides_words
from explorer.check.structure.names import canonical_name
from explorer.check.values import ReadLayer
from explorer.network.layer import Kind

_LAYERS = (Kind.CONV, Kind.NORM)


def assigned_twice(case: Case) -> Iterator[Finding]:
    """Finds a layer that has the shape of a missing one.

    Its name was probably assigned twice, so that the second layer replaced the first.
    """
    for kind in _LAYERS:
        for gone, layer in case.missing(kind, on_shortcut=False):
            for match in case.unit.main:
                read, fields = match.read, case.fields[id(match)]
                told = {"outputs", "inputs", "kernel"} & fields.keys()
                if (
                    not told
                    or not read
                    or read.kind is not kind
                    or differing_fields(read, layer).keys() - {"eps", "momentum", "bias"}
                ):
                    continue
                other = case.name_of(layer).rpartition(".")[2]
                found = SimpleNamespace(name=read.name, read=read, intended=match.intended, other=other)
                yield from explain("norm_twice" if kind is Kind.NORM else "twice", found)
                fields.clear()
                case.explain(gone)
                break


def swapped_layers(case: Case) -> Iterator[Finding]:
    """Finds a layer at the wrong place of its path: it is missing in one place and extra in another."""
    for on_shortcut in (False, True):
        for match, extra in case.extra(*_LAYERS, Kind.ACTIVATION, Kind.POOL, on_shortcut=on_shortcut):
            for gone, layer in case.missing(*[extra.kind] if extra.kind else [], on_shortcut=on_shortcut)[:1]:
                case.explain(match, gone)
                place, other = _intended_place(case, gone, on_shortcut=on_shortcut)
                neighbour = _neighbour(case, extra, on_shortcut=on_shortcut)
                found = SimpleNamespace(
                    name=extra.name, extra=extra, layer=layer, neighbour=neighbour, place=place, other=other
                )
                yield from explain("swapped", found)
    yield from _defined_elsewhere(case)


def _neighbour(case: Case, extra: ReadLayer, *, on_shortcut: bool) -> str:
    layers = case.unit.read.shortcut if on_shortcut else case.unit.read.main
    place = next((at for at, layer in enumerate(layers) if layer is extra), 0)
    if place + 1 < len(layers):
        return f"before {_called(layers[place + 1])}"
    return f"after {_called(layers[place - 1])}" if place else "alone"


def _called(layer: ReadLayer) -> str:
    """Returns a layer's name, with its kind where the name is only a number in a Sequential."""
    return f"{layer.local} ({KIND_WORDS[layer.kind]})" if layer.local.isdigit() and layer.kind else layer.local


def _intended_place(case: Case, gone: Match, *, on_shortcut: bool) -> tuple[str, str]:
    path = [match for match in case.path(on_shortcut=on_shortcut) if match.intended]
    place = next(at for at, match in enumerate(path) if match is gone)
    other = path[place - 1] if place else path[min(1, len(path) - 1)]
    name = case.name_of(other.intended).rpartition(".")[2] if other.intended else ""
    return "after" if place else "before", _called(other.read) if other.read else name


def _defined_elsewhere(case: Case) -> Iterator[Finding]:
    """Finds norms that are defined before their convolution where most are defined after it, or the reverse."""
    layers = case.unit.read.main
    convs = {canonical_name(layer): layer for layer in layers if layer.kind is Kind.CONV}
    where, usual = ("after", "before") if case.visible.norms_first else ("before", "after")
    for norm in layers:
        conv = convs.get((canonical_name(norm) or "").replace("bn", "conv"))
        if conv and norm.name in case.visible.out_of_order:
            found = SimpleNamespace(name=norm.name, norm=norm, conv=conv, where=where, usual=usual)
            yield from explain("defined_elsewhere", found)


def block_shortcut(case: Case) -> Iterator[Finding]:
    """Finds a missing shortcut, one that should not be there, and a projection without its norm."""
    wanted, read = case.unit.intended.shortcut, case.unit.read.shortcut
    gone = case.missing(*Kind, on_shortcut=True)
    if wanted and not read and len(gone) == len(wanted):
        case.explain(*(match for match, _ in gone))
        yield from _no_shortcut(case, wanted)
    elif read and not wanted:
        case.explain(*(match for match, _ in case.extra(on_shortcut=True)))
        if not _changes_shape(case):
            found = SimpleNamespace(name=_shared_name(read), case=case)
            yield from explain("needless_shortcut", found)
    else:
        for match, layer in case.missing(Kind.NORM, on_shortcut=True):
            case.explain(match)
            found = SimpleNamespace(name=case.name_of(layer))
            yield from explain("no_projection_norm", found)


def _changes_shape(case: Case) -> bool:
    """Whether the block in the text changes the shape, which the intended block does not."""
    convs = case.unit.read.convs
    strides = any(conv.stride not in ((1, 1), None) for conv in convs)
    return not case.config.is_plain and (strides or (bool(convs) and convs[0].inputs != case.unit.read.outputs))


def _no_shortcut(case: Case, wanted: tuple[ReadLayer, ...]) -> Iterator[Finding]:
    conv = next((layer for layer in wanted if layer.kind is Kind.CONV), None)
    inputs, outputs = case.unit.intended.convs[0].inputs, case.unit.intended.outputs
    name = case.name_of(wanted[0]).rpartition(".")[0]
    words = f": expected {conv_words(conv)}, stride {sides_words(conv.stride)}" if conv else ""
    convs, grows = case.unit.read.convs, inputs != outputs
    kept = grows and not case.halves and bool(convs) and convs[0].inputs == case.unit.read.outputs
    found = SimpleNamespace(name=name, case=case, inputs=inputs, outputs=outputs, grows=grows, kept=kept, wanted=words)
    yield from explain("no_shortcut", found)


def _shared_name(layers: tuple[ReadLayer, ...]) -> str:
    """Returns the name of the container that holds these layers, or of the only one."""
    name = layers[0].name
    for layer in layers[1:]:
        while not layer.name.startswith(f"{name}.") and name != layer.name and "." in name:
            name = name.rpartition(".")[0]
    return name.rpartition(".")[0] if len(layers) == 1 and layers[0].local.isdigit() else name


def block_strides(case: Case) -> Iterator[Finding]:
    """Yields at most one finding for all wrong strides of a block. The stem's are left to ``layer_kernels``."""
    if not case.unit.intended.name:
        return
    main = case.faults("stride", Kind.CONV, on_shortcut=False)
    shortcut = case.faults("stride", Kind.CONV, Kind.POOL, Kind.PAD, on_shortcut=True)
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
            yield from explain("projection_stride", fault)
    elif not case.halves:
        yield from explain("needless_stride", main[0])
    elif shrinks == 1:
        halves = not shortcut and any(match.read and match.intended for match in case.unit.shortcut if _is_conv(match))
        yield from explain("shortcut_strides" if halves else "no_stride", main[0])
    else:
        extra = [fault for fault in main if fault.expected == (1, 1)]
        meant = [fault.intended.local for fault in main if fault.expected != (1, 1)]
        if shrinks > 2:
            carriers = [read.local for read, intended in convs if intended.stride != (1, 1)]
            found = _about((extra or main)[0], carrier=carriers[0] if carriers else "", shrinks=shrinks)
            yield from explain("two_strides", found)
        elif extra and meant:
            yield from explain("moved_stride", _about(extra[0], meant=meant[0]))


def _is_conv(match: Match) -> bool:
    return match.intended is not None and match.intended.kind is Kind.CONV


def _about(fault: Fault, **words: object) -> SimpleNamespace:
    return SimpleNamespace(
        name=fault.name, case=fault.case, read=fault.read, has=fault.has, expected=fault.expected, **words
    )
