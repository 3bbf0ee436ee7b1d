"""Finds the values of each setting that fit a text, the likeliest first.

The layers of a network vote, so that a mistake in one part of it is outvoted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from explorer.check.formats.class_names import ACTIVATION_CLASSES
from explorer.check.intended.family_settings import (
    family_settings,
    inner_widths,
    possible_shortcut_norms,
    possible_shortcuts,
)
from explorer.check.structure.names import norms_with_convs, number_of
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Source
from explorer.check.votes import majority
from explorer.network.layer import Kind
from explorer.network.options import Activation, Block, Order, Stem, StrideIn

PossibleSettings = Mapping[str, tuple[Any, ...]]  # by the setting's name
SHAPE = ("stage_blocks", "widths")
COUNTS = ("num_classes", "in_channels")  # each only where the text shows it

_BEFORE_CONV = (Kind.NORM, Kind.ACTIVATION)


def possible_settings(network: Network) -> PossibleSettings:
    """Returns, by the setting's name, the values that the text allows."""
    block = majority(map(_block_vote, network.blocks), Block.BASIC)
    widths = _stage_widths(network, block)
    order = _orders(network)
    activation = majority(layer.class_name for layer in network.layers if layer.kind is Kind.ACTIVATION)
    classes = {name: option for option, name in ACTIVATION_CLASSES.items()}
    bias = majority(layer.bias for layer in network.layers if layer.kind is Kind.CONV)
    shown = (network.classifier.outputs if network.classifier else None, *(conv.inputs for conv in network.stem.convs))
    return {
        "block": (block,),
        "stage_blocks": (tuple(len(stage.blocks) for stage in network.stages),),
        "widths": (widths,),
        "shortcut": possible_shortcuts(network, block),
        "stem": _stems(network),
        "activation": tuple(Activation) if activation is None else (classes.get(activation, Activation.RELU),),
        "order": order,
        "stride_in": _stride_places(network, block),
        "conv_bias": (False, True) if bias is None else (bias,),
        "shortcut_norm": possible_shortcut_norms(network, pre=Order.PRE in order),
        **family_settings(network, block, widths),
        **{name: (count,) for name, count in zip(COUNTS, shown, strict=False) if count},
    }


def _stage_widths(network: Network, block: Block) -> tuple[int, ...]:
    stem = network.stem.outputs
    both = [majority(map(inner_widths, stage.blocks)) for stage in network.stages]
    if block is Block.BOTTLENECK and stem and None not in both and both[0][1] == stem:
        shares = {inner / outer for inner, outer in both}
        if len(shares) == 1:  # another width inside of all bottlenecks: Wide ResNet and ResNeXt
            return tuple(outer for _, outer in both)
    return tuple(_likeliest(_width_votes(stage, block) for stage in network.stages))


def _likeliest(votes: Iterable[Iterable[int]]) -> Iterator[int]:
    """Yields the commonest width of each stage; of several, the one that is twice the width of the stage before."""
    before = 0
    for stage in votes:
        counts = Counter(stage)
        best = max(counts.values(), default=0)
        likely = [width for width, count in counts.items() if count == best]
        before = 2 * before if 2 * before in likely else likely[0] if likely else max(2 * before, 1)
        yield before


def _width_votes(stage: Stage, block: Block) -> Iterator[int]:
    for unit in stage.blocks:
        for position, conv in enumerate(unit.convs):
            place = (number_of(conv) or position + 1) - 1
            if not conv.outputs:
                continue
            if block is Block.BASIC or place == 0 or (place == 1 and conv.kernel in ((3, 3), None)):
                yield conv.outputs
            elif place == 2 and conv.outputs % 4 == 0:
                yield conv.outputs // 4


def _block_vote(unit: Unit) -> Block | None:
    convs = unit.convs
    if not convs:
        return None
    first, last = convs[0], convs[-1]
    if len(convs) < 3 and any(number_of(conv) == 3 for conv in convs):
        return Block.BOTTLENECK
    if first.kernel == (1, 1) or (len(convs) > 2 and first.outputs and last.outputs == 4 * first.outputs):
        return Block.BOTTLENECK
    if first.kernel is None:
        return Block.BOTTLENECK if len(convs) > 2 else Block.BASIC if len(convs) == 2 else None
    return Block.BASIC


def _stems(network: Network) -> tuple[Stem, ...]:
    convs = network.stem.convs
    if not convs:
        return tuple(Stem)
    if len(convs) > 1:
        return (Stem.DEEP,)
    kernel, stride = convs[0].kernel, convs[0].stride
    pools = any(layer.kind is Kind.POOL for layer in network.stem.main)
    large = pools if kernel is None else kernel[0] > 3 or (pools and stride != (1, 1)) or stride == (2, 2)
    return (Stem.IMAGENET if large else Stem.CIFAR,)


def _orders(network: Network) -> tuple[Order, ...]:
    """Looks for pre-activation: blocks begin with a norm or an activation, the stem has neither and the head has.

    Only a table lists layers in the order of the forward pass. Elsewhere the norms' features tell more, and in a state
    dict they alone do.
    """
    if not any(layer.kind in _BEFORE_CONV for layer in network.layers):
        return tuple(Order)
    stem, head = network.stem.main, network.head.main
    told, source = None, network.text.source
    if not source.is_table:
        told = majority(_norm_votes(network, first=True)) or majority(_norm_votes(network))
    if told and (source is Source.STATE_DICT or not (stem or head)):
        return (told,)
    whole = network.blocks[1:] if network.text.cut_start and not stem else network.blocks
    begins = majority(unit.main[0].kind in _BEFORE_CONV for unit in whole if unit.main)
    signs = network.stem_ends_bare + any(layer.kind in _BEFORE_CONV for layer in head)
    signs += told is Order.PRE if told else bool(begins)
    known = bool(stem) + bool(head) + bool(whole)
    if not known:
        return tuple(Order)
    return (Order.PRE,) if signs >= 2 or (known == 1 and signs) else (Order.POST,)


def _norm_votes(network: Network, *, first: bool = False) -> Iterator[Order]:
    """Votes by norms, or the ``first`` of each block: features that a convolution reads (pre) or puts out (post)."""
    for unit in network.blocks:
        for norm, conv in norms_with_convs(unit.main):
            if conv.inputs != conv.outputs and (conv is unit.convs[0] or not first):
                yield Order.PRE if norm.outputs == conv.inputs else Order.POST


def _stride_places(network: Network, block: Block) -> tuple[StrideIn, ...]:
    votes: list[StrideIn] = []
    for stage in network.stages if block is Block.BOTTLENECK else ():
        strides = [conv.stride for conv in stage.blocks[0].convs]
        if len(strides) > 2 and None not in strides and strides[0] != strides[1]:
            votes.append(StrideIn.CONV1X1 if strides[0] != (1, 1) else StrideIn.CONV3X3)
    return (majority(votes),) if votes else tuple(StrideIn)
