"""Finds the values of each setting that fit a text, the likeliest first.

The layers of a network vote, so that a mistake in one part of it is outvoted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from explorer.check.formats.class_names import ACTIVATION_CLASSES
from explorer.check.intended.family_settings import (
    family_settings,
    inner_widths,
    possible_shortcut_norms,
    possible_shortcuts,
)
from explorer.check.intended.votes import majority
from explorer.check.structure.names import canonical_name
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Source
from explorer.network.layer import Kind
from explorer.network.options import Activation, Block, Order, Stem, StrideIn

PossibleSettings = Mapping[str, tuple[Any, ...]]  # by the setting's name

_BEFORE_CONV = (Kind.NORM, Kind.ACTIVATION)


def possible_settings(
    network: Network, source: Source, *, shortcuts_folded: bool, cut: bool = False
) -> PossibleSettings:
    """Returns, by the setting's name, the values that the text allows.

    ``shortcuts_folded``: a table shows each shortcut as one row. ``cut``: the text begins inside of the network.
    """
    block = _block_kind(network)
    order = _orders(network, cut=cut, ordered=source.is_table, no_order=source is Source.STATE_DICT)
    return {
        "block": (block,),
        "shortcut": possible_shortcuts(network, source, block, shortcuts_folded=shortcuts_folded),
        "stem": _stems(network),
        "activation": _activations(network),
        "order": order,
        "stride_in": _stride_places(network, block),
        "conv_bias": _conv_biases(network),
        "shortcut_norm": possible_shortcut_norms(network, pre=Order.PRE in order),
        **family_settings(network, source, block, stage_widths(network, block)),
    }


def stage_widths(network: Network, block: Block) -> tuple[int, ...]:
    """Returns each stage's width: what its first convolutions put out, without a bottleneck's expansion."""
    found = tuple(_likeliest([_width_votes(stage, block) for stage in network.stages]))
    stem = network.stem.outputs
    both = [majority(map(inner_widths, stage.blocks)) for stage in network.stages]
    if block is Block.BOTTLENECK and stem and None not in both and both[0][1] == stem:
        shares = {inner / outer for inner, outer in both}
        if len(shares) == 1:  # another width inside of all bottlenecks: Wide ResNet and ResNeXt
            return tuple(outer for _, outer in both)
    return found


def _likeliest(votes: list[list[int]]) -> Iterator[int]:
    """Yields the commonest width of each stage; of several, the one that is twice the width of the stage before."""
    before = 0
    for stage in votes:
        counts = Counter(stage)
        best = max(counts.values(), default=0)
        likely = [width for width, count in counts.items() if count == best]
        before = 2 * before if 2 * before in likely else likely[0] if likely else max(2 * before, 1)
        yield before


def _width_votes(stage: Stage, block: Block) -> list[int]:
    votes: list[int] = []
    for unit in stage.blocks:
        for position, conv in enumerate(unit.convs):
            name = canonical_name(conv)
            place = int(name.removeprefix("conv")) - 1 if name and name != "conv0" else position
            if not conv.outputs:
                continue
            if block is Block.BASIC or place == 0 or (place == 1 and conv.kernel in ((3, 3), None)):
                votes.append(conv.outputs)
            elif place == 2 and conv.outputs % 4 == 0:
                votes.append(conv.outputs // 4)
    return votes


def _block_kind(network: Network) -> Block:
    votes = [vote for unit in network.blocks if (vote := _block_vote(unit))]
    return majority(votes, Block.BASIC)  # type: ignore[no-any-return]


def _block_vote(unit: Unit) -> Block | None:
    convs = unit.convs
    if not convs:
        return None
    first, last = convs[0], convs[-1]
    if len(convs) < 3 and any(canonical_name(conv) == "conv3" for conv in convs):
        return Block.BOTTLENECK
    if first.kernel == (1, 1) or (len(convs) > 2 and first.outputs and last.outputs == 4 * first.outputs):
        return Block.BOTTLENECK
    if first.kernel is None:
        return Block.BOTTLENECK if len(convs) > 2 else Block.BASIC if len(convs) == 2 else None
    return Block.BASIC


def _stems(network: Network) -> tuple[Stem, ...]:
    convs = network.stem.convs
    pools = any(layer.kind is Kind.POOL for layer in network.stem.main)
    if not convs:
        return tuple(Stem)
    if len(convs) > 1:
        return (Stem.DEEP,)
    if convs[0].kernel is None:
        return (Stem.IMAGENET if pools else Stem.CIFAR,)
    large = convs[0].kernel[0] > 3 or (pools and convs[0].stride != (1, 1)) or convs[0].stride == (2, 2)
    return (Stem.IMAGENET if large else Stem.CIFAR,)


def _activations(network: Network) -> tuple[Activation, ...]:
    classes = {name: option for option, name in ACTIVATION_CLASSES.items()}
    shown = [layer.class_name for layer in network.layers if layer.kind is Kind.ACTIVATION]
    if not shown:
        return tuple(Activation)
    return (classes.get(majority(shown), Activation.RELU),)


def _orders(network: Network, *, cut: bool, ordered: bool, no_order: bool) -> tuple[Order, ...]:
    """Looks for pre-activation in stem, blocks and head.

    Its blocks begin with a norm or an activation, its stem has neither and its head has. ``ordered``: the layers come
    in the order of the forward pass. If not, the norms' features tell more than the order, and with
    ``no_order`` they alone do.
    """
    shown = [layer for layer in network.layers if layer.kind in _BEFORE_CONV]
    if not shown:
        return tuple(Order)
    stem, head = network.stem.main, network.head.main
    signs = 0
    signs += network.stem_ends_bare
    signs += any(layer.kind in _BEFORE_CONV for layer in head)
    whole = network.blocks[1:] if cut and not stem else network.blocks
    told = None if ordered else majority(_norm_votes(network, first=True)) or majority(_norm_votes(network))
    if told and no_order:
        return (told,)
    if told is None:
        signs += majority((unit.main[0].kind in _BEFORE_CONV for unit in whole if unit.main), False)
    else:
        signs += told is Order.PRE
    known = bool(stem) + bool(head) + bool(whole)
    if not stem and not head and told:
        return (told,)
    if not known:
        return tuple(Order)
    return (Order.PRE,) if signs >= 2 or (known == 1 and signs) else (Order.POST,)


def _norm_votes(network: Network, *, first: bool = False) -> Iterator[Order]:
    """Votes by the norms: each has the features that its convolution reads (pre), or those that it puts out (post).

    ``first``: by those of the blocks' first convolutions alone.
    """
    for unit in network.blocks:
        convs = {canonical_name(conv): conv for conv in (unit.convs[:1] if first else unit.convs)}
        for layer in unit.main:
            conv = convs.get((canonical_name(layer) or "").replace("bn", "conv"))
            if layer.kind is Kind.NORM and conv and conv.inputs != conv.outputs:
                yield Order.PRE if layer.outputs == conv.inputs else Order.POST


def _conv_biases(network: Network) -> tuple[bool, ...]:
    found = majority(layer.bias for layer in network.layers if layer.kind is Kind.CONV)
    return (False, True) if found is None else (found,)


def _stride_places(network: Network, block: Block) -> tuple[StrideIn, ...]:
    if block is Block.BASIC:
        return tuple(StrideIn)
    votes: list[StrideIn] = []
    for stage in network.stages:
        strides = [conv.stride for conv in stage.blocks[0].convs]
        if len(strides) > 2 and None not in strides and strides[0] != strides[1]:
            votes.append(StrideIn.CONV1X1 if strides[0] != (1, 1) else StrideIn.CONV3X3)
    found = majority(votes)
    return (found,) if found else tuple(StrideIn)
