"""A unit of a network, stem, block or head, described by its layers."""

from collections.abc import Iterator, Sequence

from explorer.network.layer import Kind, Layer


def unit_words(layers: Sequence[Layer]) -> str:
    """A unit in words: ``1×1 64, 3×3 64, 1×1 256, projection``; ``/2`` is a stride.

    Only what departs from the usual is said: a missing shortcut, missing norms, biases, pre-activation.
    """
    main = [layer for layer in layers if not layer.on_shortcut]
    words = [text for layer in main if (text := _layer_words(layer))]
    if layers[0].block is not None:
        words += _shortcut_words(layers)
    if main[0].kind in (Kind.NORM, Kind.ACTIVATION):  # the block's own, or the last ones of a network of such blocks
        words.append("pre-activation" if layers[0].block is not None else f"{main[0].kind} first")
    if any(layer.kind is Kind.CONV for layer in main):
        if not any(layer.kind is Kind.NORM for layer in main):
            words.append("no norm")
        if any(layer.bias for layer in main):
            words.append("biases")
    return ", ".join(words)


def _layer_words(layer: Layer) -> str:
    """A layer of the main path in words; empty for norms, activations and sums."""
    stride = f" /{layer.stride}" if layer.stride > 1 else ""
    match layer.kind:
        case Kind.CONV:
            return f"{layer.kernel}×{layer.kernel} {layer.output_shape[0]:,}{stride}"
        case Kind.POOL if layer.name == "avgpool":
            return "global average pool"
        case Kind.POOL:
            return f"{layer.kernel}×{layer.kernel} max pool{stride}"
        case Kind.LINEAR:
            return f"linear {layer.output_shape[0]:,}"
        case _:
            return ""


def _shortcut_words(layers: Sequence[Layer]) -> Iterator[str]:
    """What runs beside a block's convolutions."""
    beside = [layer for layer in layers if layer.on_shortcut]
    if not any(layer.kind is Kind.ADD for layer in layers):
        yield "no shortcut"
    if any(layer.kind is Kind.POOL for layer in beside):
        yield "average pool"
    if any(layer.kind is Kind.PAD for layer in beside):
        yield "zero padding"
    if any(layer.kind is Kind.CONV for layer in beside):
        normed = any(layer.kind is Kind.NORM for layer in beside) or not any(
            layer.kind is Kind.NORM for layer in layers
        )  # "no norm" is said once, for the whole block
        yield "projection" if normed else "projection without norm"
