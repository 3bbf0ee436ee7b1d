"""The networks of He et al.'s experiment: plain and residual, shallow and deep, made for a set of pictures."""

from dataclasses import replace

from explorer.network.config import ResNetConfig
from explorer.network.options import Shortcut
from explorer.network.presets import preset
from explorer.training.data import DataSet

CLASSES = 10
DIGITS_WIDTHS = (8, 16, 32)  # half the paper's: 8 × 8 pixels hold less


def fitted(config: ResNetConfig, data: DataSet) -> ResNetConfig:
    """Returns ``config`` for the pictures of ``data``: one channel, their size, ten classes."""
    return replace(config, in_channels=1, image_size=data.side, num_classes=CLASSES)


def racers(
    data: DataSet, depths: tuple[int, ...] = (20, 56), shortcut: Shortcut = Shortcut.A
) -> tuple[ResNetConfig, ...]:
    """Returns a plain and a residual network of each depth (6n + 2): He et al. 2015, section 4.2.

    Raises:
        ValueError: a depth is none of that family.
    """
    return tuple(racer(data, depth, each) for each in (Shortcut.NONE, shortcut) for depth in depths)


def racer(data: DataSet, depth: int, shortcut: Shortcut) -> ResNetConfig:
    """Returns one of them."""
    if depth < 8 or (depth - 2) % 6:
        raise ValueError(f"Depth {depth} is not 6n + 2: take 8, 14, 20, 26, ...")
    blocks = (depth - 2) // 6
    base = replace(preset("resnet20"), stage_blocks=(blocks,) * 3, shortcut=shortcut)
    return fitted(replace(base, widths=DIGITS_WIDTHS) if data is DataSet.DIGITS else base, data)


def racer_name(config: ResNetConfig) -> str:
    """Returns "plain-20" or "residual-56": what they are called while they race."""
    return f"{'plain' if config.is_plain else 'residual'}-{config.depth}"
