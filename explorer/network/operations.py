"""Operations that PyTorch has no module for: the residual sum, zero channels, blurs, gates and learned scales.

Each is a module of its own so that it can be hooked, listed and drawn.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Add(nn.Module):
    """The residual sum. A new tensor, never in place: hooks and attribution need both summands intact."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        return branch + shortcut


class ZeroPad(nn.Module):
    """Shortcut A: keeps every ``stride``-th row and column and appends ``extra`` channels of zeros.

    (N, C, H, W) -> (N, C + extra, ceil(H / stride), ceil(W / stride)). He et al. 2015, section 3.3, option A.
    """

    def __init__(self, extra: int, stride: int) -> None:
        super().__init__()
        self.extra = extra
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        kept = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(kept, (0, 0, 0, 0, 0, self.extra))

    def extra_repr(self) -> str:
        return f"extra={self.extra}, stride={self.stride}"


class BlurPool(nn.Module):
    """Blurs with the binomial filter (1, 2, 1)/4 both ways and keeps every second row and column.

    (N, C, H, W) -> (N, C, ceil(H / 2), ceil(W / 2)). Zhang 2019, section 3.2; two averages over 2x2 windows are that
    filter. At the border the map is mirrored.
    """

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        x = functional.avg_pool2d(x, 2, stride=1)
        return functional.avg_pool2d(x, 2, stride=2)


class Multiply(nn.Module):
    """Channels (N, C, H, W) times their gates (N, C, 1, 1)."""

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        return x * gate


class SqueezeExcite(nn.Module):
    """Squeeze-and-excitation: a gate in (0, 1) for each channel, computed from the means of all of them.

    (N, C, H, W) -> (N, C, H, W). Hu et al. 2018, figure 2; names and shapes are timm's (layers/squeeze_excite.py).
    """

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.act = nn.ReLU()
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.gate = nn.Sigmoid()
        self.multiply = Multiply()

    def forward(self, x: Tensor) -> Tensor:
        gate = self.avgpool(x)
        gate = self.act(self.fc1(gate))
        gate = self.gate(self.fc2(gate))
        out: Tensor = self.multiply(x, gate)
        return out


class Scale(nn.Module):
    """Times one learned scalar, which starts at 0 (``explorer.network.options.ResidualScale``)."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain
