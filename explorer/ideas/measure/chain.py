"""The witness of convolution arithmetic: PyTorch's own layers on the meta device, which have shapes and no memory."""

from dataclasses import dataclass

import torch
from torch import nn

from explorer.ideas.chain import ChainSetting, Fit, GridSetting, Window, fitting


@dataclass(frozen=True, slots=True)
class Witness:
    """Sides as PyTorch's layers have them: along the chain, and of the 1x1 projection and the pool where these fit."""

    sides: tuple[int, ...]
    projection: int | None
    pool: int | None

    def agrees(self, setting: ChainSetting) -> bool:
        """Whether all of them are the arithmetic's."""
        fit = fitting(setting)
        projection = None if fit.stride is None else fit.wanted
        return (self.sides, self.projection, self.pool) == (setting.sides, projection, fit.pool and fit.wanted)


def witness(setting: ChainSetting) -> Witness:
    """Runs the chain's ``nn.Conv2d``, and the shortcuts that fit, on a map of one channel."""
    x = torch.empty(1, 1, setting.side, setting.side, device="meta")
    sides, out = [setting.side], x
    for window in setting.windows:
        out = _conv(window)(out)
        sides.append(out.shape[-1])
    fit = fitting(setting)
    return Witness(tuple(sides), _projection(fit, x), _pool(fit, x))


def _conv(window: Window) -> nn.Conv2d:
    return nn.Conv2d(
        1, 1, window.kernel, window.stride, padding=window.padding, dilation=window.dilation, device="meta"
    )


def _projection(fit: Fit, x: torch.Tensor) -> int | None:
    return None if fit.stride is None else int(nn.Conv2d(1, 1, 1, fit.stride, device="meta")(x).shape[-1])


def _pool(fit: Fit, x: torch.Tensor) -> int | None:
    return None if fit.pool is None else int(nn.AvgPool2d(fit.pool.kernel, fit.pool.stride)(x).shape[-1])


def grid_witness(setting: GridSetting) -> int:
    """The output's side as PyTorch's own layer has it."""
    x = torch.empty(1, 1, setting.side, setting.side, device="meta")
    return int(_conv(setting.window)(x).shape[-1])
