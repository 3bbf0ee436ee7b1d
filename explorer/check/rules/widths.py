"""Explains wrong numbers of channels, features and classes."""

from collections.abc import Iterator

from explorer.check.matching.layers import Match
from explorer.check.rules.finding import Case, Finding, number_words, times_expected
from explorer.check.values import Severity
from explorer.network.layer import Kind
from explorer.network.options import Order
from explorer.text.quantities import counted


def channels(case: Case) -> Iterator[Finding]:
    """Finds wrong channels. Each mistake is reported where it begins, not in the layers that follow from it."""
    for on_shortcut in (False, True):
        path = case.unit.shortcut if on_shortcut else case.unit.main
        arriving = case.arriving[0]
        for place, match in enumerate(path):
            if match.read is None or match.intended is None:
                arriving = match.read.outputs or arriving if match.read else arriving
                continue
            if match.intended.kind is Kind.CONV:
                _follows(case, match, "inputs", arriving)
                yield from _conv_width(case, match, path[place + 1 :], on_shortcut=on_shortcut)
                arriving = match.read.outputs or arriving
            elif match.intended.kind is Kind.NORM:
                _follows(case, match, "outputs", arriving)
                yield from _norm_width(case, match, path)


def _follows(case: Case, match: Match, name: str, arriving: int | None) -> None:
    """Takes out a number that equals what arrives: the mistake is in an earlier layer."""
    has = case.unexplained(match).get(name)
    if has is not None and arriving is not None and has[0] == arriving:
        case.take(match, name)


def _conv_width(case: Case, match: Match, after: tuple[Match, ...], *, on_shortcut: bool) -> Iterator[Finding]:
    read, intended = match.read, match.intended
    if read is None or intended is None:
        return
    if inputs := case.take(match, "inputs"):
        gets = f"it gets {inputs[1]:,} channels" if isinstance(inputs[1], int) else "it gets others"
        yield Finding(
            read.name,
            f"reads {_count(inputs[0])}, expected {_count(inputs[1])}",
            f"{gets} from what runs before it, so running it would fail. Its first argument (in_channels) is wrong.",
            Severity.ERROR,
            ("inputs", read.local, times_expected(inputs)),
        )
    if outputs := case.take(match, "outputs"):
        yield Finding(
            read.name,
            f"puts out {_count(outputs[0])}, expected {_count(outputs[1])}",
            _width_cause(case, match, after, on_shortcut=on_shortcut),
            Severity.ERROR,
            ("outputs", read.local, times_expected(outputs)),
        )


def _width_cause(case: Case, match: Match, after: tuple[Match, ...], *, on_shortcut: bool) -> str:
    read, intended = match.read, match.intended
    has, expected = (read.outputs or 0, intended.outputs or 0) if read and intended else (0, 0)
    last = not any(entry.intended and entry.intended.kind is Kind.CONV for entry in after)
    if case.config.expansion == 4 and has * 4 == expected and (last or on_shortcut):
        where = "the projection puts" if on_shortcut else "the last 1×1 of a bottleneck puts"
        return f"the expansion was forgotten: {where} out 4 × the width, {has:,} × 4 = {expected:,}."
    if on_shortcut:
        return f"the branch puts out {expected:,} channels, and the sum needs as many."
    if case.config.expansion == 4 and has == 2 * expected and not last and case.unit.intended.name:
        return "inside of its bottlenecks the network is twice as wide, as Wide ResNet-50-2 and ResNeXt are."
    if last and case.unit.intended.name:
        return f"the sum with the shortcut needs {expected:,} channels."
    following = [entry.read for entry in after[:1] if entry.read and entry.read.kind is Kind.NORM]
    if following and following[0].outputs == expected:
        return (
            f"{following[0].local} after it expects {expected:,}, so running it would fail. The convolution is wrong."
        )
    return "the layers after it have the same number, so it runs, but with another width than was meant."


def _norm_width(case: Case, match: Match, path: tuple[Match, ...]) -> Iterator[Finding]:
    features = case.take(match, "outputs")
    if not features or match.read is None:
        return
    post = case.config.order is Order.POST
    convs = [entry.read for entry in path[: path.index(match)] if entry.read and entry.read.kind is Kind.CONV]
    conv = convs[-1] if convs and post else None
    if conv is None:
        cause = "a norm needs as many features as the map that it reads has channels; running it would fail."
    elif features[0] == conv.inputs:
        cause = f"it has as many features as {conv.local} reads; it needs as many as {conv.local} puts out."
    else:
        cause = f"{conv.local} before it puts out {_count(conv.outputs)}: a norm needs as many features, or it fails."
    yield Finding(
        match.read.name,
        f"has {_features(features[0])}, expected {number_words(features[1])}",
        cause,
        Severity.ERROR,
        ("features", match.read.local, times_expected(features)),
    )


def classifier_counts(case: Case) -> Iterator[Finding]:
    """Finds wrong features and classes of the linear layer."""
    for match in case.pairs(Kind.LINEAR, on_shortcut=False):
        _follows(case, match, "inputs", case.arriving[0])
        inputs, outputs = case.take(match, "inputs"), case.take(match, "outputs")
        if match.read is None:
            continue
        if inputs:
            yield Finding(
                match.read.name,
                f"reads {_features(inputs[0])}, expected {number_words(inputs[1])}",
                _classifier_cause(case, inputs),
                Severity.ERROR,
                ("features", "fc"),
            )
        if outputs:
            cause = "the number of classes is another than that of the network that was meant."
            what = f"has {number_words(outputs[0])} outputs, expected {number_words(outputs[1])}"
            yield Finding(match.read.name, what, cause, Severity.ERROR, ("classes",))


def _classifier_cause(case: Case, inputs: tuple[object, object]) -> str:
    has, expected = inputs
    if not isinstance(has, int) or not isinstance(expected, int):
        return "it does not fit what arrives."
    if has * 4 == expected and case.config.expansion == 4:
        return f"the expansion was forgotten: the last block puts out {has:,} × 4 = {expected:,} channels."
    side = round((has / expected) ** 0.5)
    if side > 1 and side * side * expected == has:
        return f"{has:,} = {expected:,}·{side}·{side}: the map is flattened without being pooled."
    return f"the last block puts out {expected:,} channels, so running it would fail."


def _count(channels: object) -> str:
    return counted(channels, "channel") if isinstance(channels, int) else "unknown channels"


def _features(count: object) -> str:
    return counted(count, "feature") if isinstance(count, int) else "unknown features"
