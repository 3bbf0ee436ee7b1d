"""Initial weights: the initialisers that a configuration names, each weight drawn from the seed and its own name."""

import hashlib
import math

import torch
from torch import nn

from explorer.network.blocks import ResidualBlock
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.operations import Scale
from explorer.network.options import Init


@torch.no_grad()
def initialise(net: nn.Module, config: ResNetConfig, seed: int) -> None:
    """Gives every weight of a network of this configuration its first value, in place."""
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            _initialise_conv(module, config.init, seed, name)
        elif isinstance(module, nn.Linear):
            _torch_default(module, seed, name)
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            module.reset_parameters()
        elif isinstance(module, Scale):
            nn.init.zeros_(module.gain)
    if config.zero_init_residual and "zero_init_residual" not in inactive_fields(config):
        for module in net.modules():
            if isinstance(module, ResidualBlock):
                _silence(module)


def _initialise_conv(conv: nn.Conv2d, init: Init, seed: int, name: str) -> None:
    generator = _generator(seed, name)
    match init:
        case Init.HE_FAN_OUT:
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        case Init.HE_FAN_IN:
            nn.init.kaiming_normal_(conv.weight, mode="fan_in", nonlinearity="relu", generator=generator)
        case Init.XAVIER:
            nn.init.xavier_uniform_(conv.weight, generator=generator)
        case Init.TORCH:
            _torch_default(conv, seed, name)
            return
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)


def _torch_default(module: nn.Conv2d | nn.Linear, seed: int, name: str) -> None:
    """What ``reset_parameters`` of these modules does (pytorch/pytorch, torch/nn/modules/linear.py), seeded."""
    nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=_generator(seed, name))
    if module.bias is not None:
        bound = 1 / math.sqrt(module.weight[0].numel())
        nn.init.uniform_(module.bias, -bound, bound, generator=_generator(seed, f"{name}.bias"))


def _silence(block: ResidualBlock) -> None:
    """Starts the branch at zero: the last norm's scale where a norm ends the branch (Goyal et al. 2017, section 5.1),
    else the last convolution (a zero scale before an activation would never receive a gradient)."""
    ends = (nn.Conv2d,) if block.pre else (nn.Conv2d, nn.BatchNorm2d, nn.GroupNorm)
    last = [part for part in block.children() if isinstance(part, ends)][-1]
    nn.init.zeros_(last.weight)
    if last.bias is not None:
        nn.init.zeros_(last.bias)


def _generator(seed: int, name: str) -> torch.Generator:
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest))
