"""Networks whose maps are not trivial, ours and torchvision's with the same weights, and pictures for them."""

from dataclasses import replace
from functools import cache

import torch
from torch import Tensor, nn
from torchvision.models import resnet

from explorer import ResNetConfig, build, preset
from explorer.network.model import ResNet

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)


def unsettled(net: nn.Module, seed: int = 5) -> nn.Module:
    """``net`` in evaluation mode, as if trained: with running statistics, scales and shifts that differ by channel."""
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor, low, high in (
                (module.running_mean, -0.3, 0.3),
                (module.running_var, 0.5, 2.0),
                (module.weight.data, 0.3, 1.2),
                (module.bias.data, -0.3, 0.3),
            ):
                tensor.uniform_(low, high, generator=generator)
    return net.eval()


def new_twins(name: str) -> tuple[nn.Module, ResNet]:
    """torchvision's network of that name and ours with its weights, with ten classes. "bottleneck" is not published: a
    ResNet-50 with half of its blocks, a quarter as wide inside."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        if name == "bottleneck":
            stages, narrow = (1, 2, 3, 2), {"width_per_group": 16}
            theirs = unsettled(resnet.ResNet(resnet.Bottleneck, list(stages), num_classes=10, **narrow))
            config = ResNetConfig(block="bottleneck", stage_blocks=stages, num_classes=10, **narrow)
        else:
            theirs = unsettled(getattr(resnet, name)(num_classes=10))
            config = replace(preset(name), num_classes=10)
    ours = build(config)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return theirs, ours.eval()


twins = cache(new_twins)
"""The same for all: for tests that leave the networks as they were."""


def pictures(count: int, side: int, channels: int = 3, seed: int = 2) -> Tensor:
    """Noise (count, channels, side, side)."""
    return torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(seed))


def hooks(net: nn.Module) -> int:
    """How many hooks there are on all modules together."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in net.modules() for kind in kinds)
