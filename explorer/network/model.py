"""The real network: a configuration as PyTorch modules, every operation a named module of its own.

State-dict names and shapes are torchvision's wherever torchvision has the network (pytorch/vision,
torchvision/models/resnet.py), and timm's for ResNet-D and squeeze-and-excitation, so published weights load strictly.
"""

import torch
from torch import Tensor, nn

from explorer.network.block_plans import block_plans
from explorer.network.blocks import activation, conv, norm, numbered, residual_block, unchanged
from explorer.network.config import ResNetConfig
from explorer.network.initial_weights import initialise
from explorer.network.operations import BlurPool
from explorer.network.options import Antialias, Order, Stem


class ResNet(nn.Module):
    """The network of a configuration: images (N, in_channels, H, W) to logits (N, num_classes)."""

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__()
        self.config = config
        pre, channels, plans = config.order is Order.PRE, config.stem_channels, list(block_plans(config))
        self.conv1 = _stem(config)
        # A pre-activation network's first block brings the norm and activation itself.
        self.bn1 = unchanged if pre else norm(config, channels)
        self.act1 = unchanged if pre else activation(config)
        blurs = config.antialias is Antialias.BLUR and config.stem.max_pools
        self.maxpool = nn.MaxPool2d(3, stride=1 if blurs else 2, padding=1) if config.stem.max_pools else unchanged
        self.blurpool = BlurPool() if blurs else unchanged
        self.stages = [f"layer{stage}" for stage in range(1, len(config.widths) + 1)]
        for stage, name in enumerate(self.stages, start=1):
            blocks = (residual_block(plan, config) for plan in plans if plan.stage == stage)
            self.add_module(name, nn.Sequential(*blocks))
        self.bn_last = norm(config, plans[-1].out_channels) if pre else unchanged
        self.act_last = activation(config) if pre else unchanged
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(plans[-1].out_channels, config.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.forward_stem(x)

        for stage in self.stages:
            x = self.get_submodule(stage)(x)

        return self.forward_head(x)

    def forward_stem(self, x: Tensor) -> Tensor:
        """What comes before the first block."""
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.act1(x)
        x = self.maxpool(x)
        return self.blurpool(x)

    def forward_head(self, x: Tensor) -> Tensor:
        """What comes after the last block."""
        x = self.bn_last(x)
        x = self.act_last(x)
        x = self.avgpool(x)  # (N, C, 1, 1)
        logits: Tensor = self.fc(x.flatten(1))  # (N, num_classes)
        return logits


def _stem(config: ResNetConfig) -> nn.Module:
    inputs, outputs = config.in_channels, config.stem_channels
    match config.stem:
        case Stem.IMAGENET:
            return conv(config, inputs, outputs, 7, stride=2)
        case Stem.CIFAR:
            return conv(config, inputs, outputs, 3)
        case Stem.DEEP:
            return _deep_stem(config, inputs, outputs)


def _deep_stem(config: ResNetConfig, inputs: int, outputs: int) -> nn.Sequential:
    """Three 3x3 convolutions, numbered as in timm's ``deep_stem``. (N, C, H, W) -> (N, outputs, ceil(H / 2),
    ceil(W / 2))."""
    middle = max(outputs // 2, 1)
    return numbered(
        {
            0: conv(config, inputs, middle, 3, stride=2),
            1: norm(config, middle),
            2: activation(config),
            3: conv(config, middle, middle, 3),
            4: norm(config, middle),
            5: activation(config),
            6: conv(config, middle, outputs, 3),
        }
    )


def build(config: ResNetConfig, device: str | torch.device = "cpu", seed: int = 0) -> ResNet:
    """The network with its initial weights, in training mode, on ``device``.

    Each weight depends on the seed and on its own name only: the same seed gives every convolution the same
    weights with and without shortcuts, on every device, whatever else the network has, and leaves PyTorch's
    global random state alone. ``device="meta"`` gives shapes without memory.
    """
    with torch.device("meta"):
        net = ResNet(config)
    if torch.device(device).type == "meta":
        return net
    net.to_empty(device="cpu")
    initialise(net, config, seed)
    return net.to(device)


def build_like(net: ResNet) -> ResNet:
    """A copy of a network: its own weights and running statistics, none of its hooks or gradients."""
    with torch.device("meta"):
        twin = ResNet(net.config)
    twin.to_empty(device=next(net.parameters()).device)
    twin.load_state_dict(net.state_dict())
    return twin
