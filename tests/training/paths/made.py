"""Measured paths as values, made without a network."""

from dataclasses import replace

from explorer import ResNetConfig, preset
from explorer.training.paths.lengths import LengthGradient, PathGradients, path_counts


def made(
    norms: list[float], singles: list[float] | None = None, *, norm: float = 1.0, gap: float = 1e-7, plain: bool = False
) -> PathGradients:
    """A network of as many blocks as there are lengths but one, with these norms by length."""
    config = _config(len(norms) - 1, plain=plain)
    each = zip(path_counts(config), norms, singles or [0.1] * len(norms), strict=True)
    lengths = tuple(
        LengthGradient(length, paths, value, value / (sum(norms) or 1), single, min(paths, 8))
        for length, (paths, value, single) in enumerate(each)
    )
    return PathGradients(config, 32, lengths, norm, gap)


def _config(blocks: int, *, plain: bool) -> ResNetConfig:
    return replace(preset("resnet20"), stage_blocks=(blocks,), widths=(4,), shortcut="none" if plain else "A")
