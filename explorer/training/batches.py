"""Pictures as a network reads them: scaled, and drawn in batches that the seed decides."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.training.data import Bytes, Data
from explorer.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class PixelScale:
    """Turns bytes into what the network reads: divided by 255, minus ``mean``, divided by ``std``."""

    mean: float
    std: float

    @classmethod
    def of(cls, images: Bytes) -> "PixelScale":
        """Of these pictures, to four digits: what is published is what is used."""
        counts = np.bincount(images.ravel(), minlength=256) / images.size
        levels = np.arange(256) / 255
        mean = float(counts @ levels)
        return cls(round(mean, 4), round(math.sqrt(float(counts @ (levels - mean) ** 2)), 4))

    def __call__(self, images: Tensor) -> Tensor:
        """(N, H, W) bytes to (N, 1, H, W) float32."""
        return ((images.float() / 255 - self.mean) / self.std).unsqueeze(1)


def endless_batches(data: Data, recipe: Recipe) -> Iterator[tuple[Tensor, Tensor]]:
    """Epoch after epoch of ``batches``, from the recipe's seed; PyTorch's global random state is left alone."""
    random = torch.Generator().manual_seed(recipe.seed)
    while True:
        yield from batches(data, recipe, random)


@lru_cache(maxsize=2)
def _padded(data: Data, pad: int) -> tuple[Tensor, Tensor]:
    """The training pictures within a dark frame, and their labels: one copy for all networks that learn from them."""
    images = np.pad(data.train_images, ((0, 0), (pad, pad), (pad, pad)))
    return torch.from_numpy(images), torch.from_numpy(data.train_labels.astype(np.int64))


def batches(data: Data, recipe: Recipe, random: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """The training set once, shuffled: pictures (N, H, W) as bytes, perhaps shifted and mirrored; classes (N,).

    A last batch of a single picture is left out: batch norm cannot train on it.
    """
    pad, (count, height, width) = recipe.padding, data.train_images.shape
    padded, labels = _padded(data, pad)
    for chosen in torch.split(torch.randperm(count, generator=random), recipe.batch_size):
        if len(chosen) == 1 < recipe.batch_size:
            continue
        if not (pad or recipe.mirror):
            yield padded[chosen], labels[chosen]
            continue
        top, left = torch.randint(2 * pad + 1, (2, len(chosen), 1), generator=random)
        rows = top + torch.arange(height)  # (N, H)
        columns = torch.arange(width).expand(len(chosen), width)
        if recipe.mirror:
            mirrored = torch.rand(len(chosen), 1, generator=random) < 0.5
            columns = torch.where(mirrored, columns.flip(1), columns)
        columns = left + columns  # (N, W)
        yield padded[chosen[:, None, None], rows[:, :, None], columns[:, None, :]], labels[chosen]
