"""Finds the shortcut options that fit a text, and whether projections have a norm."""

from explorer.check.intended.votes import majority
from explorer.check.structure.network import Network, Unit
from explorer.check.values import ReadLayer, Source
from explorer.network.layer import Kind
from explorer.network.options import Block, Shortcut


def possible_shortcuts(
    network: Network, source: Source, block: Block, *, shortcuts_folded: bool
) -> tuple[Shortcut, ...]:
    """Returns the shortcut options that fit, the likeliest first. ``shortcuts_folded``: each shortcut is one row of a
    table."""
    kinds = {layer.kind for unit in network.blocks for layer in unit.shortcut}
    pools = Kind.POOL in kinds
    if Kind.CONV in kinds:
        return _projecting_shortcuts(network, source, block, pools=pools, shortcuts_folded=shortcuts_folded)
    if Kind.PAD in kinds or pools:
        several = (Shortcut.A, Shortcut.AVGPOOL) if shortcuts_folded else (Shortcut.A,)
        return (Shortcut.AVGPOOL,) if pools else several
    return _invisible_shortcuts(network, source)


def _invisible_shortcuts(network: Network, source: Source) -> tuple[Shortcut, ...]:
    """Returns what fits where no block has a layer on its shortcut."""
    if network.has(Kind.ADD) or any(unit.shows_shortcut for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if not any(unit.convs and unit.convs[0].inputs != unit.outputs for unit in network.blocks):
        return (Shortcut.B, Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)
    if source is Source.STATE_DICT:
        return (Shortcut.A, Shortcut.NONE, Shortcut.AVGPOOL)
    return (Shortcut.NONE, Shortcut.A)


def _projecting_shortcuts(
    network: Network, source: Source, block: Block, *, pools: bool, shortcuts_folded: bool
) -> tuple[Shortcut, ...]:
    """Tells B, C and ResNet-D's apart by which blocks project, and by what stands before the projection."""
    same = [
        _has_projection(unit)
        for stage, entry in enumerate(network.stages)
        for index, unit in enumerate(entry.blocks)
        if not _changes_shape(unit, block, stage, index)
    ]
    everywhere = bool(same) and sum(same) * 2 > len(same)
    if source is Source.STATE_DICT:  # pools have no parameters, but take a number
        pools = majority(_first_conv(unit).local == "1" for unit in network.blocks if _has_projection(unit))
    if everywhere and not pools:
        return (Shortcut.C,)
    if pools:
        return (Shortcut.AVGPOOL_PROJECTION,)
    several = (Shortcut.B,) if same else (Shortcut.B, Shortcut.C)
    return (*several, Shortcut.AVGPOOL_PROJECTION) if shortcuts_folded else several


def _changes_shape(unit: Unit, block: Block, stage: int, index: int) -> bool:
    """Whether block ``index`` of ``stage``, both from 0, was meant to change the shape of the map.

    The first block of a stage halves it, and the very first bottleneck expands the stem's channels. A part of a network
    may begin with a later stage; then its first block changes the number of channels.
    """
    if index:  # a stride that no other block of the stage should have
        return any(conv.stride not in ((1, 1), None) for conv in unit.convs)
    return stage > 0 or block is Block.BOTTLENECK or unit.convs[:1] == () or unit.convs[0].inputs != unit.outputs


def possible_shortcut_norms(network: Network, *, pre: bool) -> tuple[bool, ...]:
    """Returns whether projections may have a norm. ``pre``: the network may be pre-activation, whose never have one."""
    projecting = [unit.shortcut for unit in network.blocks if _has_projection(unit)]
    found = majority(any(layer.kind is Kind.NORM for layer in shortcut) for shortcut in projecting)
    return (True, False) if found is None or (pre and not found) or not network.has(Kind.NORM) else (found,)


def _has_projection(unit: Unit) -> bool:
    return any(layer.kind is Kind.CONV for layer in unit.shortcut)


def _first_conv(unit: Unit) -> ReadLayer:
    return next(layer for layer in unit.shortcut if layer.kind is Kind.CONV)
