"""Writes what people build differently in the one form that is compared: projections, groups, blurs, heads."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from explorer.check.formats.class_names import is_blur
from explorer.check.structure.network import Network, Unit
from explorer.check.values import Layers, ReadLayer
from explorer.check.votes import majority
from explorer.network.layer import Kind

_PADDING = re.compile(r"Pad(?:ding)?[123][dD]$")
_BLURS = (None, Kind.POOL, Kind.CONV, Kind.PAD, Kind.BLUR)


def in_one_form(network: Network) -> Network:
    """Returns the network with projections on the shortcut, groups told from weights, and strides without a blur."""
    network = with_units(network, lambda unit: unblurred(_with_own_projection_apart(unit)))
    network = replace(network, stem=_pooled(network.stem))
    votes = [groups for block in network.blocks if (groups := _shown_groups(block)) is not None]
    return with_units(network, _grouped) if majority(votes, 1) > 1 else network


def _pooled(stem: Unit) -> Unit:
    """Reads a strided convolution that is called a pool as the max pool in whose place it stands (ResNet-RS)."""
    inside = [layer for layer in stem.main if "pool" in layer.name.rpartition(".")[0]]
    conv = next((layer for layer in inside if layer.kind is Kind.CONV), None)
    if conv is None:
        return _pooled_by_last(stem)
    if conv.stride not in ((2, 2), None):
        return stem
    main = (_as_pool(conv) if layer is conv else layer for layer in stem.main if layer is conv or layer not in inside)
    return replace(stem, main=tuple(main), beside=(*stem.beside, *inside))


def _pooled_by_last(stem: Unit) -> Unit:
    """Does the same for a deep stem without a pool whose last convolution strides once more (timm's GC-ResNet)."""
    strides = [conv.stride for conv in stem.convs]
    if stem.count(Kind.POOL) or len(strides) != 3 or (strides[0], strides[2]) != ((2, 2), (2, 2)):
        return stem
    last = stem.convs[2]
    main = stem.with_changed(last, stride=(1, 1), size=None).main
    return replace(stem, main=(*main, _as_pool(last)), beside=(*stem.beside, last))


def _as_pool(conv: ReadLayer) -> ReadLayer:
    return ReadLayer(conv.name, Kind.POOL, "MaxPool2d", outputs=conv.outputs, size=conv.size)


def with_even_stem(network: Network) -> Network:
    """Returns the network with the inner convolutions of a tiered stem (24, 32, 64) as wide as ResNet-D's (32, 32, 64).

    A stem of three convolutions that do not fit each other, or their norms, is left as it is.
    """
    convs = network.stem.convs
    if len(convs) != 3 or not convs[2].outputs or convs[2].outputs % 2:
        return network
    width, arriving = convs[2].outputs // 2, convs[0].inputs
    main = list(network.stem.main)
    for place, layer in enumerate(main):
        if layer.kind is Kind.CONV and layer.inputs == arriving:
            inputs, arriving = (arriving if layer is convs[0] else width), layer.outputs
            main[place] = replace(layer, inputs=inputs, outputs=arriving if layer is convs[2] else width)
        elif layer.kind is Kind.NORM and layer.outputs == arriving:
            main[place] = layer if arriving == convs[2].outputs else replace(layer, outputs=width)
        elif layer.kind in (Kind.CONV, Kind.NORM):
            return network
    return replace(network, stem=replace(network.stem, main=tuple(main)))


def dimensions(network: Network) -> int:
    """Returns in how many directions most convolutions move: 2 for images, 1 for sound, 3 for films."""
    classes = [conv.class_name for block in network.blocks for conv in block.convs]
    votes = (number for name in classes for number in (1, 2, 3) if name.startswith(f"Conv{number}d"))
    return majority(votes, 2)  # type: ignore[no-any-return]


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

    return replace(with_units(network, change), head=change(network.head))


def with_units(network: Network, change: Callable[[Unit], Unit]) -> Network:
    """Returns the network with its stem and each block changed."""
    return replace(network.with_blocks(map(change, network.blocks)), stem=change(network.stem))


def _with_own_projection_apart(block: Unit) -> Unit:
    first = block.convs[:1] if block.name else ()
    basic = bool(first) and first[0].kernel == (3, 3)
    return with_projection_apart(block, first[0].inputs, block.outputs, 2) if basic else block


def with_projection_apart(
    block: Unit, inputs: int | None, outputs: int | None, most: int, *, certain: bool = False
) -> Unit:
    """Moves a projection that stands among the convolutions of the branch to the shortcut (d2l.ai: ``conv3``).

    The branch has at most ``most`` convolutions. Of more, the last is the projection if it turns the block's ``inputs``
    into its ``outputs``. ``certain``: it, or the first one, is the projection, whatever it reads.
    """
    places = [place for place, layer in enumerate(block.main) if layer.kind is Kind.CONV]
    if block.shortcut or len(places) <= most:
        return block
    ends = (places[-1], places[0]) if certain else places[-1:]
    found = [place for place in ends if _projects(block.main[place], inputs or 0, outputs or 0)]
    if not found and not certain:
        return block
    start = found[0] if found else places[-1]
    end = start + 1
    if certain or sum(layer.kind is Kind.NORM for layer in block.main) == len(places):
        end += [layer.kind for layer in block.main[end : end + 1]] == [Kind.NORM]
    start -= certain and start > 0 and block.main[start - 1].kind is Kind.POOL
    main, shortcut = block.main[:start] + block.main[end:], block.main[start:end]
    return replace(block, main=main, shortcut=shortcut, shows_shortcut=True)


def _projects(conv: ReadLayer, inputs: int, outputs: int) -> bool:
    if conv.params is None:
        return conv.kernel == (1, 1) and (conv.inputs, conv.outputs) == (inputs, outputs)
    return conv.outputs in (outputs, None) and conv.params in (inputs * outputs, inputs * outputs + outputs)


def _shown_groups(block: Unit) -> int | None:
    """Returns in how many groups the second convolution reads what the first puts out, if the numbers tell."""
    convs = block.convs
    if len(convs) < 2 or not convs[0].outputs or not convs[1].inputs or convs[1].groups is not None:
        return None
    groups, rest = divmod(convs[0].outputs, convs[1].inputs)
    return None if rest or not groups else groups


def _grouped(block: Unit) -> Unit:
    groups = _shown_groups(block) or 1
    return block.with_changed(block.convs[1], inputs=block.convs[0].outputs, groups=groups) if groups > 1 else block


def unblurred(unit: Unit) -> Unit:
    """Gives the stride of a blur, or of a pool beside the convolutions of a block, to the layer before it."""
    kept: list[ReadLayer] = []
    beside = list(unit.beside)
    for layer in _unpadded(unit.main):
        smooths = layer.kind in _BLURS and is_blur(layer.local, layer.class_name)
        place = next((at for at in reversed(range(len(kept))) if kept[at].kind in (Kind.CONV, Kind.POOL)), None)
        if not (smooths or (unit.name and layer.kind is Kind.POOL)) or place is None:
            kept.append(layer)
            continue
        beside.append(layer)
        stride = layer.stride or next((other.stride for other in unit.shortcut if other.strides), (2, 2))
        if not kept[place].strides:
            kept[place] = replace(kept[place], stride=stride, size=layer.size or kept[place].size)
    return replace(unit, main=tuple(kept), beside=tuple(beside))


def _unpadded(layers: Layers) -> Iterator[ReadLayer]:
    """Leaves out padding modules, and the padding of each layer behind one: on its own that number says nothing."""
    pads = False
    for layer in layers:
        if not _PADDING.search(layer.class_name):
            yield replace(layer, padding=None) if pads else layer
        pads = _PADDING.search(layer.class_name) is not None


def with_norms_in_place(stem: Layers, head: Layers, features: int | None) -> tuple[Layers, Layers]:
    """Moves norms from the stem to the head that have the last block's features: a sorted file has bn1 by conv1."""
    convs = [layer.outputs for layer in stem if layer.kind is Kind.CONV]
    wide = features if convs and features not in convs else None
    late = [layer for layer in stem if layer.kind is Kind.NORM and layer.outputs and layer.outputs == wide]
    return tuple(layer for layer in stem if layer not in late), (*late, *head)


def _reads_features(conv: ReadLayer, features: int | None) -> bool:
    """Whether a convolution is a classifier: it has a 1×1 kernel, or as many parameters as one."""
    weights = (features or 0) * (conv.outputs or 0)
    return conv.kernel == (1, 1) or (conv.kernel is None and conv.params in (weights, weights + (conv.outputs or 0)))


def standard_head(layers: Layers, features: int | None) -> Layers:
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

    def fits(layer: ReadLayer) -> bool:
        return layer.outputs in (None, features or layer.outputs)

    flat = any(layer.kind is Kind.NORM and not fits(layer) for layer in layers)
    if not places or (len(places) == 1 and not flat and not (convs and convs[0] < places[0])):
        return layers
    first, last = layers[places[0]], layers[places[-1]]
    before = layers[: min([places[0], *convs])]
    pools = [layer for layer in before if layer.kind is Kind.POOL]
    reads = None if len(pools) > 1 or convs or (features and first.inputs == 2 * features) else first.inputs
    kept = (layer for layer in before if layer.kind is Kind.ACTIVATION or (layer.kind is Kind.NORM and fits(layer)))
    return (*kept, *pools[-1:], replace(last, inputs=reads, bias=None, params=None))
