"""Networks at their initialisation, ready to be looked into in evaluation mode."""

import torch
from torch import Tensor, nn

from explorer.live.module_mode import in_mode
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build


def untrained(config: ResNetConfig, pictures: Tensor, seed: int = 0) -> ResNet:
    """The initial network in evaluation mode, its batch norms' statistics measured on ``pictures`` (N, C, H, W).

    Until a network has seen pictures, its running statistics are mean 0 and variance 1, which would leave the maps
    without any norm. No weight changes.
    """
    net = build(config, seed=seed).requires_grad_(False)
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    momentum = [norm.momentum for norm in norms]
    with in_mode(net, training=True, dropping=False), torch.no_grad():
        for norm in norms:
            norm.momentum = 1.0  # the statistics of this batch alone
        net(pictures)
    for norm, value in zip(norms, momentum, strict=True):
        norm.momentum = value
    return net.eval()
