"""Writes what people build differently in the one form that is compared: groups, blurred strides, heads."""

import re
from collections.abc import Callable
from dataclasses import replace
from statistics import mode

from explorer.check.formats.class_names import is_blur
from explorer.check.structure.network import Network, Unit
from explorer.check.values import ReadLayer
from explorer.network.layer import Kind


def in_one_form(network: Network) -> Network:
    """Returns the network with groups told from weights, and with strides where they would be without a blur."""
    network = _with_units(network, unblurred)
    network = replace(network, stem=_pooled(network.stem))
    votes = [groups for block in network.blocks if (groups := _shown_groups(block)) is not None]
    return _with_units(network, _grouped) if votes and mode(votes) > 1 else network


def _pooled(stem: Unit) -> Unit:
    """Reads a strided convolution that is called a pool as the max pool in whose place it stands (ResNet-RS)."""
    inside = [layer for layer in stem.main if "pool" in layer.name.rpartition(".")[0]]
    conv = next((layer for layer in inside if layer.kind is Kind.CONV), None)
    if conv is None:
        return _pooled_by_last(stem)
    if conv.stride not in ((2, 2), None):
        return stem
    pool = ReadLayer(conv.name, Kind.POOL, "MaxPool2d", outputs=conv.outputs, size=conv.size)
    main = tuple(pool if layer is conv else layer for layer in stem.main if layer is conv or layer not in inside)
    return replace(stem, main=main, beside=(*stem.beside, *inside))


def _pooled_by_last(stem: Unit) -> Unit:
    """Does the same for a deep stem without a pool whose last convolution strides once more (timm's GC-ResNet)."""
    convs = stem.convs
    pools = any(layer.kind is Kind.POOL for layer in stem.main)
    if pools or len(convs) != 3 or convs[0].stride != (2, 2) or convs[2].stride != (2, 2):
        return stem
    last = convs[2]
    pool = ReadLayer(last.name, Kind.POOL, "MaxPool2d", outputs=last.outputs, size=last.size)
    main = (replace(last, stride=(1, 1), size=None) if layer is last else layer for layer in stem.main)
    return replace(stem, main=(*main, pool), beside=(*stem.beside, last))


def with_even_stem(network: Network) -> Network:
    """Returns the network with the inner convolutions of a tiered stem (24, 32, 64) as wide as ResNet-D's (32, 32, 64).

    A stem of three convolutions that do not fit each other, or their norms, is left as it is.
    """
    convs = network.stem.convs
    if len(convs) != 3 or not convs[2].outputs or convs[2].outputs % 2:
        return network
    width, arriving = convs[2].outputs // 2, convs[0].inputs
    changed: dict[int, ReadLayer] = {}
    for layer in network.stem.main:
        if layer.kind is Kind.CONV and layer.inputs == arriving:
            inputs = arriving if layer is convs[0] else width
            arriving = layer.outputs
            changed[id(layer)] = replace(layer, inputs=inputs, outputs=arriving if layer is convs[2] else width)
        elif layer.kind is Kind.NORM and layer.outputs == arriving:
            changed[id(layer)] = layer if arriving == convs[2].outputs else replace(layer, outputs=width)
        elif layer.kind in (Kind.CONV, Kind.NORM):
            return network
    return replace(network, stem=replace(network.stem, main=tuple(changed.get(id(e), e) for e in network.stem.main)))


def dimensions(network: Network) -> int:
    """Returns in how many directions most convolutions move: 2 for images, 1 for sound, 3 for films."""
    votes = [
        int(found[1])
        for block in network.blocks
        for conv in block.convs
        if (found := re.match(r"Conv([123])d", conv.class_name))
    ]
    return mode(votes) if votes else 2


def as_for_images(network: Network) -> Network:
    """Returns a network of one or three dimensions as the one for images that has the same numbers."""

    def change(unit: Unit) -> Unit:
        main, shortcut = (
            tuple(replace(layer, class_name=re.sub(r"[13]d$", "2d", layer.class_name)) for layer in path)
            for path in (unit.main, unit.shortcut)
        )
        if unit is network.stem:
            main = tuple(replace(layer, kernel=None, padding=None, stride=None) for layer in main)
        return replace(unit, main=main, shortcut=shortcut)

    return replace(_with_units(network, change), head=change(network.head))


def _with_units(network: Network, change: Callable[[Unit], Unit]) -> Network:
    stages = tuple(replace(stage, blocks=tuple(map(change, stage.blocks))) for stage in network.stages)
    return replace(network, stem=change(network.stem), stages=stages)


def _shown_groups(block: Unit) -> int | None:
    """Returns in how many groups the second convolution reads what the first puts out, if the numbers tell."""
    convs = block.convs
    if len(convs) < 2 or not convs[0].outputs or not convs[1].inputs or convs[1].groups is not None:
        return None
    groups, rest = divmod(convs[0].outputs, convs[1].inputs)
    return None if rest or not groups else groups


def _grouped(block: Unit) -> Unit:
    groups = _shown_groups(block)
    if not groups or groups == 1:
        return block
    conv = block.convs[1]
    whole = replace(conv, inputs=block.convs[0].outputs, groups=groups)
    return replace(block, main=tuple(whole if layer is conv else layer for layer in block.main))


def unblurred(unit: Unit) -> Unit:
    """Gives the stride of a blur, or of a pool beside the convolutions of a block, to the layer before it."""
    unit = _unpadded(unit)
    kept: list[ReadLayer] = []
    beside = list(unit.beside)
    for layer in unit.main:
        smooths = is_blur(layer.local, layer.class_name) and layer.kind in (
            None,
            Kind.POOL,
            Kind.CONV,
            Kind.PAD,
            Kind.BLUR,
        )
        place = next((at for at in range(len(kept) - 1, -1, -1) if kept[at].kind in (Kind.CONV, Kind.POOL)), None)
        if not (smooths or (unit.name and layer.kind is Kind.POOL)) or place is None:
            kept.append(layer)
            continue
        beside.append(layer)
        shortcuts = (layer.stride for layer in unit.shortcut if layer.stride not in ((1, 1), None))
        stride = layer.stride or next(shortcuts, None) or (2, 2)
        if kept[place].stride == (1, 1) or kept[place].stride is None:
            kept[place] = replace(kept[place], stride=stride, size=layer.size or kept[place].size)
    return replace(unit, main=tuple(kept), beside=tuple(beside))


def _unpadded(unit: Unit) -> Unit:
    """Takes out padding modules, and the padding of each layer behind one: on its own that number says nothing."""
    kept: list[ReadLayer] = []
    pads = False
    for layer in unit.main:
        if re.search(r"Pad(?:ding)?[123][dD]$", layer.class_name):
            pads = True
            continue
        kept.append(replace(layer, padding=None) if pads else layer)
        pads = False
    return replace(unit, main=tuple(kept)) if len(kept) < len(unit.main) else unit


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
