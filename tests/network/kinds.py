"""The presets for tests that ask the same of every one: each kind once, with stages no longer than they need to be."""

from dataclasses import replace

from explorer.network.config import ResNetConfig
from explorer.network.presets import PRESETS


def no_longer(config: ResNetConfig) -> ResNetConfig:
    """With at most three blocks a stage: the third is the second again, and so are all that follow."""
    return replace(config, stage_blocks=tuple(min(blocks, 3) for blocks in config.stage_blocks))


KINDS = {no_longer(config): name for name, config in reversed(PRESETS.items())}
"""By configuration a preset of that kind: without the long stages, those that differ in depth alone are the same."""
WITH_LONG = KINDS | {PRESETS[name]: f"{name} in full" for name in ("resnet110", "resnet152")}
"""And two whose blocks' numbers have two digits."""
