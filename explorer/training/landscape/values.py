"""The loss over a plane through a trained network's weights, and its shape. Plain values; ``measure`` makes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from explorer.network.config import ResNetConfig

PICTURES = 125  # training pictures: a plane of ResNet-56 takes two minutes of one core
SIDE, LIVE_SIDE = 21, 11  # points along each axis of a recorded plane, and of one that is measured while a reader waits
PLANES = (0, 1, 2)
RADII = (1.0, 0.3)  # within which the shape is told
_NOISE = 1e-5  # of the loss: smaller differences are rounding errors, of float32 and of six digits in the file

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Landscape:
    """Loss (nats) and pictures right, of ``pictures`` training pictures, over a square plane through trained weights.

    ``losses[row][column]`` belongs to the weights w + places[column] · d₁ + places[row] · d₂. Each filter of the
    random directions d₁ and d₂ has the norm of the trained filter; biases and norms' parameters do not move. ``plane``
    is the seed of the directions. ``recalibrated`` tells whether the norms' running statistics were measured anew at
    each point. A loss that is no finite number is infinite here.
    """

    config: ResNetConfig
    plane: int
    pictures: int
    recalibrated: bool
    losses: tuple[tuple[float, ...], ...] = field(hash=False)
    right: tuple[tuple[int, ...], ...] = field(hash=False)

    @property
    def side(self) -> int:
        """Points along each axis, an odd number: the middle one is the trained network."""
        return len(self.losses)

    @property
    def places(self) -> tuple[float, ...]:
        """The points' distances from the trained network along an axis, from −1 to 1."""
        return tuple(float(each) for each in np.linspace(-1, 1, self.side))

    @property
    def guess(self) -> float:
        """The loss of guessing all classes alike: the logarithm of their number, ln 10 ≈ 2.303 for ten."""
        return log(self.config.num_classes)

    @property
    def trained_loss(self) -> float:
        """The loss in the middle: that of the trained network."""
        return self.losses[self.side // 2][self.side // 2]

    @property
    def trained_right(self) -> int:
        """Pictures that the trained network gets right."""
        return self.right[self.side // 2][self.side // 2]

    @cached_property
    def median(self) -> float:
        """The loss that half of the points exceed."""
        return float(np.median(self._losses))

    @cached_property
    def non_convex_shares(self) -> tuple[float, ...]:
        """The share of negative second differences within each of ``RADII``; see ``non_convex_share``."""
        return tuple(map(self.non_convex_share, RADII))

    def non_convex_share(self, radius: float) -> float:
        """The share of negative second differences along both axes, at points within ``radius`` of the middle.

        A convex function has none. Points whose differences are no finite numbers are left out.
        """
        negative, count, away = 0, 0, self._away
        for losses in (self._losses, self._losses.T):
            before, middle, after = losses[:-2], losses[1:-1], losses[2:]
            with np.errstate(invalid="ignore"):
                bend = before - 2 * middle + after
            known = (away[1:-1] <= radius + _NOISE) & np.isfinite(bend)
            largest = np.maximum(np.maximum(abs(before), abs(middle)), abs(after))
            negative += int((known & (bend < -_NOISE * largest)).sum())
            count += int(known.sum())
        return negative / count if count else 0.0

    @cached_property
    def minima(self) -> int:
        """Points inside the plane whose loss lies below that of all eight neighbours."""
        middle, side = self._losses[1:-1, 1:-1], self.side
        below = np.full(middle.shape, True)
        for row, column in _neighbours():
            beside = self._losses[1 + row : side - 1 + row, 1 + column : side - 1 + column]
            below &= middle < beside * (1 - _NOISE)
        return int(below.sum())

    @cached_property
    def radius(self) -> float | None:
        """The distance from the middle to the nearest point that is no better than guessing; None if all are better."""
        away = self._away[self._losses >= self.guess]
        return float(away.min()) if away.size else None

    def thinned(self, side: int) -> "Landscape":
        """The same with fewer points along each axis: those that a plane of ``side`` points has.

        Raises:
            ValueError: some of them were not measured.
        """
        step, rest = divmod(self.side - 1, side - 1)
        if rest:
            raise ValueError(f"A plane of {side} points has others than one of {self.side}.")
        rows = slice(None, None, step)
        losses, right = tuple(row[rows] for row in self.losses[rows]), tuple(row[rows] for row in self.right[rows])
        return replace(self, losses=losses, right=right)

    @cached_property
    def _losses(self) -> Values:
        return np.array(self.losses)

    @property
    def _away(self) -> Values:
        """The points' distances from the middle."""
        found: Values = np.hypot(*np.meshgrid(self.places, self.places))
        return found


def _neighbours() -> Iterator[tuple[int, int]]:
    return ((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)


@dataclass(frozen=True)
class Landscapes:
    """Several planes through networks of one configuration: ``names`` tells the seed of training and the plane."""

    network: str
    found: tuple[Landscape, ...]
    names: tuple[str, ...]
