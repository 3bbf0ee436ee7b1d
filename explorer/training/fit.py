"""Training a small classifier of grey pictures, and testing it: seeded, so that one thread repeats itself exactly."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.training.data import Bytes, Data

_TEST_BATCH = 500


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. ``peak_rate`` is the learning rate after the first ``warm_up`` of all steps; see ``rate``.

    Pictures are shifted by up to ``padding`` pixels each way and mirrored in half of the cases.
    """

    epochs: int = 8
    seed: int = 0
    batch_size: int = 128
    peak_rate: float = 0.1
    warm_up: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 5e-4
    padding: int = 2


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


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the training set came to: its number from 1, and the mean loss over its pictures."""

    number: int
    loss: float


def rate(step: int, steps: int, warm_up: float) -> float:
    """The share of the peak learning rate at a step from 0: linearly up to 1, then down to 0 along a cosine."""
    rise = max(round(warm_up * steps), 1)
    if step < rise:
        return (step + 1) / rise
    return (1 + math.cos(math.pi * (step + 1 - rise) / (steps + 1 - rise))) / 2


def fit(
    config: ResNetConfig,
    data: Data,
    scale: PixelScale,
    recipe: Recipe,
    after_epoch: Callable[[ResNet, Epoch], None],
) -> ResNet:
    """The network of ``config`` trained from ``recipe.seed``; ``after_epoch`` gets it after each pass over the data.

    PyTorch's global random state is neither read nor changed.
    """
    net = build(config, seed=recipe.seed).to(memory_format=torch.channels_last)
    random = torch.Generator().manual_seed(recipe.seed)
    optimizer = torch.optim.SGD(
        net.parameters(),
        lr=recipe.peak_rate,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        nesterov=True,
    )
    steps = recipe.epochs * math.ceil(len(data.train_images) / recipe.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps, recipe.warm_up))
    for number in range(1, recipe.epochs + 1):
        net.train()
        total = 0.0
        for images, labels in batches(data, recipe, random):
            loss = functional.cross_entropy(net(scale(images)), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item() * len(labels)
        after_epoch(net, Epoch(number, total / len(data.train_images)))
    return net


def batches(data: Data, recipe: Recipe, random: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """The training set once, shuffled: pictures (N, H, W) as bytes, each shifted and perhaps mirrored; classes (N,)."""
    pad, (count, height, width) = recipe.padding, data.train_images.shape
    padded = torch.from_numpy(np.pad(data.train_images, ((0, 0), (pad, pad), (pad, pad))))
    labels = torch.from_numpy(data.train_labels.astype(np.int64))
    for chosen in torch.split(torch.randperm(count, generator=random), recipe.batch_size):
        top, left = torch.randint(2 * pad + 1, (2, len(chosen), 1), generator=random)
        mirrored = torch.rand(len(chosen), 1, generator=random) < 0.5
        rows = top + torch.arange(height)  # (N, H)
        columns = torch.arange(width).expand(len(chosen), width)
        columns = left + torch.where(mirrored, columns.flip(1), columns)  # (N, W)
        yield padded[chosen[:, None, None], rows[:, :, None], columns[:, None, :]], labels[chosen]


def probabilities(net: ResNet, images: Bytes, scale: PixelScale) -> NDArray[np.float32]:
    """Softmax probabilities (N, classes) for pictures (N, H, W), in evaluation mode, on the network's device."""
    device = next(net.parameters()).device
    with exact_float32(device.type), in_mode(net, training=False), torch.inference_mode():
        chunks = torch.split(torch.tensor(images), _TEST_BATCH)
        parts = [net(scale(batch.to(device))).softmax(1).cpu() for batch in chunks]
    found: NDArray[np.float32] = torch.cat(parts).numpy()
    return found


def confusion(predicted: NDArray[np.int64], labels: Bytes, classes: int) -> NDArray[np.int64]:
    """How many pictures of each class (row) were taken for each class (column)."""
    return np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes**2).reshape(classes, classes)
