"""How much work it is to look into a network, and where that is too much for a page."""

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.text.quantities import human

PICTURES = 32  # on which the gradient is measured
SAMPLES = 8  # single paths of each length
MOST_MACS = 10**13  # some minutes of one core


def paths_macs(config: ResNetConfig) -> int:
    """Multiply-adds of the gradient by path length and of the single paths, about.

    A gradient goes back through a block for about the block's own multiply-adds (only to its input, not to its
    weights). There are up to n + 1 lengths, half of them on average, and the single paths, which take half of the
    branches.
    """
    blocks = sum(config.stage_blocks)
    backward = blocks / 2 + SAMPLES * (blocks + 1) / 2
    return round(analyze(config).macs * PICTURES * (2 + backward))


def forward_macs(config: ResNetConfig, pictures: int) -> int:
    """Multiply-adds of a forward pass of that many pictures."""
    return analyze(config).macs * pictures


def why_too_large(asked: float) -> str:
    """A sentence that says why so many multiply-adds are not done here; empty where they are."""
    if asked <= MOST_MACS:
        return ""
    return (
        f"This network is too large to be looked into here: that takes {human(asked)} multiply-adds, and "
        f"{human(MOST_MACS)} are the most. Choose one with fewer blocks or narrower ones."
    )
