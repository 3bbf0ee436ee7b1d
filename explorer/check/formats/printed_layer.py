"""Reads one printed layer: its class and the arguments between its brackets. Nothing is evaluated."""

import re
from typing import Any

from explorer.check.formats.class_names import kind_of
from explorer.check.values import Pair, ReadLayer
from explorer.network.layer import Kind

_NUMBER = re.compile(r"-?\d{1,12}$")


def parse_layer(name: str, class_name: str, inside: str) -> ReadLayer:
    """Reads a layer from the name of its class and the text between its brackets."""
    kind = kind_of(class_name)
    arguments = _split_arguments(inside)
    return ReadLayer(
        name, kind, class_name, **(_conv(*arguments) if kind is Kind.CONV else _settings(kind, *arguments))
    )


def _settings(kind: Kind | None, positional: list[str], keywords: dict[str, str]) -> dict[str, Any]:
    match kind:
        case Kind.NORM:
            features = _channel_count(positional[-1]) if positional else None
            numbers = {name: _float(keywords.get(name)) for name in ("eps", "momentum")}
            return {"outputs": features, **numbers}
        case Kind.ACTIVATION:
            return {"inplace": keywords.get("inplace") == "True" or "inplace" in positional}
        case Kind.POOL | Kind.PAD:
            kernel, stride = _pair(keywords.get("kernel_size")), _pair(keywords.get("stride"))
            return {"kernel": kernel, "stride": stride or kernel, "padding": _pair(keywords.get("padding"))}
        case Kind.DROPOUT:
            return {"p": _float(keywords.get("p", keywords.get("drop_prob", *positional[:1])))}
        case Kind.LINEAR:
            inputs, outputs = _channel_count(keywords.get("in_features")), _channel_count(keywords.get("out_features"))
            return {"inputs": inputs, "outputs": outputs, "bias": _bool(keywords.get("bias"))}
    return {}


def _conv(positional: list[str], keywords: dict[str, str]) -> dict[str, Any]:
    """Reads a convolution. PyTorch does not print defaults: padding 0, dilation 1, groups 1, bias True."""
    channels = [_channel_count(value) for value in [*positional, "", ""][:2]]
    kernel, whole = _pair(keywords.get("kernel_size")), "stride" in keywords  # else the line was cut off
    padding = _pair(keywords.get("padding", "0"))
    if keywords.get("padding") in ("same", "'same'") and kernel:
        padding = (kernel[0] // 2, kernel[1] // 2)
    return {
        "inputs": channels[0],
        "outputs": channels[1],
        "kernel": kernel,
        "stride": _pair(keywords.get("stride")),
        "padding": padding if whole else None,
        "dilation": _pair(keywords.get("dilation", "1")),
        "groups": _integer(keywords.get("groups", "1")),
        "bias": _bool(keywords.get("bias", "True")) if whole else None,
    }


def _split_arguments(inside: str) -> tuple[list[str], dict[str, str]]:
    """Splits at the commas outside of brackets into positional and keyword arguments."""
    positional: list[str] = []
    keywords: dict[str, str] = {}
    depth, start = 0, 0
    for position, sign in enumerate([*inside, ","]):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth <= 0:
            name, equals, value = inside[start:position].strip().partition("=")
            start = position + 1
            if equals:
                keywords[name] = value
            elif name:
                positional.append(name)
    return positional, keywords


def _integer(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.match(text) else None


def _channel_count(text: str | None) -> int | None:
    """Returns a number of channels, or None for a number that no layer can have."""
    count = _integer(text)
    return count if count and 0 < count < 10**9 else None


def _float(text: str | None) -> float | None:
    try:
        return float(text) if text and len(text) < 40 else None
    except ValueError:
        return None


def _bool(text: str | None) -> bool | None:
    return {"True": True, "False": False}.get(text or "")


def _pair(text: str | None) -> Pair | None:
    """Reads ``3`` and ``(3, 3)`` alike, and the last two of three dimensions."""
    values = [_integer(part.strip()) for part in (text or "").strip("()").split(",")]
    if any(value is None for value in values) or len(values) > 3:
        return None
    sides = [value for value in values if value is not None]
    return (sides[-2] if len(sides) > 1 else sides[0], sides[-1])
