"""Finds the values of each setting that fit a text, the likeliest first.

The layers of a network vote, so that a mistake in one part of it is outvoted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from explorer.check.formats.class_names import ACTIVATION_CLASSES
from explorer.check.structure.names import canonical_name
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import ReadLayer, Source
from explorer.network.config import Activation, Block, Norm, Order, Shortcut, Stem, StrideIn
from explorer.network.layer import Kind

PossibleSettings = Mapping[str, tuple[Any, ...]]  # by the setting's name

_BEFORE_CONV = (Kind.NORM, Kind.ACTIVATION)


def possible_settings(
    network: Network, source: Source, *, shortcuts_folded: bool, cut: bool = False
) -> PossibleSettings:
    """Returns, by the setting's name, the values that the text allows.

    ``shortcuts_folded``: a table shows each shortcut as one row. ``cut``: the text begins inside of the network.
    """
    block = _block(network)
    order = _order(network, cut=cut, ordered=source.is_table)
    return {
        "block": (block,),
        "shortcut": _shortcut(network, source, block, shortcuts_folded=shortcuts_folded),
        "stem": _stem(network),
        "activation": _activation(network),
        "norm": (Norm.BATCH if network.has(Kind.NORM) else Norm.NONE,),
        "order": order,
        "stride_in": _stride_in(network, block),
        "conv_bias": _conv_bias(network),
        "shortcut_norm": _shortcut_norm(network, pre=Order.PRE in order),
    }


def stage_widths(network: Network, block: Block) -> tuple[int, ...]:
    """Returns each stage's width: what its first convolutions put out, without a bottleneck's expansion."""
    found = tuple(_likeliest([_width_votes(stage, block) for stage in network.stages]))
    stem = network.stem.outputs
    outer = tuple(majority(unit.outputs for unit in stage.blocks) for stage in network.stages)
    if block is Block.BOTTLENECK and stem and outer == tuple(2 * width for width in found) and outer[0] == 4 * stem:
        return tuple(width // 2 for width in found)  # twice as wide inside: Wide ResNet and ResNeXt
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


def majority(values: Iterable[Any], default: Any = None) -> Any:
    """Returns the commonest value that is not None; of several, the one that comes first."""
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else default


def changes_shape(unit: Unit, block: Block, stage: int, index: int) -> bool:
    """Whether block ``index`` of ``stage``, both from 0, was meant to change the shape of the map.

    The first block of a stage halves it, and the very first bottleneck expands the stem's channels. In a part of a
    network the first stage may be any, so its first block's own channels are asked, too.
    """
    if index:
        return False
    return stage > 0 or block is Block.BOTTLENECK or unit.convs[:1] == () or unit.convs[0].inputs != unit.outputs


def _block(network: Network) -> Block:
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


def _stem(network: Network) -> tuple[Stem, ...]:
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


def _activation(network: Network) -> tuple[Activation, ...]:
    classes = {name: option for option, name in ACTIVATION_CLASSES.items()}
    shown = [layer.class_name for layer in network.layers if layer.kind is Kind.ACTIVATION]
    if not shown:
        return tuple(Activation)
    return (classes.get(majority(shown), Activation.RELU),)


def _order(network: Network, *, cut: bool, ordered: bool) -> tuple[Order, ...]:
    """Pre-activation shows in three places: a norm or activation first in the blocks, none in the stem, one in the
    head.

    ``ordered``: the layers come in the order of the forward pass. If not, the norms' features tell more.
    """
    shown = [layer for layer in network.layers if layer.kind in _BEFORE_CONV]
    if not shown:
        return tuple(Order)
    stem, head = network.stem.main, network.head.main
    signs = 0
    signs += network.stem_ends_bare
    signs += any(layer.kind in _BEFORE_CONV for layer in head)
    whole = network.blocks[1:] if cut and not stem else network.blocks
    told = None if ordered else majority(_norm_votes(network))
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


def _norm_votes(network: Network) -> Iterator[Order]:
    """Votes by the norms: each has the features that its convolution reads (pre), or those that it puts out (post)."""
    for unit in network.blocks:
        convs = {canonical_name(conv): conv for conv in unit.convs}
        for layer in unit.main:
            conv = convs.get((canonical_name(layer) or "").replace("bn", "conv"))
            if layer.kind is Kind.NORM and conv and conv.inputs != conv.outputs:
                yield Order.PRE if layer.outputs == conv.inputs else Order.POST


def _conv_bias(network: Network) -> tuple[bool, ...]:
    found = majority(layer.bias for layer in network.layers if layer.kind is Kind.CONV)
    return (False, True) if found is None else (found,)


def _stride_in(network: Network, block: Block) -> tuple[StrideIn, ...]:
    if block is Block.BASIC:
        return tuple(StrideIn)
    votes: list[StrideIn] = []
    for stage in network.stages:
        strides = [conv.stride for conv in stage.blocks[0].convs]
        if len(strides) > 2 and None not in strides and strides[0] != strides[1]:
            votes.append(StrideIn.CONV1X1 if strides[0] != (1, 1) else StrideIn.CONV3X3)
    found = majority(votes)
    return (found,) if found else tuple(StrideIn)


def _shortcut_norm(network: Network, *, pre: bool) -> tuple[bool, ...]:
    """``pre``: the network may be pre-activation, whose projections never have a norm."""
    projecting = [unit.shortcut for unit in network.blocks if _projects(unit)]
    found = majority(any(layer.kind is Kind.NORM for layer in shortcut) for shortcut in projecting)
    return (True, False) if found is None or (pre and not found) or not network.has(Kind.NORM) else (found,)


def _projects(unit: Unit) -> bool:
    return any(layer.kind is Kind.CONV for layer in unit.shortcut)


def _shortcut(network: Network, source: Source, block: Block, *, shortcuts_folded: bool) -> tuple[Shortcut, ...]:
    kinds = {layer.kind for unit in network.blocks for layer in unit.shortcut}
    pools = Kind.POOL in kinds
    if Kind.CONV in kinds:
        return _projection(network, source, block, pools=pools, shortcuts_folded=shortcuts_folded)
    if Kind.PAD in kinds or pools:
        several = (Shortcut.A, Shortcut.AVGPOOL) if shortcuts_folded else (Shortcut.A,)
        return (Shortcut.AVGPOOL,) if pools else several
    return _invisible_shortcut(network, source)


def _invisible_shortcut(network: Network, source: Source) -> tuple[Shortcut, ...]:
    """Returns what fits where no block has a layer on its shortcut."""
    if network.has(Kind.ADD) or any(unit.shows_shortcut for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if not any(unit.convs and unit.convs[0].inputs != unit.outputs for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if source is Source.STATE_DICT:
        return (Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL)
    return (Shortcut.NONE, Shortcut.A)


def _projection(
    network: Network, source: Source, block: Block, *, pools: bool, shortcuts_folded: bool
) -> tuple[Shortcut, ...]:
    """Tells B, C and ResNet-D's apart by which blocks project, and by what stands before the projection."""
    same = [
        _projects(unit)
        for stage, entry in enumerate(network.stages)
        for index, unit in enumerate(entry.blocks)
        if not changes_shape(unit, block, stage, index)
    ]
    everywhere = bool(same) and sum(same) * 2 > len(same)
    if source is Source.STATE_DICT:  # pools have no parameters, but take a number
        pools = majority(_first_conv(unit).local == "1" for unit in network.blocks if _projects(unit))
    if everywhere and not pools:
        return (Shortcut.C,)
    if pools:
        return (Shortcut.AVGPOOL_PROJECTION,)
    several = (Shortcut.B,) if same else (Shortcut.B, Shortcut.C)
    return (*several, Shortcut.AVGPOOL_PROJECTION) if shortcuts_folded else several


def _first_conv(unit: Unit) -> ReadLayer:
    return next(layer for layer in unit.shortcut if layer.kind is Kind.CONV)
