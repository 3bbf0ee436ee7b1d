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


def forgive_invisible(unit: UnitMatch, visible: Visible) -> UnitMatch:
    """Takes out missing layers of a kind that this text does not show in any block."""
    return replace(unit, main=_visible(unit.main, visible), shortcut=_visible(unit.shortcut, visible))


def _visible(matches: Sequence[Match], visible: Visible) -> tuple[Match, ...]:
    activations = sum(match.intended is not None and match.intended.kind is Kind.ACTIVATION for match in matches)
    shared = max(activations - visible.activations, 0)
    gone = [match for match in matches if match.missing is Kind.ACTIVATION]
    forgiven = gone[max(len(gone) - shared, 0) :]
    return tuple(match for match in matches if match not in forgiven and match.missing not in visible.hidden)


def forgive_cut(comparison: Comparison, intended: IntendedLayers, visible: Visible) -> Comparison:
    """Takes out missing layers at the ends of a cut text, and pools that ``forward`` may call as functions."""
    network, stem, head, stages = comparison.network, comparison.stem, comparison.head, list(comparison.stages)
    if network.text.cut_start and network.stem.main:
        stem = stem and stem.forgiving()
    elif network.text.cut_start and stages:
        stages[0] = _with_block_forgiven(stages[0], 0)
    if network.text.cut_end and network.head.main:
        head = head and head.forgiving()
    elif network.text.cut_end and stages:
        stages[-1] = _with_block_forgiven(stages[-1], -1)
    size = next((conv.size for conv in network.blocks[0].convs), None)
    pooled = size is not None and size == intended.stages[0][0].convs[0].size  # whatever pooled the stem's output
    if network.inside or pooled:
        stem = stem and stem.forgiving(Kind.POOL)
    if visible.headless:
        head = head and head.forgiving()
    linear = [match for match in head.main if match.read and match.read.kind is Kind.LINEAR] if head else []
    linear = [match for match in linear if match.intended]
    pooled = bool(linear) and "inputs" not in linear[-1].differing_fields  # it reads one feature a channel
    if head and (pooled or not network.head.main):
        head = head.forgiving(Kind.POOL)
    for place, stage in enumerate(stages if network.folded else ()):
        stages[place] = replace(stage, blocks=tuple(block.forgiving(Kind.POOL) for block in stage.blocks))
    return replace(comparison, stem=stem, head=head, stages=tuple(stages))


def _with_block_forgiven(stage: StageMatch, place: int) -> StageMatch:
    blocks = list(stage.blocks)
    if blocks:
        blocks[place] = blocks[place].forgiving()
    return replace(stage, blocks=tuple(blocks))
