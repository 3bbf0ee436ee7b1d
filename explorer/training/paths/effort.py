"""How much work the paths tab asks of a network, and where that is too much for a page."""

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.text.quantities import human

PICTURES = 32  # on which the gradient is measured
SAMPLES = 8  # single paths of each length
MOST_MACS = 10**13  # some minutes of one core


def macs(config: ResNetConfig) -> int:
    """Multiply-adds of the whole measurement, about.

    A gradient goes back through a block for about the block's own multiply-adds (only to its input, not to its
    weights). There are up to n + 1 lengths, half of them on average, and the single paths, which take half of the
    branches.
    """
    blocks = sum(config.stage_blocks)
    backward = blocks / 2 + SAMPLES * (blocks + 1) / 2
    return round(analyze(config).macs * PICTURES * (2 + backward))


def why_too_large(config: ResNetConfig) -> str:
    """A sentence that says why this network is not measured here; empty where it is."""
    asked = macs(config)
    if asked <= MOST_MACS:
        return ""
    return (
        f"This network is too large for the paths: following its gradient takes {human(asked)} multiply-adds, and at "
        f"most {human(MOST_MACS)} are done here. Choose one with fewer blocks or narrower ones."
    )
