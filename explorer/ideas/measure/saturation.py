"""Measures the gradient that comes back through a stack of layers, with autograd in double precision."""

import math

import torch
from torch import Tensor

from explorer.ideas.saturation import WIDTH, SaturationRun, SaturationSetting
from explorer.network.blocks import ACTIVATIONS

_EXAMPLES = 32


def saturation_run(setting: SaturationSetting) -> SaturationRun:
    """Measures h ← f(W h), and h ← h + f(W h), with the same weights and the same standard normal inputs."""
    generator = torch.Generator().manual_seed(setting.seed)
    deviation = setting.gain / math.sqrt(WIDTH)
    weights = [
        deviation * torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(setting.layers)
    ]
    x, back = (torch.randn(_EXAMPLES, WIDTH, generator=generator, dtype=torch.float64) for _ in range(2))
    return SaturationRun(setting, *(_back(setting, weights, x, back, skip=skip) for skip in (False, True)))


def _back(
    setting: SaturationSetting, weights: list[Tensor], x: Tensor, back: Tensor, *, skip: bool
) -> tuple[float, ...]:
    """Returns log10 of the gradient's norm after each layer, from the last to the first, relative to the output's."""
    function = ACTIVATIONS[setting.activation]()
    states = [x.clone().requires_grad_()]
    for weight in weights:
        branch = function(states[-1] @ weight.T)
        states.append(states[-1] + branch if skip else branch)
    gradients = torch.autograd.grad(states[-1], states, back)
    start = float(back.norm())
    norms = [float(gradient.norm()) / start for gradient in reversed(gradients)]
    return tuple(math.log10(norm) if norm else -math.inf for norm in norms)
