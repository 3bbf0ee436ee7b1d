"""How alike the gradients along a circle of inputs are, over depth and seeds. Plain values; ``measure`` makes them."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

POINTS, LAG = 120, 5
"""Inputs around the circle, and how many of them lie between two neighbours that are compared: 15 degrees."""
DEPTHS = (1, 2, 4, 10, 24, 50)
WIDTH = 200  # as in the paper
SEEDS = (0, 1, 2, 3, 4)


class Branches(StrEnum):
    """The networks: without skips, or with branches times a factor."""

    PLAIN = "plain"
    FULL = "residual, branch × 1"
    TENTH = "residual, branch × 0.1"

    @property
    def factor(self) -> float:
        """What each layer's output is multiplied by."""
        return 0.1 if self is Branches.TENTH else 1.0


class Alike(StrEnum):
    """Two ways of comparing gradients."""

    NEIGHBOURS = "neighbours"
    RIGHT_ANGLES = "right angles"


@dataclass(frozen=True, slots=True)
class Shattering:
    """One kind of network at one depth: ``neighbours`` and ``right_angles`` for each seed, from −1 to 1.

    ``neighbours`` is the autocorrelation at ``LAG``, the mean over the circle subtracted. ``right_angles`` is the
    correlation of the gradients of two inputs at right angles, nothing subtracted, which is what the paper's theorems
    are about.
    """

    branches: Branches
    depth: int
    neighbours: tuple[float, ...]
    right_angles: tuple[float, ...]

    def of(self, alike: Alike) -> tuple[float, ...]:
        """Each seed's number."""
        return self.neighbours if alike == Alike.NEIGHBOURS else self.right_angles

    def median(self, alike: Alike) -> float:
        """That of the seeds."""
        return median(self.of(alike))


@dataclass(frozen=True, slots=True)
class ShatteringStudy:
    """All kinds of networks at all depths, with batch norms of frozen statistics (``normed``) or without."""

    normed: bool
    width: int
    results: tuple[Shattering, ...]

    def of(self, branches: Branches) -> tuple[Shattering, ...]:
        """One kind of network, shallow ones first."""
        return tuple(sorted((each for each in self.results if each.branches is branches), key=lambda each: each.depth))


def theory(branches: Branches, depth: int, *, normed: bool) -> float | None:
    """The correlation at right angles by the paper's theorems 1 and 2; None where none of them is about such a network.

    They take every neuron to be active for half of the inputs, and independently for two of them: 2^−L for plain
    networks, (3/4)^L with skips and no norm. With norms the paper finds that it falls more slowly than that.
    """
    if branches is Branches.PLAIN:
        return 0.5**depth
    return 0.75**depth if branches is Branches.FULL and not normed else None
