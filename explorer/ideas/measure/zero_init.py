"""Measures a residual block at every scale of its last norm: its output and its gradients."""

import torch
from torch import Tensor, nn

from explorer.ideas.zero_init import GAMMAS, ZeroInitRun, ZeroInitSetting, ZeroInitStep
from explorer.network.blocks import ResidualBlock
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.options import Stem

_WIDTH, _SIDE, _IMAGES = 8, 8, 4


def zero_init_run(setting: ZeroInitSetting) -> ZeroInitRun:
    """Measures the first block of a small network with an identity shortcut, in training mode, on noise."""
    config = ResNetConfig(
        block=setting.block, stage_blocks=(2,), widths=(_WIDTH,), stem=Stem.CIFAR, image_size=_SIDE, num_classes=2
    )
    block = build(config, seed=setting.seed).get_submodule("layer1.1")
    assert isinstance(block, ResidualBlock) and block.downsample is None
    generator = torch.Generator().manual_seed(setting.seed)
    channels = block.get_submodule("conv1").in_channels
    assert isinstance(channels, int)
    x, back = (torch.randn(_IMAGES, channels, _SIDE, _SIDE, generator=generator) for _ in range(2))
    return ZeroInitRun(setting, tuple(_step(block, x, back, gamma) for gamma in GAMMAS))


def _step(block: ResidualBlock, x: Tensor, back: Tensor, gamma: float) -> ZeroInitStep:
    """Measures the block at one ``gamma``. ``back`` is the gradient at the block's output."""
    norm = [part for part in block.children() if isinstance(part, nn.BatchNorm2d)][-1]
    nn.init.constant_(norm.weight, gamma)
    # Two names for one input: what each path sends back arrives at its own.
    branch_input, shortcut_input = (x.clone().requires_grad_() for _ in range(2))
    out = _run(block, branch_input, shortcut_input)
    convs = [module.weight for module in block.modules() if isinstance(module, nn.Conv2d)]
    wanted = [*convs, norm.weight, norm.bias, branch_input, shortcut_input]
    norms = [float(gradient.norm()) for gradient in torch.autograd.grad(out, wanted, back)]
    plain = x.relu()
    distance = float((out.detach() - plain).norm() / plain.norm())
    scale, shift, branch, shortcut = norms[len(convs) :]
    return ZeroInitStep(gamma, distance, tuple(norms[: len(convs)]), scale, shift, shortcut, branch)


def _run(block: ResidualBlock, branch_input: Tensor, shortcut_input: Tensor) -> Tensor:
    """Runs the block's own forward pass with the shortcut's input given apart."""
    assert block.add is not None
    handle = block.add.register_forward_pre_hook(lambda module, inputs: (inputs[0], shortcut_input))
    try:
        out: Tensor = block(branch_input)
    finally:
        handle.remove()
    return out
