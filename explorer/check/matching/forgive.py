"""What comes out of matching, without the missing layers that the text could not show or that a cut took away.

What a text does not show is not judged: sums and activations may be functions that ``forward`` calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.check.intended.layers import IntendedLayers
from explorer.check.intended.visible import Visible
from explorer.check.matching.layers import Match, UnitMatch
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Source
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind

_UNMATCHED_COST = 4  # of a stage or block without counterpart, in faults


@dataclass(frozen=True, slots=True)
class StageMatch:
    """A stage beside its counterpart, which has ``expected`` blocks.

    ``missing`` are intended blocks that were not read, ``extra`` are blocks that were read and not intended.
    """

    read: Stage
    blocks: tuple[UnitMatch, ...]
    expected: int
    missing: tuple[Unit, ...] = ()
    extra: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All stages beside their counterparts.

    ``stem`` and ``head`` are None where the text shows nothing of them. ``missing`` are the numbers, from 1, of stages
    that were not read; ``extra`` are stages that were read and not intended.
    """

    config: ResNetConfig
    network: Network
    stem: UnitMatch | None
    stages: tuple[StageMatch, ...]
    head: UnitMatch | None
    missing: tuple[int, ...] = ()
    extra: tuple[Stage, ...] = ()

    @cached_property
    def units(self) -> tuple[UnitMatch, ...]:
        """The stem, all blocks and the head, in order."""
        blocks = [block for stage in self.stages for block in stage.blocks]
        return tuple(unit for unit in (self.stem, *blocks, self.head) if unit)

    @cached_property
    def cost(self) -> int:
        """How far the two networks are apart: the number of faults, with 4 for each stage or block unmatched."""
        unmatched = len(self.missing) + len(self.extra)
        unmatched += sum(len(stage.missing) + len(stage.extra) for stage in self.stages)
        return sum(unit.faults for unit in self.units) + _UNMATCHED_COST * unmatched


_WITHOUT_WEIGHTS = (Kind.ACTIVATION, Kind.ADD, Kind.PAD, Kind.POOL)  # no state dict has these


def forgive_invisible(unit: UnitMatch, visible: Visible) -> UnitMatch:
    """Takes out missing layers of a kind that this text does not show in any block."""
    return replace(unit, main=_visible(unit.main, visible), shortcut=_visible(unit.shortcut, visible))


def _visible(matches: Sequence[Match], visible: Visible) -> tuple[Match, ...]:
    activations = sum(match.intended is not None and match.intended.kind is Kind.ACTIVATION for match in matches)
    invisible_activations = max(activations - visible.activations, 0)
    kept: list[Match] = []
    for match in reversed(matches):
        missing = match.intended.kind if match.intended and match.read is None else None
        if missing is Kind.ACTIVATION and invisible_activations:
            invisible_activations -= 1
        elif missing is None or not _is_invisible(missing, visible):
            kept.append(match)
    return tuple(reversed(kept))


def _is_invisible(kind: Kind, visible: Visible) -> bool:
    if visible.source is Source.STATE_DICT and kind in _WITHOUT_WEIGHTS:
        return True
    return (kind is Kind.ADD and not visible.adds) or (kind is Kind.PAD and not visible.pads)


def forgive_cut(comparison: Comparison, intended: IntendedLayers, visible: Visible) -> Comparison:
    """Takes out missing layers at the ends of a cut text, and pools that ``forward`` may call as functions."""
    network, stem, head, stages = comparison.network, comparison.stem, comparison.head, list(comparison.stages)
    if visible.cut_start:
        if network.stem.main:
            stem = _forgive(stem)
        elif stages:
            stages[0] = _forgive_block(stages[0], 0)
    if visible.cut_end:
        if network.head.main:
            head = _forgive(head)
        elif stages:
            stages[-1] = _forgive_block(stages[-1], -1)
    if stem and (network.inside or _is_pooled_after_stem(network, intended)):
        stem = _forgive(stem, Kind.POOL)
    if head and visible.headless:
        head = _forgive(head)
    if head and (_is_pooled_in_head(head) or not network.head.main):
        head = _forgive(head, Kind.POOL)
    if visible.shortcuts_folded:
        stages = [_forgive_shortcut_pools(stage) for stage in stages]
    return replace(comparison, stem=stem, head=head, stages=tuple(stages))


def _forgive_block(stage: StageMatch, place: int) -> StageMatch:
    blocks = list(stage.blocks)
    if blocks:
        blocks[place] = _forgive(blocks[place]) or blocks[place]
    return replace(stage, blocks=tuple(blocks))


def _forgive(unit: UnitMatch | None, kind: Kind | None = None) -> UnitMatch | None:
    """Takes out missing layers of one kind on the main path, or all missing layers of both paths."""
    if unit is None:
        return None
    if kind:
        return replace(unit, main=_without_missing(unit.main, kind))
    return replace(unit, main=_without_missing(unit.main), shortcut=_without_missing(unit.shortcut))


def _without_missing(matches: Sequence[Match], kind: Kind | None = None) -> tuple[Match, ...]:
    return tuple(
        match for match in matches if match.read or (kind and match.intended and match.intended.kind is not kind)
    )


def _forgive_shortcut_pools(stage: StageMatch) -> StageMatch:
    blocks = (replace(block, shortcut=_without_missing(block.shortcut, Kind.POOL)) for block in stage.blocks)
    return replace(stage, blocks=tuple(blocks))


def _is_pooled_after_stem(network: Network, intended: IntendedLayers) -> bool:
    """Whether the first block's size shows that something pooled the stem's output."""
    sizes = [conv.size for block in network.blocks[:1] for conv in block.convs[:1]]
    return bool(sizes) and sizes[0] is not None and sizes[0] == intended.stages[0][0].convs[0].size


def _is_pooled_in_head(head: UnitMatch) -> bool:
    """Whether the classifier reads one feature a channel, so that something pooled the map."""
    linear = [match for match in head.main if match.read and match.read.kind is Kind.LINEAR and match.intended]
    return bool(linear) and "inputs" not in linear[-1].differing_fields
