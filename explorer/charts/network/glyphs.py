"""The glyphs of a network's picture: one for each block, or for a run of equal blocks folded into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role

# With more blocks on a page neither bars nor labels can be read; a phone scrolls, but should not scroll for ever.
MAX_BLOCKS, MAX_PER_STAGE = 18, 5
MAX_BLOCKS_TALL, MAX_PER_STAGE_TALL = 9, 3


@dataclass(frozen=True, slots=True)
class Item:
    """One glyph: a block, or a run of equal blocks folded into one."""

    units: tuple[str, ...]
    plan: BlockPlan
    bars: tuple[Layer, ...]

    @property
    def count(self) -> int:
        """The number of blocks it stands for."""
        return len(self.units)

    @property
    def title(self) -> str:
        """The block's name, or the names of the first and last block with their number."""
        if self.count == 1:
            return self.units[0]
        return f"{self.units[0]} to {self.units[-1].rpartition('.')[2]}: {self.count} equal blocks, each"


def fold(plans: Sequence[BlockPlan], selected: str | None, most: int = MAX_PER_STAGE) -> list[list[BlockPlan]]:
    """The blocks of one stage grouped into glyphs; more than ``most`` become the first, the folded middle and the last.

    The selected block always gets its own glyph, so that people see where it is.
    """
    if len(plans) <= most:
        return [[plan] for plan in plans]
    edges = [0, 1, len(plans) - 1, len(plans)]
    chosen = next((index for index, plan in enumerate(plans) if plan.name == selected), None)
    if chosen is not None:
        edges += [chosen, chosen + 1]
    return [list(plans[start:end]) for start, end in pairwise(sorted(set(edges)))]


def fold_attempts(blocks: int, *, tall: bool) -> list[tuple[int, float]]:
    """What to try until the picture fits: the most unfolded blocks of a stage, and a factor of the bars' thickness."""
    if tall:
        return [(blocks if blocks <= MAX_BLOCKS_TALL else MAX_PER_STAGE_TALL, 1.0)]
    unfolded = [(blocks, 1.0)] if blocks <= MAX_BLOCKS else []
    return [*unfolded, (MAX_PER_STAGE, 1.0), (MAX_PER_STAGE_TALL, 1.0), (MAX_PER_STAGE_TALL, 0.6)]


def stage_items(arch: Architecture, selected: str | None, most: int) -> list[list[Item]]:
    """The glyphs of each stage."""
    stages = groupby(block_plans(arch.config), key=lambda plan: plan.stage)
    return [[_item(arch, group) for group in fold(list(plans), selected, most)] for _, plans in stages]


def _item(arch: Architecture, group: Sequence[BlockPlan]) -> Item:
    layers = arch.unit_layers(group[0].name)
    beside = (Role.SHORTCUT, Role.ATTENTION)
    bars = tuple(layer for layer in layers if layer.kind is Kind.CONV and layer.role not in beside)
    return Item(tuple(plan.name for plan in group), group[0], bars)


def stem_bars(arch: Architecture) -> list[Layer]:
    """The layers of the stem that the picture shows."""
    return [layer for layer in arch.unit_layers("stem") if layer.kind in (Kind.CONV, Kind.POOL, Kind.BLUR)]


_SHORTCUTS = {
    "none": "no shortcut",
    "identity": "identity shortcut",
    "pad": "shortcut padded with zeros (pad)",
    "project": "projection shortcut (1×1)",
}


def block_kind(config: ResNetConfig, plan: BlockPlan) -> str:
    """The block's type and its kind of shortcut in words, with the letters of its mark."""
    pooled = "average-pooled " if plan.pools and plan.shortcut != "identity" else ""
    return f"{config.block} block, {pooled}{_SHORTCUTS[plan.shortcut]}"


def shortcut_mark(plan: BlockPlan) -> str:
    """The letters that mark a block's kind of shortcut in the picture; none for the identity."""
    if plan.shortcut == "project":
        return "avg 1×1" if plan.pools else "1×1"
    if plan.shortcut == "pad":
        return "avg pad" if plan.pools else "pad"
    return ""
