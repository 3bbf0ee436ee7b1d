"""Finds which places of an input reach a bottleneck's output, by the gradients of the real block."""

import torch
from torch import Tensor, nn

from explorer.ideas.limits import Matrix
from explorer.ideas.stride_place import StridePlace, StrideRun, StrideSetting
from explorer.network.blocks import ResidualBlock
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.options import Activation, Block, Norm, Stem, StrideIn

_BLOCK = "layer2.0"  # the first that has a stride


def stride_run(setting: StrideSetting) -> StrideRun:
    """Measures both blocks. All weights are positive: nothing cancels, and only places without a path get zero."""
    return StrideRun(setting, *(_place(setting, stride_in) for stride_in in (StrideIn.CONV1X1, StrideIn.CONV3X3)))


def _place(setting: StrideSetting, stride_in: StrideIn) -> StridePlace:
    config = ResNetConfig(
        block=Block.BOTTLENECK,
        stage_blocks=(1, 1),
        widths=(setting.width, setting.width),
        stem=Stem.CIFAR,
        norm=Norm.NONE,
        activation=Activation.RELU,
        stride_in=stride_in,
        image_size=max(setting.side, 8),
        num_classes=2,
    )
    block = build(config).get_submodule(_BLOCK)
    assert isinstance(block, ResidualBlock)
    _prepare(block, setting.stride)
    x = torch.ones(1, 4 * setting.width, setting.side, setting.side, requires_grad=True)
    branch = _branch(block, x)
    both = block(x)
    return StridePlace(stride_in, _reach(branch, x), _reach(both, x), _macs(setting, stride_in))


def _prepare(block: ResidualBlock, stride: int) -> None:
    """Sets each weight to one over the kernel's size, and the reader's stride where the block has one."""
    for module in block.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
            if module.stride != (1, 1):
                module.stride = (stride, stride)


def _branch(block: ResidualBlock, x: Tensor) -> Tensor:
    """Runs the three convolutions without the shortcut."""
    for name in ("conv1", "conv2", "conv3"):
        x = block.get_submodule(name)(x).relu()
    return x


def _reach(output: Tensor, x: Tensor) -> Matrix:
    (gradient,) = torch.autograd.grad(output.sum(), x, retain_graph=True)
    return tuple(map(tuple, gradient.abs().sum((0, 1)).tolist()))


def _macs(setting: StrideSetting, stride_in: StrideIn) -> int:
    """Returns the branch's multiply-adds at the reader's sizes."""
    narrow = 4 * setting.width * setting.width
    small = -(-setting.side // setting.stride)  # a 1x1, or a 3x3 with padding 1: ⌈side/stride⌉
    first = small if stride_in is StrideIn.CONV1X1 else setting.side
    return narrow * first**2 + 9 * setting.width**2 * small**2 + narrow * small**2
