"""Checks the arithmetic of convolutions with PyTorch's own layers on the meta device."""

from dataclasses import dataclass

import torch
from torch import nn

from explorer.ideas.chain import ChainSetting
from explorer.ideas.chain_shortcuts import ShortcutFit, shortcut_fit
from explorer.ideas.grid import GridSetting
from explorer.ideas.window import Window


@dataclass(frozen=True, slots=True)
class TorchSides:
    """Sides of PyTorch's outputs: along the chain, and of the projection and the pool, or None where none fits."""

    sides: tuple[int, ...]
    projection: int | None
    pool: int | None

    def agrees(self, setting: ChainSetting) -> bool:
        """Whether all sides are those of the arithmetic."""
        fit = shortcut_fit(setting)
        projection = None if fit.stride is None else fit.wanted
        return (self.sides, self.projection, self.pool) == (setting.sides, projection, fit.pool and fit.wanted)


def torch_sides(setting: ChainSetting) -> TorchSides:
    """Runs the chain's ``nn.Conv2d`` and the shortcuts that fit on a map of one channel."""
    x = torch.empty(1, 1, setting.side, setting.side, device="meta")
    sides, out = [setting.side], x
    for window in setting.windows:
        out = _conv(window)(out)
        sides.append(out.shape[-1])
    fit = shortcut_fit(setting)
    return TorchSides(tuple(sides), _projection(fit, x), _pool(fit, x))


def _conv(window: Window) -> nn.Conv2d:
    return nn.Conv2d(
        1, 1, window.kernel, window.stride, padding=window.padding, dilation=window.dilation, device="meta"
    )


def _projection(fit: ShortcutFit, x: torch.Tensor) -> int | None:
    return None if fit.stride is None else int(nn.Conv2d(1, 1, 1, fit.stride, device="meta")(x).shape[-1])


def _pool(fit: ShortcutFit, x: torch.Tensor) -> int | None:
    return None if fit.pool is None else int(nn.AvgPool2d(fit.pool.kernel, fit.pool.stride)(x).shape[-1])


def torch_grid_side(setting: GridSetting) -> int:
    """Returns the side of the output of PyTorch's own layer."""
    x = torch.empty(1, 1, setting.side, setting.side, device="meta")
    return int(_conv(setting.window)(x).shape[-1])
