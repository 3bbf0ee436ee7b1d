"""A unit of a network, stem, block or head, described by its layers."""

from collections.abc import Iterator, Sequence

from explorer.network.layer import Kind, Layer, Role


def unit_words(layers: Sequence[Layer]) -> str:
    """A unit in words: ``1×1 64, 3×3 64, 1×1 256, projection``; ``/2`` is a stride.

    Only what departs from the usual is said: a missing shortcut, missing norms, biases, pre-activation.
    """
    main = [layer for layer in layers if not layer.on_shortcut]
    words = [text for layer in main if layer.role is not Role.ATTENTION and (text := layer_words(layer))]
    if any(layer.role is Role.ATTENTION for layer in main):
        words.append("squeeze-and-excitation")
    if layers[0].block is not None:
        words += shortcut_words(layers)
    if main[0].kind in (Kind.NORM, Kind.ACTIVATION):  # the block's own, or the last ones of a network of such blocks
        words.append("pre-activation" if layers[0].block is not None else f"{main[0].kind} first")
    if any(layer.kind is Kind.CONV for layer in main):
        if not any(layer.kind is Kind.NORM for layer in main):
            words.append("no norm")
        if any(layer.bias for layer in main if layer.role is not Role.ATTENTION):
            words.append("biases")
    return ", ".join(words)


def layer_words(layer: Layer) -> str:
    """A layer of the main path in words; empty for norms, activations and sums."""
    stride = f" /{layer.stride}" if layer.stride > 1 else ""
    match layer.kind:
        case Kind.CONV:
            groups = f" in {layer.groups} groups" if layer.groups > 1 else ""
            dilated = f" dilated {layer.dilation}" if layer.dilation > 1 else ""
            return f"{layer.kernel}×{layer.kernel} {layer.output_shape[0]:,}{groups}{stride}{dilated}"
        case Kind.POOL:
            return (
                "global average pool" if layer.name == "avgpool" else f"{layer.kernel}×{layer.kernel} max pool{stride}"
            )
        case Kind.LINEAR:
            return f"linear {layer.output_shape[0]:,}"
        case Kind.DROPOUT if layer.name.endswith("drop_path"):
            return "stochastic depth"
        case _:
            return f"{_WORDS[layer.kind]}{stride}" if layer.kind in _WORDS else ""


_WORDS = {Kind.BLUR: "blur", Kind.DROPOUT: "dropout", Kind.SCALE: "learned scale"}


def shortcut_words(layers: Sequence[Layer]) -> Iterator[str]:
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
