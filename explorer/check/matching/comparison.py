"""What comes out of matching: a network that was read, beside the intended one."""

from dataclasses import dataclass
from functools import cached_property

from explorer.check.matching.layers import UnitMatch
from explorer.check.structure.network import Network, Stage, Unit
from explorer.network.config import ResNetConfig

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
