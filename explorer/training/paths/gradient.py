"""Measures the gradient by path length: exactly, and by sampled single paths (Veit et al. 2016, section 4.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from random import Random
from statistics import fmean

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.live.progress import Progress, StepCounter, check_seed
from explorer.network.blocks import ResidualBlock
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.training.paths.block_gradients import BlockGradients
from explorer.training.paths.lengths import LengthGradient, PathGradients, path_counts

KEPT_BYTES = 192 * 2**20
"""The most that the carried gradients take together; pictures are measured in groups that keep to it."""

Branches = frozenset[int]  # the blocks whose branch a path takes, counted from 0


@dataclass(slots=True, eq=False)
class _Sums:
    """Sums over the pictures: the squares of each length's gradient, its products with the whole, and the rest."""

    net: ResNet
    squares: list[float]
    products: list[float]
    singles: dict[Branches, float]
    whole: float = 0.0
    gap: float = 0.0

    def add(self, images: Tensor, labels: Tensor, count: StepCounter) -> None:
        """Measures one group of pictures; in evaluation mode no picture sees another."""
        blocks = list(residual_blocks(self.net))
        inputs, last, whole = _autograd(self.net, blocks, images, labels)
        lengths, singles = [last], dict.fromkeys(self.singles, last)
        for number in reversed(range(len(blocks))):
            count(f"{len(lengths) - 1:,} of {len(blocks):,} blocks")
            part = BlockGradients(blocks[number], inputs[number])
            lengths = part.by_length(lengths)
            for path, gradient in singles.items():
                singles[path] = part.by_one_way(gradient, branch=number in path)
        for length, gradient in enumerate(lengths):
            self.squares[length] += _dot(gradient, gradient)
            self.products[length] += _dot(gradient, whole)
        for path, gradient in singles.items():
            self.singles[path] += _dot(gradient, gradient)
        gap = torch.stack(lengths).sum(0) - whole
        self.whole += _dot(whole, whole)
        self.gap += _dot(gap, gap)


def path_gradients(
    net: ResNet, images: Tensor, labels: Tensor, *, samples: int = 8, seed: int = 0, progress: Progress | None = None
) -> PathGradients:
    """The gradient of the mean cross-entropy at the stem's output, by the length of the paths on which it comes.

    The network is run in evaluation mode and left in its own. ``images`` (N, C, H, W), ``labels`` (N,). Beside the
    exact gradients, single paths are measured: up to ``samples`` random ones of each length.

    Raises:
        Refusal: no picture, or a picture without a label.
    """
    check_seed(seed)
    if not len(images) or len(images) != len(labels):
        raise Refusal(
            f"{len(images):,} pictures and {len(labels):,} labels: give a class for each picture, one at least."
        )
    counts = path_counts(net.config)
    singles = [] if net.config.is_plain else sampled_paths(len(counts) - 1, samples, seed)
    sums = _Sums(net, [0.0] * len(counts), [0.0] * len(counts), dict.fromkeys(singles, 0.0))
    device = next(net.parameters()).device
    with in_mode(net, training=False), exact_float32(device.type):
        blocks = list(residual_blocks(net))
        size = _group(net, images[:1].to(device), blocks, len(counts) + len(singles))
        groups = list(zip(torch.split(images, size), torch.split(labels, size), strict=True))
        count = StepCounter(len(groups) * len(blocks), progress)
        for some, classes in groups:
            sums.add(some.to(device), classes.to(device), count)
    return _found(sums, counts, len(images))


def residual_blocks(net: ResNet) -> Iterator[ResidualBlock]:
    """The network's blocks in forward order."""
    return (module for module in net.modules() if isinstance(module, ResidualBlock))


def sampled_paths(blocks: int, samples: int, seed: int) -> list[Branches]:
    """Random paths of each length, all different: ``samples`` of them, or all where there are no more."""
    random, found = Random(seed), []
    for length in range(blocks + 1):
        if comb(blocks, length) <= samples:
            found += [frozenset(each) for each in combinations(range(blocks), length)]
        else:
            paths: set[Branches] = set()
            while len(paths) < samples:
                paths.add(frozenset(random.sample(range(blocks), length)))
            found += sorted(paths, key=sorted)
    return found


def _group(net: ResNet, image: Tensor, blocks: Sequence[ResidualBlock], gradients: int) -> int:
    """How many pictures at once keep that many gradients at the largest map within ``KEPT_BYTES``."""
    with torch.no_grad():
        x, largest = net.forward_stem(image), 0
        for block in blocks:
            largest = max(largest, x.numel())
            x = block(x)
    return max(KEPT_BYTES // (max(largest, x.numel()) * x.element_size() * gradients), 1)


def _autograd(
    net: ResNet, blocks: Sequence[ResidualBlock], images: Tensor, labels: Tensor
) -> tuple[list[Tensor], Tensor, Tensor]:
    """Each block's input, and autograd's gradient at the last block's output and at the stem's."""
    with torch.enable_grad():
        x = net.forward_stem(images).detach().requires_grad_()
        maps = [x]
        for block in blocks:
            maps.append(block(maps[-1]))
        loss = cross_entropy(net.forward_head(maps[-1]), labels, reduction="sum")
        last, whole = torch.autograd.grad(loss, (maps[-1], maps[0]))
    return [each.detach() for each in maps[:-1]], last, whole


def _dot(one: Tensor, other: Tensor) -> float:
    return float((one.double() * other.double()).sum())


def _found(sums: _Sums, counts: Sequence[int], pictures: int) -> PathGradients:
    lengths = []
    for length, (paths, square, product) in enumerate(zip(counts, sums.squares, sums.products, strict=True)):
        norms = [sqrt(each) / pictures for path, each in sums.singles.items() if len(path) == length]
        if sums.net.config.is_plain and paths:  # its one path is all there is
            norms = [sqrt(square) / pictures]
        along = product / sums.whole if sums.whole else 0.0
        single = fmean(norms) if norms else 0.0
        lengths.append(LengthGradient(length, paths, sqrt(square) / pictures, along, single, len(norms)))
    gap = sqrt(sums.gap / sums.whole) if sums.whole else 0.0
    return PathGradients(sums.net.config, pictures, tuple(lengths), sqrt(sums.whole) / pictures, gap)
