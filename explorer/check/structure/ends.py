"""Reads heads as people write them: several linear layers, dropout, a 1×1 convolution as the classifier."""

from dataclasses import replace

from explorer.check.values import ReadLayer
from explorer.network.layer import Kind


def with_norms_in_place(
    stem: list[ReadLayer], head: list[ReadLayer], features: int | None
) -> tuple[list[ReadLayer], list[ReadLayer]]:
    """Moves norms from the stem to the head that have the last block's features: a sorted file has bn1 by conv1."""
    convs = [layer.outputs for layer in stem if layer.kind is Kind.CONV]
    late = [
        layer
        for layer in stem
        if layer.kind is Kind.NORM and convs and layer.outputs not in (None, *convs) and layer.outputs == features
    ]
    return [layer for layer in stem if layer not in late], [*late, *head]


def _reads_features(conv: ReadLayer, features: int | None) -> bool:
    """Whether a convolution is a classifier: it has a 1×1 kernel, or as many parameters as one."""
    weights = (features or 0) * (conv.outputs or 0)
    return conv.kernel == (1, 1) or (conv.kernel is None and conv.params in (weights, weights + (conv.outputs or 0)))


def standard_head(layers: tuple[ReadLayer, ...], features: int | None) -> tuple[ReadLayer, ...]:
    """Returns the head as one with a single linear layer: from what the first one reads to the last one's classes.

    What a head of one's own does between is its own affair. ``features`` are those of the last block.
    """
    places = [place for place, layer in enumerate(layers) if layer.kind is Kind.LINEAR]
    convs = [place for place, layer in enumerate(layers) if layer.kind is Kind.CONV]
    if not places and len(convs) == 1 and _reads_features(layers[convs[0]], features):
        last = layers[convs[0]]
        others = (layer for layer in layers if layer is not last)
        return (*others, replace(last, kind=Kind.LINEAR, class_name="Linear", kernel=None, stride=None))
    if convs and not places:
        return ()  # a decoder, or whatever reads the maps
    flat = any(layer.kind is Kind.NORM and layer.outputs not in (None, features or layer.outputs) for layer in layers)
    if not places or (len(places) == 1 and not flat and not (convs and convs[0] < places[0])):
        return layers
    first, last = layers[places[0]], layers[places[-1]]
    before = layers[: min([places[0], *convs])]
    pools = [layer for layer in before if layer.kind is Kind.POOL]
    reads = None if len(pools) > 1 or convs or (features and first.inputs == 2 * features) else first.inputs
    kept = [
        layer
        for layer in before
        if layer.kind is Kind.ACTIVATION
        or (layer.kind is Kind.NORM and layer.outputs in (None, features or layer.outputs))
    ]
    return (*kept, *pools[-1:], replace(last, inputs=reads, bias=None, params=None))
