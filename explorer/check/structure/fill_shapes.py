"""Completes what a table does not print.

The inputs of a layer follow from the layer before it, kernels and biases from the numbers of parameters, and strides
from the sizes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from explorer.check.formats.param_counts import (
    conv_from_params,
    groups_from_params,
    projection_from_params,
    stem_conv_from_params,
)
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Pair, ReadLayer, ReadText
from explorer.network.layer import Kind

_BYTES_PER_VALUE = 4


@dataclass(frozen=True, slots=True)
class _FeatureMap:
    """What is known about the map that arrives at a layer."""

    channels: int | None = None
    size: Pair | None = None


def with_inferred_shapes(network: Network, reading: ReadText) -> tuple[Network, int | None]:
    """Returns the network with all that follows from shapes and parameters, and the side of the image in pixels."""
    network = _with_grouped_outputs(network)
    side = _image_side(network, reading)
    arriving = _FeatureMap(_image_channels(network), (side, side) if side else None)
    stem = tuple(_filled_path(network.stem.main, arriving, is_stem=True))
    arriving = _map_after(stem, arriving)
    # Where norms come before their convolutions, the next norm tells what a convolution puts out.
    norms_first = bool(_norm_features(network.head.main)) and network.stem_ends_bare
    following = [_norm_features(unit.main)[:1] for unit in (*network.blocks, network.head)][1:]
    stages: list[Stage] = []
    for stage in network.stages:
        blocks: list[Unit] = []
        for block in stage.blocks:
            block = _with_projection_apart(block, arriving, named=reading.named)  # noqa: PLW2901
            blocks.append(_filled_block(block, arriving, following.pop(0) if norms_first else None))
            arriving = _map_after(blocks[-1].main, arriving)
        stages.append(replace(stage, blocks=tuple(blocks)))
    head = replace(network.head, main=tuple(_filled_path(network.head.main, arriving)))
    return replace(network, stem=replace(network.stem, main=stem), stages=tuple(stages), head=head), side


def _with_grouped_outputs(network: Network) -> Network:
    """Gives grouped convolutions the features of their norms as outputs, where a table without shapes shows most so."""
    widths = [_grouped_width(block) for block in network.blocks]
    if 2 * sum(map(bool, widths)) <= len(widths):
        return network

    def filled(block: Unit) -> Unit:
        width = _grouped_width(block)
        main = (replace(e, outputs=width) if width and e is block.convs[1] else e for e in block.main)
        return replace(block, main=tuple(main))

    stages = (replace(stage, blocks=tuple(map(filled, stage.blocks))) for stage in network.stages)
    return replace(network, stages=tuple(stages))


def _grouped_width(block: Unit) -> int | None:
    """Returns the inner width of a bottleneck that has no shapes, if its second convolution must have groups for it."""
    convs, norms = block.convs, _norm_features(block.main)
    if len(convs) != 3 or len(norms) != 3 or convs[1].outputs:
        return None
    width = norms[1]  # in both orders of norm and convolution
    return width if groups_from_params(convs[1].params, width, width) else None


def _filled_block(block: Unit, arriving: _FeatureMap, following: list[int] | None) -> Unit:
    """Completes a block.

    ``following`` is given where norms come first: the features of the first norm after the block.
    """
    main = tuple(_filled_path(block.main, arriving, following))
    leaving = _map_after(main, arriving)
    wide = [leaving.channels] if leaving.channels else []
    shortcut = tuple(_filled_path(_unfolded_shortcut(block.shortcut, arriving, leaving), arriving, wide))
    return replace(block, main=main, shortcut=shortcut)


def _with_projection_apart(block: Unit, arriving: _FeatureMap, *, named: bool) -> Unit:
    """Moves a 1×1 convolution after those of the branch to the shortcut, where no container does (d2l.ai)."""
    convs, inputs = block.convs, arriving.channels
    if block.shortcut or len(convs) < 3 or not inputs:
        return block
    place = block.main.index(convs[-1])
    before = tuple(_filled_path(block.main, arriving))[:place]
    outputs = convs[-1].outputs or _map_after(before, arriving).channels or 0
    kernels = [layer.kernel for layer in before if layer.kind is Kind.CONV]
    projects = convs[-1].params in (inputs * outputs, inputs * outputs + outputs)
    if not projects or kernels[0] == ((1, 1) if len(convs) == 3 else (3, 3)):
        return block
    after = [layer.kind for layer in block.main[place + 1 : place + 2]]
    end = place + 1 + (len(_norm_features(block.main)) == len(convs) and after == [Kind.NORM])
    main, shortcut = block.main[:place] + block.main[end:], block.main[place:end]
    if not named:
        shortcut = tuple(replace(layer, name=f"{block.name}.downsample.{slot}") for slot, layer in enumerate(shortcut))
    return replace(block, main=main, shortcut=shortcut, shows_shortcut=True)


def _map_after(layers: Iterable[ReadLayer], arriving: _FeatureMap) -> _FeatureMap:
    for layer in layers:
        if layer.kind in (Kind.CONV, Kind.POOL) and layer.outputs:
            arriving = _FeatureMap(layer.outputs, layer.size or arriving.size)
        elif layer.size:
            arriving = replace(arriving, size=layer.size)
    return arriving


def _filled_path(
    layers: tuple[ReadLayer, ...], arriving: _FeatureMap, following: list[int] | None = None, *, is_stem: bool = False
) -> Iterator[ReadLayer]:
    first = is_stem
    for place, layer in enumerate(layers):
        if layer.kind is Kind.CONV:
            norms = _norm_features(layers[place + 1 :])
            norms = norms if following is None else [*norms[1:], *following]
            layer = _filled_conv(layer, arriving, norms, first=first)  # noqa: PLW2901
            first = False
        elif layer.kind is Kind.LINEAR:
            layer = _filled_linear(layer, arriving)  # noqa: PLW2901
        elif layer.kind in (Kind.POOL, Kind.PAD) and layer.size and arriving.size:
            layer = replace(layer, stride=_stride(arriving.size, layer.size))  # noqa: PLW2901
        yield layer
        arriving = _map_after([layer], arriving)


def _norm_features(layers: tuple[ReadLayer, ...]) -> list[int]:
    """Returns the features of the norms. Where a table has no shapes, they tell what a convolution puts out."""
    return [layer.outputs for layer in layers if layer.kind is Kind.NORM and layer.outputs]


def _filled_conv(layer: ReadLayer, arriving: _FeatureMap, norms: list[int], *, first: bool) -> ReadLayer:
    inputs = layer.inputs or arriving.channels
    outputs = layer.outputs or _likely_outputs(layer.params, inputs, norms)
    found = conv_from_params(layer.params, inputs, outputs)
    if found is None and first and (stem := stem_conv_from_params(layer.params, outputs)):
        inputs, found = stem[1], (stem[0], stem[2])
    grouped = None if found else groups_from_params(layer.params, inputs, outputs)
    groups, found = (grouped[0], (3, grouped[1])) if grouped else (None, found)
    kernel = layer.kernel or ((found[0], found[0]) if found else None)
    stride = _stride(arriving.size, layer.size) if arriving.size and layer.size else None
    layer = replace(layer, inputs=inputs, outputs=outputs, kernel=kernel, stride=stride, before=arriving.size)
    return replace(layer, bias=found[1] if found else None, groups=groups)


def _likely_outputs(params: int | None, inputs: int | None, norms: list[int]) -> int | None:
    """Returns what a convolution puts out: features of a norm that its parameters fit, else a 3×3's or 1×1's."""
    if not params or not inputs:
        return norms[0] if norms else None
    fits = [features for features in norms if conv_from_params(params, inputs, features)]
    each = [side * side * inputs + bias for side in (3, 1) for bias in (0, 1)]  # parameters for one output channel
    shaped = [params // share for share in each if params % share == 0]
    return next(iter(fits + shaped + norms), None)


def _filled_linear(layer: ReadLayer, arriving: _FeatureMap) -> ReadLayer:
    """Completes a linear layer: it has (inputs + 1)·outputs parameters, or inputs·outputs without a bias."""
    outputs = layer.outputs
    if not layer.params:
        return layer
    if outputs is None:
        inputs = layer.inputs or arriving.channels
        outputs = layer.params // (inputs + 1) if inputs and layer.params % (inputs + 1) == 0 else None
        return replace(layer, inputs=inputs, outputs=outputs, bias=True if outputs else None)
    wide, rest = divmod(layer.params, outputs)
    if rest:
        return layer
    bias = wide != arriving.channels
    return replace(layer, inputs=wide - bias, bias=bias)


def _stride(before: Pair, after: Pair) -> Pair | None:
    """Returns the stride s of a layer with the usual padding, ⌈n/s⌉ of n, or None if the sizes do not tell."""
    sides = []
    for large, small in zip(before, after, strict=True):
        fits = [step for step in (1, 2, 4) if large > 1 and -(-large // step) == small]
        sides.append(fits[0] if fits else 0)
    return (sides[0], sides[1]) if all(sides) else None


def _unfolded_shortcut(
    shortcut: tuple[ReadLayer, ...], arriving: _FeatureMap, leaving: _FeatureMap
) -> tuple[ReadLayer, ...]:
    """Replaces a shortcut that the table shows as one row by the layers that its parameters suggest."""
    if len(shortcut) != 1 or shortcut[0].kind is not None:
        return shortcut
    row = shortcut[0]
    outputs = row.outputs or leaving.channels
    if not row.params:
        if (outputs, row.size) == (arriving.channels, arriving.size) and outputs:
            return ()  # an empty Sequential: the identity
        return (replace(row, name=f"{row.name}.0", kind=Kind.PAD, outputs=outputs, size=None),)
    found = projection_from_params(row.params, arriving.channels or 0, outputs or 0)
    if found is None:
        return shortcut
    bias, norm = found
    weights = (arriving.channels or 0) * (outputs or 0) + bias * (outputs or 0)
    # No sizes: a pool may stand before the convolution and have halved the map.
    conv = ReadLayer(f"{row.name}.0", Kind.CONV, "Conv2d", outputs=outputs, params=weights)
    after = ReadLayer(f"{row.name}.1", Kind.NORM, outputs=outputs)
    return (conv, after) if norm else (conv,)


def _image_channels(network: Network) -> int | None:
    for layer in network.stem.main[:1]:
        found = stem_conv_from_params(layer.params, layer.outputs)
        return layer.inputs or (found[1] if found else None)
    return None


def _image_side(network: Network, reading: ReadText) -> int | None:
    """Returns the side in pixels that fits the first convolution's output and the size of the input in bytes."""
    first = next((layer for layer in network.stem.main if layer.kind is Kind.CONV), None)
    if first is None or first.size is None:
        return None
    found = stem_conv_from_params(first.params, first.outputs)
    strided = found is not None and (found[0] == 7 or sum(x.kind is Kind.CONV for x in network.stem.main) > 1)
    usual = first.size[0] * (2 if strided else 1)
    if reading.input_bytes is None:
        return usual
    channels = _image_channels(network) or 3
    low, high = ((limit / _BYTES_PER_VALUE / channels) ** 0.5 if limit > 0 else 0 for limit in reading.input_bytes)
    fits = [side for side in range(max(int(low), 1), int(high) + 2) if low <= side <= high]
    sides = [side for side in (usual, usual - 1) if side in fits] if strided else [usual] if usual in fits else []
    return sides[0] if sides else min(fits, key=lambda side: (side % 32 and 1, side % 2, side), default=usual)
