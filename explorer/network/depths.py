"""Blocks per stage for a depth: the depths that people know by name, and the rule that all others follow."""

from collections.abc import Mapping

from explorer.network.config import LIMITS, ResNetConfig
from explorer.network.options import Block
from explorer.text.quantities import counted

# Depths people know by name, for four stages (He et al. 2015, table 1; 200: He et al. 2016; 26: timm).
_FOUR_STAGE_DEPTHS: Mapping[Block, Mapping[int, tuple[int, ...]]] = {
    Block.BASIC: {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)},
    Block.BOTTLENECK: {
        14: (1, 1, 1, 1),
        26: (2, 2, 2, 2),
        50: (3, 4, 6, 3),
        101: (3, 4, 23, 3),
        152: (3, 8, 36, 3),
        200: (3, 24, 36, 3),
    },
}
_SUGGESTED_EQUAL_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 18, 30, 111, 200)


def known_depths(config: ResNetConfig) -> dict[int, tuple[int, ...]]:
    """Depths offered for this block type and number of stages, each with its blocks per stage.

    Four stages: the published ones. Otherwise equal stages, as in the paper's 6n + 2 (9n + 2 with bottlenecks).
    """
    stages, extra = len(config.stage_blocks), config.stem.convs - 1
    if stages == 4:
        return {depth + extra: blocks for depth, blocks in _FOUR_STAGE_DEPTHS[config.block].items()}
    return {
        config.stem.convs + config.convs_per_block * stages * count + 1: (count,) * stages
        for count in _SUGGESTED_EQUAL_COUNTS
    }


def blocks_for_depth(config: ResNetConfig, depth: int) -> tuple[int, ...]:
    """Blocks per stage that give ``config`` this many weighted layers, stages and block type unchanged.

    Raises:
        ValueError: no such network; the message names the depths that exist or the rule they follow.
    """
    known, stages = known_depths(config), len(config.stage_blocks)
    if depth in known:
        return known[depth]
    if stages == 4:
        allowed = ", ".join(map(str, known))
        raise ValueError(
            f"No four-stage network of {config.block} blocks is known with depth {depth}: choose one of {allowed}, "
            "or set the blocks per stage yourself."
        )
    per_block, fixed = config.convs_per_block * stages, config.stem.convs + 1
    count, rest = divmod(depth - fixed, per_block)
    low, high = LIMITS["stage_blocks"]
    if rest or not low <= count <= high:
        raise ValueError(
            f"Depth {depth} does not exist for {counted(stages, 'equal stage')} of {config.block} blocks: it must be "
            f"{per_block}n + {fixed} with n from {low} to {high}, for example {', '.join(map(str, list(known)[:6]))}."
        )
    return (count,) * stages
