"""Finds mistakes of single layers, after the rules that explain several layers at once."""

from collections.abc import Callable, Iterator

from explorer.check.matching.layers import Match, is_harmless
from explorer.check.rules.causes import explain
from explorer.check.rules.finding import KIND_WORDS, Case, Fault, Finding, conv_words
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order


def channels(case: Case) -> Iterator[Finding]:
    """Finds wrong channels, features and classes. Each is reported where it begins, not in the layers that follow."""
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
            elif match.read and kind is Kind.LINEAR:
                _follows(case, match, "inputs", case.arriving)
                yield from _explained(case, match, "inputs", "classifier")
                yield from _explained(case, match, "outputs", "classes")
            if match.read and kind in (Kind.CONV, None):
                arriving = match.read.outputs or arriving


def _follows(case: Case, match: Match, name: str, arriving: int | None) -> None:
    """Takes out a number that equals what arrives: the mistake is in an earlier layer."""
    pair = case.fields[match].get(name)
    if pair and arriving is not None and pair[0] == arriving:
        case.take(match, name)


def _explained(case: Case, match: Match, name: str, topic: str = "") -> Iterator[Finding]:
    if fault := case.take(match, name):
        yield explain(topic or name, fault)


def fields(*names: str) -> Callable[[Case], Iterator[Finding]]:
    """Returns a rule that finds layers with another value in one of these fields, or of another class."""

    def rule(case: Case) -> Iterator[Finding]:
        for match in case.unit.matches:
            for name in names:
                yield from _explained(case, match, name)

    return rule


def layer_kernels(case: Case) -> Iterator[Finding]:
    """Finds wrong kernels, paddings, dilations, groups and strides of convolutions and pools."""
    for match in case.unit.matches:
        if match.intended and match.intended.kind in (Kind.CONV, Kind.POOL):
            if "kernel" in case.fields[match]:  # the padding goes with it
                yield from _explained(case, match, "kernel")
                case.take(match, "padding")
            for name in ("padding", "dilation", "groups", "stride", "size", "params"):
                yield from _explained(case, match, name)


def layer_biases(case: Case) -> Iterator[Finding]:
    """Finds a bias too many or too few."""
    for match in case.unit.matches:
        if fault := case.take(match, "bias"):
            topic = "no_bias" if not fault.has else "bias" if _norm_follows(fault) else "free_bias"
            yield explain(topic, fault)


def _norm_follows(fault: Fault) -> bool:
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
        place = name.removeprefix(case.name)
        yield explain("missing", name=name, layer=layer, case=case, place=place, wanted=wanted)
    for _, layer in case.extra():
        noun = KIND_WORDS[layer.kind].partition(" ")[2] if layer.kind else layer.class_name or "layer"
        topic = "dropout" if is_harmless(layer) else "extra"
        yield explain(topic, name=layer.name, layer=layer, noun=noun, in_block=bool(case.name))
