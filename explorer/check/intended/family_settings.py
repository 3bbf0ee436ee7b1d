"""Finds the settings of shortcuts and of the wider family: groups, width, stem, dilation, attention, blur, scale."""

from itertools import pairwise
from typing import Any

from explorer.check.formats.class_names import is_blur
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Source
from explorer.check.votes import majority
from explorer.network.config import LIMITS
from explorer.network.layer import Kind
from explorer.network.options import Antialias, Attention, Block, Norm, OutputStride, ResidualScale, Shortcut

_WIDE = 64  # the width for which width_per_group is given (torchvision, models/resnet.py)


def family_settings(network: Network, block: Block, widths: tuple[int, ...]) -> dict[str, tuple[Any]]:
    """Returns, by the setting's name, the value that most blocks show. ``widths`` are those of the stages."""
    norm = majority(layer.class_name for unit in network.blocks for layer in unit.main if layer.kind is Kind.NORM)
    stem, first = network.stem.outputs, network.blocks[0].convs
    # Channels that are not the first stage's, in a network whose widths double (WRN).
    apart = stem != widths[0] and len(widths) > 1 and all(two == 2 * one for one, two in pairwise(widths))
    found: dict[str, tuple[Any]] = {
        "stem_width": (stem if stem and apart and first and first[0].inputs in (stem, None) else 0,),
        "attention": (Attention.SE if majority(bool(unit.gates) for unit in network.blocks) else Attention.NONE,),
        "norm": (Norm.NONE if norm is None else Norm.GROUP if norm.startswith("GroupNorm") else Norm.BATCH,),
    }
    if block is Block.BOTTLENECK:
        groups, share = _groups_and_share(network, widths)
        found |= {"groups": (groups,), "width_per_group": (share,)}
    if network.text.source is not Source.STATE_DICT:
        found["output_stride"] = (_output_stride(network),)
        blurs = any(is_blur(layer.local, layer.class_name) for unit in network.units for layer in unit.beside)
        found["antialias"] = (Antialias.BLUR if blurs else Antialias.NONE,)
    return found


def unseen_settings(network: Network) -> dict[str, Any]:
    """Returns the settings that change nothing in evaluation, and scales, where the text shows them."""
    drops = [layer for unit in network.blocks for layer in unit.beside if layer.p]
    found: dict[str, Any] = {}
    for name, plain in (("dropout", True), ("stochastic_depth", False)):
        shown = [layer.p or 0.0 for layer in drops if layer.class_name.startswith("Dropout") is plain]
        if 2 * len(shown) > len(network.blocks):
            found[name] = round(min(max(shown), 0.9), 2)
    if 2 * sum(any(layer.kind is Kind.SCALE for layer in unit.beside) for unit in network.blocks) > len(network.blocks):
        found["residual_scale"] = ResidualScale.LEARNED
    return found


def inner_widths(unit: Unit) -> tuple[int, int] | None:
    """Returns two channel counts of a bottleneck: its second convolution's outputs, and a quarter of its last one's.

    They are equal unless the network is grouped or wide. None for any other block.
    """
    convs = unit.convs
    if len(convs) != 3 or not convs[1].outputs or not convs[2].outputs or convs[2].outputs % 4:
        return None
    return convs[1].outputs, convs[2].outputs // 4


