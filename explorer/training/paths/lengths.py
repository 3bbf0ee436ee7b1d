"""How many paths a network has, by length, and the gradient that comes by them: plain values, measured elsewhere.

At each block a path takes either the branch or the shortcut, so n blocks give 2^n paths. A path's length is the number
of branches that it takes (Veit et al. 2016, arXiv:1605.06431, sections 3 and 4.3). A plain network has one path, which
takes every branch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb

from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig

MOST_OF = 0.95  # of the gradient, or of all paths: what an effective length belongs to
VEIT_BLOCKS, VEIT_LENGTHS = 54, (5, 17)
"""Veit et al. 2016, section 4.3: in a trained network of 54 blocks almost all of the gradient came by these lengths."""


def path_counts(config: ResNetConfig) -> tuple[int, ...]:
    """The number of paths of each length, from 0 to the number of blocks."""
    blocks = len(list(block_plans(config)))
    if config.is_plain:
        return (*(0,) * blocks, 1)
    return tuple(comb(blocks, length) for length in range(blocks + 1))


def shares(amounts: Sequence[float]) -> tuple[float, ...]:
    """Each amount as a share of their sum; zeros where the sum is zero."""
    whole = sum(amounts)
    return tuple(amount / whole if whole else 0.0 for amount in amounts)


def effective_lengths(amounts: Sequence[float], most_of: float = MOST_OF) -> tuple[int, int] | None:
    """The first and last of the fewest neighbouring lengths that hold ``most_of`` of the ``amounts``; None without any.

    Of several such runs it is the one that holds the most.
    """
    whole = sum(amounts)
    if not whole:
        return None
    for size in range(1, len(amounts) + 1):
        runs = [sum(amounts[first : first + size]) for first in range(len(amounts) - size + 1)]
        best = max(range(len(runs)), key=runs.__getitem__)
        if runs[best] >= most_of * whole:
            return best, best + size - 1
    return 0, len(amounts) - 1  # only where rounding keeps the whole below itself


@dataclass(frozen=True, slots=True)
class LengthGradient:
    """The gradient that comes by all paths of one length, at the stem's output.

    ``norm`` is that of the sum over all ``paths`` of this length, exactly. ``along`` is the part of the whole gradient
    that it makes up, measured in the whole's direction: these sum to 1, and one below 0 works against the rest.
    ``single`` is the mean norm of the gradient by one path, over ``sampled`` paths.
    """

    length: int
    paths: int
    norm: float
    along: float
    single: float
    sampled: int

    @property
    def estimate(self) -> float:
        """Veit et al.'s: the number of paths times the mean norm by one. Paths that cancel each other count in full."""
        return self.paths * self.single


@dataclass(frozen=True)
class PathGradients:
    """One network's gradient by path length, from 0 to the number of blocks.

    It is that of the mean loss of ``pictures`` pictures, in evaluation mode, at the stem's output. ``norm`` is the
    norm of the whole, and ``gap`` the norm of the difference between the sum over all lengths and autograd's gradient,
    divided by it.
    """

    config: ResNetConfig
    pictures: int
    lengths: tuple[LengthGradient, ...]
    norm: float
    gap: float

    @property
    def blocks(self) -> int:
        return len(self.lengths) - 1

    @property
    def paths(self) -> int:
        """All of them."""
        return sum(each.paths for each in self.lengths)

    @cached_property
    def path_shares(self) -> tuple[float, ...]:
        return tuple(each.paths / self.paths for each in self.lengths)

    @cached_property
    def gradient_shares(self) -> tuple[float, ...]:
        """Each length's norm as a share of the sum of all norms. That sum is larger than the norm of the whole."""
        return shares([each.norm for each in self.lengths])

    @cached_property
    def estimate_shares(self) -> tuple[float, ...]:
        return shares([each.estimate for each in self.lengths])

    @cached_property
    def effective(self) -> tuple[int, int] | None:
        """The fewest neighbouring lengths whose norms hold 95 % of the sum of all; None without a gradient."""
        return effective_lengths([each.norm for each in self.lengths])

    @cached_property
    def estimated(self) -> tuple[int, int] | None:
        """The same by Veit et al.'s estimate."""
        return effective_lengths([each.estimate for each in self.lengths])

    def paths_between(self, lengths: tuple[int, int]) -> int:
        """The number of paths whose length is one of these, both ends included."""
        first, last = lengths
        return sum(each.paths for each in self.lengths[first : last + 1])
