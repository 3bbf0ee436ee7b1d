"""A live network whose numbers are as varied as a trained one's: no norm is the identity, no branch is silent."""

import torch

from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build


def lively(config: ResNetConfig, seed: int = 0) -> ResNet:
    """Builds the network in evaluation mode, with other scales, shifts and running statistics than the initial ones."""
    net, generator = build(config, seed=seed).eval(), torch.Generator().manual_seed(seed)
    for value in net.state_dict().values():
        if value.is_floating_point() and value.ndim < 2:
            value.copy_(0.5 + torch.rand(value.shape, generator=generator))
        elif not value.any() and value.ndim > 1:
            value.copy_(torch.randn(value.shape, generator=generator) / value[0].numel() ** 0.5)
    return net
