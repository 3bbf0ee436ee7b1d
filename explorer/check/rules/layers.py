"""Finds mistakes of single layers, after the rules that explain several layers at once."""

from collections.abc import Iterator
from types import SimpleNamespace

from explorer.check.matching.layers import Match, is_harmless
from explorer.check.rules.causes import explain
from explorer.check.rules.finding import KIND_WORDS, Case, Fault, Finding, conv_words
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order


def channels(case: Case) -> Iterator[Finding]:
    """Finds wrong channels. Each mistake is reported where it begins, not in the layers that follow from it."""
    for path in (case.unit.main, case.unit.shortcut):
        arriving = case.arriving
        for match in path:
            kind = match.intended.kind if match.intended else None
            if match.read and kind is Kind.CONV:
                _follows(case, match, "inputs", arriving)
                yield from _explained(case, match, "inputs")
                yield from _explained(case, match, "outputs")
            elif match.read and kind is Kind.NORM:
                _follows(case, match, "outputs", arriving)
                yield from _explained(case, match, "outputs", "features")
            if match.read and kind in (Kind.CONV, None):
                arriving = match.read.outputs or arriving


def _follows(case: Case, match: Match, name: str, arriving: int | None) -> None:
    """Takes out a number that equals what arrives: the mistake is in an earlier layer."""
    pair = case.fields[id(match)].get(name)
    if pair and arriving is not None and pair[0] == arriving:
        case.take(match, name)


def _explained(case: Case, match: Match, name: str, topic: str = "") -> Iterator[Finding]:
    if fault := case.take(match, name):
        yield from explain(topic or name, fault)


def classifier_counts(case: Case) -> Iterator[Finding]:
    """Finds wrong features and classes of the linear layer."""
    for match in case.unit.main:
        if match.intended and match.intended.kind is Kind.LINEAR:
            _follows(case, match, "inputs", case.arriving)
            yield from _explained(case, match, "inputs", "classifier")
            yield from _explained(case, match, "outputs", "classes")


def layer_classes(case: Case) -> Iterator[Finding]:
    """Finds layers of the right kind and the wrong class."""
    for match in case.matches:
        yield from _explained(case, match, "class")


def layer_kernels(case: Case) -> Iterator[Finding]:
    """Finds wrong kernels, paddings, dilations, groups and strides of convolutions and pools."""
    for match in case.matches:
        if match.intended and match.intended.kind in (Kind.CONV, Kind.POOL):
            if "kernel" in case.fields[id(match)]:  # the padding goes with it
                yield from _explained(case, match, "kernel")
                case.take(match, "padding")
            for name in ("padding", "dilation", "groups", "stride", "size", "params"):
                yield from _explained(case, match, name)


def layer_biases(case: Case) -> Iterator[Finding]:
    """Finds a bias too many or too few."""
    for match in case.matches:
        if fault := case.take(match, "bias"):
            topic = "no_bias" if not fault.has else "bias" if _norm_follows(fault) else "free_bias"
            yield from explain(topic, fault)


def _norm_follows(fault: Fault) -> bool:
    """Whether a norm comes next on the convolution's path: it would undo any bias."""
    case, conv = fault.case, fault.read
    for path in (case.unit.read.main, case.unit.read.shortcut):
        kinds = [layer.kind for layer in path[path.index(conv) + 1 :]] if conv in path else []
        if kinds:
            return kinds[0] is Kind.NORM
    return case.config.norm is not Norm.NONE and case.config.order is Order.POST and conv in case.unit.read.main


def missing_and_extra(case: Case) -> Iterator[Finding]:
    """Reports every layer without counterpart that no other rule has explained."""
    for _, layer in case.missing(*Kind):
        name = case.name_of(layer)
        wanted = f": expected {conv_words(layer)}" if layer.kind is Kind.CONV else ""
        found = SimpleNamespace(name=name, layer=layer, case=case, place=name.removeprefix(case.name), wanted=wanted)
        yield from explain("missing", found)
    for _, layer in case.extra():
        noun = KIND_WORDS[layer.kind].partition(" ")[2] if layer.kind else layer.class_name or "layer"
        found = SimpleNamespace(name=layer.name, layer=layer, noun=noun, in_block=bool(case.name))
        yield from explain("dropout" if is_harmless(layer) else "extra", found)


def layer_notes(case: Case) -> Iterator[Finding]:
    """Notes what leaves the network what it is: in-place activations and other eps or momentum."""
    for match in case.matches:
        for name in ("inplace", "eps", "momentum"):
            yield from _explained(case, match, name)
