"""Completes what a table does not print.

The inputs of a layer follow from the layer before it, kernels and biases from the numbers of parameters, and strides
from the sizes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from explorer.check.formats.param_counts import conv_from_params, groups_from_params, stem_conv_from_params
from explorer.check.structure.names import with_torchvision_names
from explorer.check.structure.network import Network, Unit
from explorer.check.structure.variants import with_projection_apart, with_units
from explorer.check.values import Layers, Pair, ReadLayer, Source
from explorer.check.votes import majority
from explorer.network.layer import Kind

_BYTES_PER_VALUE = 4


@dataclass(frozen=True, slots=True)
class _FeatureMap:
    """What is known about the map that arrives at a layer."""

    channels: int | None = None
    size: Pair | None = None


def with_inferred_shapes(network: Network) -> Network:
    """Returns the network with all that follows from shapes and parameters."""
    network = _with_grouped_outputs(network)
    arriving = _image(network)
    side = arriving.size[0] if arriving.size else None
    stem = tuple(_filled_path(network.stem.main, arriving, is_stem=True))
    arriving = _map_after(stem, arriving)
    # Where norms come before their convolutions, the next norm tells what a convolution puts out.
    norms_first = bool(_norm_features(network.head.main)) and network.stem_ends_bare
    following = [_norm_features(unit.main)[:1] for unit in (*network.blocks, network.head)][1:]
    flat = network.text.source is Source.TORCHSUMMARY  # it shows no containers, so that a shortcut stands on the branch
    before = [arriving, *(_FeatureMap(block.outputs) for block in network.blocks)]
    usual = majority(map(_branch_length, network.blocks, before), 2) if flat else 0
    blocks: list[Unit] = []
    for unit, norms in zip(network.blocks, following, strict=True):
        most = usual or _branch_length(unit, arriving) or 3
        last = max((place for place, layer in enumerate(unit.main) if layer.kind is Kind.CONV), default=0)
        outputs = unit.outputs or _map_after(_filled_path(unit.main[:last], arriving), arriving).channels
        block = with_projection_apart(unit, arriving.channels, outputs, most, certain=flat)
        blocks.append(_filled_block(block, arriving, norms if norms_first else None))
        arriving = _map_after(blocks[-1].main, arriving)
    head = replace(network.head, main=tuple(_filled_path(network.head.main, arriving)))
    network = replace(network.with_blocks(blocks), stem=replace(network.stem, main=stem), head=head, side=side)
    return network if network.text.named else with_torchvision_names(network)


def _with_grouped_outputs(network: Network) -> Network:
    """Gives grouped convolutions the features of their norms as outputs, where a table without shapes shows most so."""

    def filled(unit: Unit) -> Unit:
        convs, norms = unit.convs, _norm_features(unit.main)
        if unit is network.stem or not len(convs) == len(norms) == 3 or convs[1].outputs:
            return unit
        grouped = groups_from_params(convs[1].params, norms[1], norms[1])  # in both orders of norm and convolution
        return unit.with_changed(convs[1], outputs=norms[1]) if grouped else unit

    grouped = with_units(network, filled)
    changed = sum(one is not other for one, other in zip(network.blocks, grouped.blocks, strict=True))
    return grouped if 2 * changed > len(network.blocks) else network


def _branch_length(block: Unit, arriving: _FeatureMap) -> int | None:
    """Returns how many convolutions a block has on its branch, if the kernels of the first two tell."""
    kernels = [layer.kernel for layer in _filled_path(block.main, arriving) if layer.kind is Kind.CONV][:2]
    bottleneck = 3 if kernels == [(1, 1), (3, 3)] else None
    return bottleneck if kernels[:1] in ([], [None], [(1, 1)]) else 2


def _filled_block(block: Unit, arriving: _FeatureMap, following: list[int] | None) -> Unit:
    """Completes a block. ``following``: where norms come first, the features of the first norm after the block."""
    main = tuple(_filled_path(block.main, arriving, following))
    leaving = _map_after(main, arriving)
    wide = [leaving.channels] if leaving.channels else []
    shortcut = tuple(_filled_path(_unfolded_shortcut(block.shortcut, arriving, leaving), arriving, wide))
    return replace(block, main=main, shortcut=shortcut)


def _map_after(layers: Iterable[ReadLayer], arriving: _FeatureMap) -> _FeatureMap:
    for layer in layers:
        if layer.kind in (Kind.CONV, Kind.POOL) and layer.outputs:
            arriving = _FeatureMap(layer.outputs, layer.size or arriving.size)
        elif layer.size:
            arriving = _FeatureMap(arriving.channels, layer.size)
    return arriving


def _filled_path(
    layers: Layers, arriving: _FeatureMap, following: list[int] | None = None, *, is_stem: bool = False
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


def _norm_features(layers: Layers) -> list[int]:
    return [layer.outputs for layer in layers if layer.kind is Kind.NORM and layer.outputs]


def _filled_conv(layer: ReadLayer, arriving: _FeatureMap, norms: list[int], *, first: bool) -> ReadLayer:
    inputs = layer.inputs or arriving.channels
    outputs = layer.outputs or _likely_outputs(layer.params, inputs, norms)
    found = conv_from_params(layer.params, inputs, outputs)
    if found is None and first and (stem := stem_conv_from_params(layer.params, outputs)):
        inputs, found = stem[1], (stem[0], stem[2])
    # Of two channels, a group for each has as many parameters as a 2×2 kernel with a bias.
    grouped = None if found and found[0] % 2 else groups_from_params(layer.params, inputs, outputs)
    groups, found = (grouped[0], (3, grouped[1])) if grouped else (None, found)
    return replace(
        layer,
        inputs=inputs,
        outputs=outputs,
        kernel=layer.kernel or ((found[0], found[0]) if found else None),
        stride=_stride(arriving.size, layer.size),
        before=arriving.size,
        bias=found[1] if found else None,
        groups=groups,
    )


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


def _stride(before: Pair | None, after: Pair | None) -> Pair | None:
    """Returns the stride s of a layer with the usual padding, ⌈n/s⌉ of n, or None if the sizes do not tell."""
    if not before or not after:
        return None
    high, wide = (
        next((step for step in (1, 2, 4) if large > 1 and -(-large // step) == small), None)
        for large, small in zip(before, after, strict=True)
    )
    return (high, wide) if high and wide else None


def _unfolded_shortcut(shortcut: Layers, arriving: _FeatureMap, leaving: _FeatureMap) -> Layers:
    """Replaces a shortcut that the table shows as one row by the layers that its parameters suggest."""
    if len(shortcut) != 1 or shortcut[0].kind is not None:
        return shortcut
    row = shortcut[0]
    inputs, outputs = arriving.channels or 0, row.outputs or leaving.channels or 0
    if not row.params:
        if (outputs, row.size) == (inputs, arriving.size) and outputs:
            return ()  # an empty Sequential: the identity
        return (replace(row, name=f"{row.name}.0", kind=Kind.PAD, outputs=outputs or None, size=None),)
    for norm, bias in product((True, False), (False, True)):
        weights = inputs * outputs + bias * outputs
        if row.params == weights + norm * 2 * outputs:
            # No sizes: a pool may stand before the convolution and have halved the map.
            conv = ReadLayer(f"{row.name}.0", Kind.CONV, "Conv2d", outputs=outputs, params=weights)
            return (conv, ReadLayer(f"{row.name}.1", Kind.NORM, outputs=outputs)) if norm else (conv,)
    return shortcut


def _image(network: Network) -> _FeatureMap:
    """Returns channels and size of the image, which fit the first convolution and the size of the input in bytes."""
    stem = _filled_path(network.stem.main, _FeatureMap(), is_stem=True)
    convs = [layer for layer in stem if layer.kind is Kind.CONV]
    if not convs or convs[0].size is None:
        return _FeatureMap(convs[0].inputs if convs else network.text.arriving)
    channels, kernel = convs[0].inputs, convs[0].kernel
    strided = kernel is not None and (kernel[0] == 7 or len(convs) > 1)
    usual = side = convs[0].size[0] * (2 if strided else 1)
    if network.text.input_bytes:
        values = (max(limit, 0) / _BYTES_PER_VALUE / (channels or 3) for limit in network.text.input_bytes)
        low, high = (count**0.5 for count in values)
        fits = [side for side in range(max(int(low), 1), int(high) + 2) if low <= side <= high]
        likely = [side for side in ((usual, usual - 1) if strided else (usual,)) if side in fits]
        side = min(likely or fits, key=lambda side: (side != usual, side % 32 > 0, side % 2, side), default=usual)
    return _FeatureMap(channels, (side, side))
