"""Checks the bottleneck's arithmetic with PyTorch's convolutions on the meta device."""

from collections.abc import Sequence

import torch
from torch import nn

from explorer.ideas.bottleneck_steps import BottleneckSteps, ConvStep


def torch_agrees(found: BottleneckSteps) -> bool:
    """Whether ``nn.Conv2d`` has the same shapes and numbers of weights at every step of both blocks."""
    return _agree(found.bottleneck) and _agree(found.basic)


def _agree(steps: Sequence[ConvStep]) -> bool:
    x = torch.empty(1, steps[0].inputs, steps[0].before, steps[0].before, device="meta")
    for step in steps:
        conv = nn.Conv2d(
            step.inputs, step.outputs, step.kernel, step.stride, step.kernel // 2, bias=False, device="meta"
        )
        x = conv(x)
        if tuple(x.shape) != (1, step.outputs, step.after, step.after) or conv.weight.numel() != step.weights:
            return False
    return True
