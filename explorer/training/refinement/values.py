"""What every block of a network adds, and what a linear probe reads after it. Plain values, measured elsewhere."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from explorer.network.config import ResNetConfig
from explorer.network.options import Norm

STEM = "stem"


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One residual block: what its ``branch`` F(x) adds to its ``shortcut``, as root mean squares over values and
    pictures. The shortcut is x itself where the block keeps the shape.

    ``cosine`` is that of the angle between both, as the mean over the pictures; ``negative`` is the share of x's values
    that are below zero.
    """

    block: str
    branch: float
    shortcut: float
    cosine: float
    negative: float

    @property
    def ratio(self) -> float:
        """|F(x)| / |x|; NaN where both are zero."""
        if self.shortcut:
            return self.branch / self.shortcut
        return float("inf") if self.branch else float("nan")


@dataclass(frozen=True, slots=True)
class Reading:
    """How many of the test pictures a linear probe gets right from the map after ``place``: the stem or a block."""

    place: str
    right: int


@dataclass(frozen=True)
class Refinement:
    """One network, block by block, on ``pictures`` test pictures; the probes were fitted on ``fitted`` training ones.

    ``changes`` are empty in a plain network. ``right`` are the pictures that the network itself gets right.
    """

    config: ResNetConfig
    initial: bool
    pictures: int
    fitted: int
    right: int
    changes: tuple[BlockChange, ...]
    readings: tuple[Reading, ...]

    @cached_property
    def expected(self) -> tuple[float, ...]:
        """The ratio 1/√l for block l that batch norm alone gives at initialisation; empty where that says nothing.

        De & Smith 2020 (arXiv:2002.10444), section 3: every branch adds a variance of 1 to the l that block l gets.
        """
        if not self.initial or self.config.norm is not Norm.BATCH or self.config.zero_init_residual:
            return ()
        return tuple(1 / sqrt(number) for number in range(1, len(self.changes) + 1))
