"""Measures effective receptive fields: the gradient of the value in the middle with respect to random inputs."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.ideas.field import FieldNetwork, FieldRun, canvas_sides
from explorer.live.exact_float32 import exact_float32
from explorer.live.progress import Progress, StepCounter, no_progress, part_of
from explorer.live.shared_network import borrowed
from explorer.network.model import ResNet, build
from explorer.weights.catalogue import EMBEDDED
from explorer.weights.load import trained

_IMAGES = 8  # random inputs


def field_runs(
    networks: Sequence[FieldNetwork], seed: int, *, progress: Progress | None = None
) -> tuple[FieldRun, ...]:
    """Measures each network; ``seed`` draws the inputs, and the weights of those that are untrained."""
    tell, runs = progress or no_progress, []
    for number, network in enumerate(networks):
        net = trained(EMBEDDED) if network is FieldNetwork.TRAINED else build(network.config, seed=seed)
        part = part_of(tell, number, len(networks), f"{network.label}: ")
        runs.append(FieldRun(network, seed, effective_fields(net, seed, progress=part)))
    return tuple(runs)


def effective_fields(net: ResNet, seed: int, *, progress: Progress | None = None) -> NDArray[np.float32]:
    """Returns |d(sum of the middle value's channels) / d(pixel)| after the stem and every block, (units, side, side).

    It is the mean over standard normal inputs and their channels, in evaluation mode (Luo et al. 2016, section 3.1).
    The mode of ``net`` and PyTorch's random state are unchanged afterwards.
    """
    sides = canvas_sides(net.config)
    device = next(net.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(_IMAGES, net.config.in_channels, sides[-1], sides[-1], generator=generator).to(device)
    means = torch.zeros(len(sides), sides[-1], sides[-1])
    step = StepCounter(len(sides), progress)
    with torch.inference_mode(False), torch.enable_grad(), exact_float32(device.type):
        for unit, side in enumerate(sides):
            step("the gradients come back")
            rim = (sides[-1] - side) // 2  # what is farther from the middle has no path to its value
            inner = slice(rim, rim + side)
            x = inputs[..., inner, inner].clone().requires_grad_()
            with borrowed(net):
                out = next(islice(_unit_outputs(net, x), unit, None))
            (gradient,) = torch.autograd.grad(_middle(out), x)
            means[unit, inner, inner] = gradient.abs().mean((0, 1)).cpu()
    found: NDArray[np.float32] = means.numpy()
    return found


def _unit_outputs(net: ResNet, x: Tensor) -> Iterator[Tensor]:
    """What comes out of the stem and of every block, (N, C, H, W) each."""
    x = net.maxpool(net.act1(net.bn1(net.conv1(x))))
    yield x
    for stage in net.stages:
        for block in net.get_submodule(stage).children():
            x = block(x)
            yield x


def _middle(out: Tensor) -> Tensor:
    height, width = out.shape[-2:]
    return out[:, :, height // 2, width // 2].sum()