def _groups_and_share(network: Network, widths: tuple[int, ...]) -> tuple[int, int]:
    groups = majority((unit.convs[1].groups for unit in network.blocks if len(unit.convs) == 3), 1)
    inside = (majority(both[0] for unit in stage.blocks if (both := inner_widths(unit))) for stage in network.stages)
    votes = (-(-inner * _WIDE // (width * groups)) for inner, width in zip(inside, widths, strict=True) if inner)
    share = majority(votes, _WIDE)
    low, high = LIMITS["groups"]
    if not low <= groups <= high or any(width * share // _WIDE * groups < 1 for width in widths):
        return 1, _WIDE
    return groups, min(max(share, 1), LIMITS["width_per_group"][1])


def _output_stride(network: Network) -> OutputStride:
    """Tells how many of the last stages keep the size of the map: most of their blocks are dilated.

    A table has no dilation; there it is that no convolution of the stage has a stride, and those before have one.
    """
    kept = [_keeps_size(stage) for stage in network.stages[1:]]
    count = next((place for place, keeps in enumerate(reversed(kept)) if not keeps), len(kept))
    last = {1: OutputStride.SIXTEEN, 2: OutputStride.EIGHT}
    return last.get(count, OutputStride.FULL) if len(kept) == 3 else OutputStride.FULL


def _keeps_size(stage: Stage) -> bool:
    convs = [conv for unit in stage.blocks for conv in unit.layers if conv.kind is Kind.CONV]
    if any(conv.dilation for conv in convs):
        dilated = [conv.dilation != (1, 1) for conv in convs if conv.kernel == (3, 3)]
        return 2 * sum(dilated) > len(dilated)
    return {conv.stride for conv in convs} - {None} == {(1, 1)}


def possible_shortcuts(network: Network, block: Block) -> tuple[Shortcut, ...]:
    """Returns the shortcut options that fit, the likeliest first."""
    kinds = {layer.kind for unit in network.blocks for layer in unit.shortcut}
    if Kind.CONV in kinds:
        return _projecting_shortcuts(network, block, pools=Kind.POOL in kinds)
    if kinds & {Kind.POOL, Kind.PAD}:
        padding = (Shortcut.A, Shortcut.AVGPOOL) if network.folded else (Shortcut.A,)
        return (Shortcut.AVGPOOL,) if Kind.POOL in kinds else padding
    if network.has(Kind.ADD) or any(unit.shows_shortcut for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if not any(unit.convs and unit.convs[0].inputs != unit.outputs for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if network.text.source is Source.STATE_DICT:
        return (Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL)
    return (Shortcut.NONE, Shortcut.A)


def _projecting_shortcuts(network: Network, block: Block, *, pools: bool) -> tuple[Shortcut, ...]:
    """Tells B, C and ResNet-D's apart by which blocks project, and by what stands before the projection."""
    same = [
        unit.projection is not None
        for stage, entry in enumerate(network.stages)
        for index, unit in enumerate(entry.blocks)
        if not _changes_shape(unit, block, stage, index)
    ]
    if network.text.source is Source.STATE_DICT:  # pools have no parameters, but take a number
        pools = majority(unit.projection.local == "1" for unit in network.blocks if unit.projection)
    if pools:
        return (Shortcut.AVGPOOL_PROJECTION,)
    if 2 * sum(same) > len(same):
        return (Shortcut.C,)
    several = (Shortcut.B,) if same else (Shortcut.B, Shortcut.C)
    return (*several, Shortcut.AVGPOOL_PROJECTION) if network.folded else several


def _changes_shape(unit: Unit, block: Block, stage: int, index: int) -> bool:
    """Whether block ``index`` of ``stage``, both from 0, was meant to change the shape of the map.

    The first block of a stage halves it, and the very first bottleneck expands the stem's channels. A part of a network
    may begin with a later stage; then its first block changes the number of channels.
    """
    if index:  # a stride that no other block of the stage should have
        return any(conv.strides for conv in unit.convs)
    return stage > 0 or block is Block.BOTTLENECK or unit.convs[:1] == () or unit.convs[0].inputs != unit.outputs


def possible_shortcut_norms(network: Network, *, pre: bool) -> tuple[bool, ...]:
    """Returns whether projections may have a norm. ``pre``: the network may be pre-activation, whose never have one."""
    projecting = [unit.shortcut for unit in network.blocks if unit.projection]
    found = majority(any(layer.kind is Kind.NORM for layer in shortcut) for shortcut in projecting)
    return (True, False) if found is None or (pre and not found) or not network.has(Kind.NORM) else (found,)
