"""The published networks of which none is another one with more blocks, and the two deepest of all.

From the second on, all blocks of a stage are alike (``explorer.network.totals``, tested over all options): what is read
off the layers of ResNet-50 says nothing new for ResNet-101. Tests that run over all published networks, or over all
pairs of them, take these.
"""

from collections.abc import Mapping
from dataclasses import replace

from explorer.network.config import ResNetConfig
from explorer.network.options import Block
from explorer.network.presets import PRESETS
from explorer.network.totals import with_depth


def _deepest(block: Block) -> str:
    return max((name for name in PRESETS if PRESETS[name].block is block), key=lambda name: PRESETS[name].depth)


def _shallowest() -> dict[ResNetConfig, str]:
    """One network for each set of settings but the blocks per stage."""
    by_depth = sorted(PRESETS, key=lambda name: PRESETS[name].depth, reverse=True)
    return {with_depth(PRESETS[name], (1,) * len(PRESETS[name].widths)): name for name in by_depth}


_NAMES = {*_shallowest().values(), *map(_deepest, Block)}
KINDS: Mapping[str, ResNetConfig] = {name: config for name, config in PRESETS.items() if name in _NAMES}


def no_longer(config: ResNetConfig) -> ResNetConfig:
    """With at most three blocks a stage, for what is built and run: the third is the second again, and so are all that
    follow."""
    return replace(config, stage_blocks=tuple(min(blocks, 3) for blocks in config.stage_blocks))


SHORT = {no_longer(config): name for name, config in reversed(PRESETS.items())}
"""By configuration a published network of that kind, and two in full, whose blocks' numbers have two digits."""
SHORT |= {PRESETS[name]: f"{name} in full" for name in ("resnet110", "resnet152")}
