"""How the gradient of one network flows, as values: every number with what is known of it.

``measure`` measures; nothing here needs torch. Lists run from the input to the output of the network.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.network.config import ResNetConfig

FLOAT32_TINY = 2.0**-126  # the smallest normal number of single precision, 1.18e-38


class ReadingState(StrEnum):
    """What a number measured in single precision is."""

    MEASURED = "measured"
    ZERO = "exactly zero"
    UNDERFLOW = "below float32"
    OVERFLOW = "above float32"
    NOT_A_NUMBER = "not a number"


class InputSource(StrEnum):
    """What the network was given: standard normal noise, scikit-learn's handwritten digits, or the caller's images."""

    NOISE = "noise"
    DIGITS = "digits"
    IMAGES = "images"


@dataclass(frozen=True, slots=True)
class FlowReading:
    """A number of at least zero, as single precision has it, and what is known of it beyond.

    ``value`` is what the network computed: inf where it is above float32, NaN where it is no number. ``log10`` is its
    common logarithm. ``UNDERFLOW`` is what came out as zero or typically (root mean square) below 1.18e-38 since it, or
    what it comes from, is below float32; then ``log10`` is the second look's, in double precision and rescaled: finite
    where ``value`` is zero. ``ZERO`` is zero there, too (no path leads to it, or every path has a factor of zero), or
    cancelled exactly.
    """

    value: float
    state: ReadingState
    log10: float

    @classmethod
    def of(cls, value: float) -> "FlowReading":
        """What can be said of ``value`` without a second look: zero is called zero."""
        if math.isnan(value):
            return cls(value, ReadingState.NOT_A_NUMBER, math.nan)
        if math.isinf(value):
            return cls(value, ReadingState.OVERFLOW, math.inf)
        if value == 0:
            return cls(value, ReadingState.ZERO, -math.inf)
        return cls(value, ReadingState.MEASURED, math.log10(value))

    @property
    def finite(self) -> bool:
        """Whether its logarithm is a number: measured, or below float32 and seen by the second look."""
        return math.isfinite(self.log10)


@dataclass(frozen=True, slots=True)
class Parting:
    """How the gradient came down one residual block: ``whole`` = down the shortcut + down the branch, as vectors.

    All three are taken where the two paths part: at the block's input, or, in a pre-activation unit that changes the
    shape, behind the norm and activation that both paths share (He et al. 2016). ``shortcut`` and ``branch`` are norms
    of the two parts, ``cosine`` that of the angle between them (NaN where either is zero or no number).
    """

    block: str
    shortcut: FlowReading
    branch: FlowReading
    cosine: float

    @property
    def whole(self) -> float:
        """Norm of the sum of the two parts."""
        shortcut, branch = self.shortcut.value, self.branch.value
        if not (shortcut and branch):  # the cosine with nothing is none
            return shortcut + branch
        size = max(shortcut, branch)
        if not math.isfinite(size):
            return math.nan
        a, b = shortcut / size, branch / size
        return size * math.sqrt(max(a * a + b * b + 2 * a * b * self.cosine, 0.0))

    @property
    def shortcut_share(self) -> float:
        """Of the whole, what came down the shortcut: the shortcut's part projected on the whole, in lengths of the
        whole. It and ``branch_share`` sum to 1; one that works against the whole is negative and the other above 1.
        NaN where nothing came down, or no number."""
        return self._share(self.shortcut.value, self.branch.value)

    @property
    def branch_share(self) -> float:
        """Of the whole, what came down the branch."""
        return self._share(self.branch.value, self.shortcut.value)

    def _share(self, part: float, other: float) -> float:
        """<p, p + o> / |p + o|² with |p| = ``part`` and |o| = ``other``."""
        size = max(part, other)
        if not (0 < size < math.inf):
            return math.nan
        p, o = part / size, other / size
        both = p * o * self.cosine if p and o else 0.0
        whole = p * p + o * o + 2 * both
        return (p * p + both) / whole if whole > 0 else math.nan


@dataclass(frozen=True, slots=True)
class GradientFlow:
    """One forward and backward pass in training mode, weights as initialised (or as trained so far).

    ``loss`` is the cross-entropy. ``weight_norms`` are |dL/dW| for each of ``layers`` (every convolution, projections
    included, and the classifier, in forward order). ``blocks`` is "stem" and then every block; for each of them
    ``gradient_norms`` is |dL/dh| of what it puts out for the whole batch, and ``signal_norms`` the mean square of h
    over all its values. ``adds`` has one entry for each block with a residual sum.
    """

    config: ResNetConfig
    seed: int
    batch_size: int
    device: str
    source: InputSource
    loss: float
    layers: tuple[str, ...]
    weight_norms: tuple[FlowReading, ...]
    blocks: tuple[str, ...]
    gradient_norms: tuple[FlowReading, ...]
    signal_norms: tuple[FlowReading, ...]
    adds: tuple[Parting, ...]

    def __hash__(self) -> int:
        """Of what was measured and its loss: hundreds of readings would take longer than what is kept for a flow."""
        return hash((self.config, self.seed, self.batch_size, self.source, self.loss))

    @property
    def log10_ratio(self) -> float:
        """Common logarithm of ``ratio``, known where the ratio itself would leave a float's range."""
        return log10_ratio(self.gradient_norms)

    @property
    def ratio(self) -> float:
        """|dL/dh| after the stem divided by that after the last block: above 1 the gradient grows towards the input."""
        return power_of_ten(self.log10_ratio)

    @property
    def states(self) -> frozenset[ReadingState]:
        """Every state that occurs in it."""
        parts = [part for one in self.adds for part in (one.shortcut, one.branch)]
        return frozenset(one.state for one in (*self.weight_norms, *self.gradient_norms, *self.signal_norms, *parts))


def main_path_convs(config: ResNetConfig) -> int:
    """Convolutions on the main path from behind the stem to the last block."""
    return config.convs_per_block * sum(config.stage_blocks)


def log10_ratio(readings: Sequence[FlowReading]) -> float:
    """Common logarithm of the first reading divided by the last; NaN where that is no number."""
    return readings[0].log10 - readings[-1].log10


def power_of_ten(exponent: float) -> float:
    """10 to the ``exponent``: inf above a float's range, 0 below it."""
    try:
        return float(10.0**exponent)
    except OverflowError:
        return math.inf


def reading_of_log10(log10: float) -> FlowReading:
    """A ratio from its logarithm. It is no float32, so it never is below or above that."""
    return FlowReading(FlowReading.of(power_of_ten(log10)).value, _state_of(log10), log10)


def _state_of(log10: float) -> ReadingState:
    if math.isnan(log10):
        return ReadingState.NOT_A_NUMBER
    if math.isinf(log10):
        return ReadingState.OVERFLOW if log10 > 0 else ReadingState.ZERO
    return ReadingState.MEASURED
