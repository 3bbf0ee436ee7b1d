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

_IMAGES, _AT_ONCE = 32, 8  # random inputs: another seed changes a count by some 5 %; and how many pass together


def field_runs(
    networks: Sequence[FieldNetwork], seed: int, *, progress: Progress | None = None
) -> tuple[FieldRun, ...]:
    """Measures each network; ``seed`` draws the inputs, and the weights of those that are untrained."""
    tell, runs = progress or no_progress, []
    for number, network in enumerate(networks):
        net = trained(EMBEDDED) if network is FieldNetwork.TRAINED else build(network.config, seed=seed)
        net.requires_grad_(False)
        part = part_of(tell, number, len(networks), f"{network.label}: ")
        runs.append(FieldRun(network, seed, effective_fields(net, seed, progress=part)))
    return tuple(runs)


def effective_fields(net: ResNet, seed: int, *, progress: Progress | None = None) -> NDArray[np.float32]:
    """Returns |d(sum of the middle value's channels) / d(pixel)| after the stem and every block, (units, side, side).

    It is the mean over standard normal inputs and their channels, in evaluation mode (Luo et al. 2016, section 3.1).
    The mode of ``net`` and PyTorch's random state are unchanged afterwards.
    """
    config, device = net.config, next(net.parameters()).device
    canvases = canvas_sides(config)
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(_IMAGES, config.in_channels, canvases[-1], canvases[-1], generator=generator).to(device)
    totals = torch.zeros(len(canvases), canvases[-1], canvases[-1])
    step = StepCounter(len(canvases) * (_IMAGES // _AT_ONCE), progress)
    with torch.inference_mode(False), torch.enable_grad(), exact_float32(device.type):
        for unit, side in enumerate(canvases):
            for images in torch.split(inputs, _AT_ONCE):
                step("the gradients come back")
                _inner(totals[unit], side).add_(_gradient(net, unit, _inner(images, side)).cpu())
    means: NDArray[np.float32] = (totals / (_IMAGES * config.in_channels)).numpy()
    return means


def _gradient(net: ResNet, unit: int, images: Tensor) -> Tensor:
    """The size of the gradient at each pixel (H, W), summed over images (N, C, H, W) and their channels."""
    x = images.clone().requires_grad_()
    with borrowed(net):
        out = next(islice(_unit_outputs(net, x), unit, None))
    middle = out.shape[-1] // 2
    (gradient,) = torch.autograd.grad(out[..., middle, middle].sum(), x)
    return gradient.abs().sum((0, 1))


def _unit_outputs(net: ResNet, x: Tensor) -> Iterator[Tensor]:
    """What comes out of the stem and of every block, (N, C, H, W) each."""
    x = net.maxpool(net.act1(net.bn1(net.conv1(x))))
    yield x
    for stage in net.stages:
        for block in net.get_submodule(stage).children():
            x = block(x)
            yield x


def _inner(maps: Tensor, side: int) -> Tensor:
    """The square in the middle of maps (..., H, W), as a view."""
    rim = (maps.shape[-1] - side) // 2
    return maps[..., rim : rim + side, rim : rim + side]
