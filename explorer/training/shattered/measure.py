"""Gradients along a circle through two random inputs, in fully connected networks at initialisation.

Balduzzi et al. 2017 (arXiv:1702.08591), "The Shattered Gradients Problem". A layer is f W relu(norm(h)), added to h
in residual networks; f is the branch factor, and W has He et al.'s initialisation. A fixed random readout of the last
layer is differentiated by the input, point by point: the norms' statistics are those of the whole circle and then
frozen, so that no point's gradient depends on another point. Everything is in float64, since a residual network
without norms doubles its variance at every layer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from explorer.live.progress import Progress, StepCounter
from explorer.training.shattered.values import (
    DEPTHS,
    LAG,
    POINTS,
    SEEDS,
    WIDTH,
    Branches,
    Shattering,
    ShatteringStudy,
)

_EPS = 1e-5  # as in PyTorch's batch norm


def shattered_gradients(
    normed: bool,
    *,
    depths: Sequence[int] = DEPTHS,
    seeds: Sequence[int] = SEEDS,
    width: int = WIDTH,
    progress: Progress | None = None,
) -> ShatteringStudy:
    """Every kind of network at each of the ``depths``, for each seed; with norms or without."""
    count = StepCounter(len(Branches) * sum(depths) * len(seeds), progress)
    found: dict[tuple[Branches, int], list[Tensor]] = {(each, depth): [] for each in Branches for depth in depths}
    for seed in seeds:
        drawn = draw(seed, max(depths), width)
        for (branches, depth), gradients in found.items():
            count(f"{branches}, {depth} layers")
            count.done += depth - 1
            gradients.append(circle_gradients(branches, depth, drawn, normed=normed))
    results = (
        Shattering(*kind, tuple(autocorrelation(each, LAG) for each in gradients), tuple(map(right_angles, gradients)))
        for kind, gradients in found.items()
    )
    return ShatteringStudy(normed, width, tuple(results))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What one seed draws: the two inputs (2, width) on the circle, the readout (width), and the layers' weights.

    Networks of fewer layers have the first of these weights: what is drawn for the deepest one does for all.
    """

    ends: Tensor
    readout: Tensor
    weights: tuple[Tensor, ...]


def draw(seed: int, depth: int, width: int = WIDTH) -> Drawn:
    """The circle, the readout and ``depth`` layers of a seed."""
    normal = partial(torch.randn, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    ends, readout = normal(2, width), normal(width)
    return Drawn(ends, readout, tuple(normal(width, width) * math.sqrt(2 / width) for _ in range(depth)))


def circle_gradients(branches: Branches, depth: int, drawn: Drawn, *, normed: bool, points: int = POINTS) -> Tensor:
    """The gradient (points, width) of a random readout by the input, at every point of a circle."""
    angles = 2 * math.pi * (torch.arange(points, dtype=torch.float64) + 0.5) / points
    inputs = torch.stack([angles.cos(), angles.sin()], 1) @ drawn.ends  # (points, width)
    h = inputs.requires_grad_()
    with torch.enable_grad():
        for weight in drawn.weights[:depth]:
            branch = branches.factor * (_frozen_norm(h) if normed else h).relu() @ weight
            h = branch if branches is Branches.PLAIN else h + branch
        (gradients,) = torch.autograd.grad((h @ drawn.readout).sum(), inputs)
    return gradients


def _frozen_norm(h: Tensor) -> Tensor:
    """Batch norm over the points, whose statistics are constants of the gradient."""
    fixed = h.detach()
    return (h - fixed.mean(0)) / (fixed.var(0, correction=0) + _EPS).sqrt()


def autocorrelation(values: Tensor, lag: int) -> float:
    """That of a closed course of vectors (points, width) with its mean subtracted; 1 for one that never changes.

    White noise has −1 / (points − 1), and a random walk that returns, Brownian motion's bridge,
    1 − 6 lag (points − lag) / (points² − 1).
    """
    centred = values - values.mean(0)
    whole = float(centred.square().sum())
    return float((centred * centred.roll(lag, 0)).sum()) / whole if whole else 1.0


def right_angles(values: Tensor) -> float:
    """The correlation of vectors (points, width) a quarter of the circle apart, nothing subtracted."""
    return float((values * values.roll(len(values) // 4, 0)).sum() / values.square().sum())
