"""A small network, and a batch for one."""

from dataclasses import replace

import torch
from torch import Tensor

from explorer import ResNetConfig, preset

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)


NO_NORM = {"norm": "none"}


def batch(config: ResNetConfig, count: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    shape = (count, config.in_channels, config.image_size, config.image_size)
    images = torch.randn(shape, generator=generator, dtype=dtype)
    return images, torch.randint(config.num_classes, (count,), generator=generator)
