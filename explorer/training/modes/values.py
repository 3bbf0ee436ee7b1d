"""What one trained network does in evaluation and in training mode. Plain values; ``measure`` makes them."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import median

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
_STEADY = 2.0  # standard errors: a difference within them may be chance


class BatchOrder(StrEnum):
    """How the pictures come into batches."""

    MIXED = "mixed"
    SORTED = "sorted by class"


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """All pictures in training mode, in batches of ``size``; what is left over is a smaller last batch.

    ``right`` pictures are right. ``lost`` of those that evaluation mode gets right are wrong here, and ``mended`` of
    those that it gets wrong are right.
    """

    order: BatchOrder
    size: int
    right: int
    lost: int
    mended: int

    @property
    def within_chance(self) -> bool:
        """Whether so few pictures cannot tell it from evaluation mode (McNemar's test, two standard errors)."""
        return abs(self.lost - self.mended) <= _STEADY * sqrt(self.lost + self.mended)


@dataclass(frozen=True, slots=True)
class PyTorchRefusal:
    """PyTorch's own ``words`` on a single picture of ``side`` pixels in training mode: the largest that it refuses."""

    side: int
    words: str


@dataclass(frozen=True)
class ModeComparison:
    """One network on the same ``pictures`` in both modes: ``right`` of them are right in evaluation mode.

    ``refused`` are the sizes of batches that PyTorch refuses in training mode; they have no outcome.
    """

    config: ResNetConfig
    pictures: int
    right: int
    batches: tuple[BatchOutcome, ...]
    refusal: PyTorchRefusal
    refused: tuple[int, ...] = ()

    def of(self, order: BatchOrder) -> tuple[BatchOutcome, ...]:
        """The outcomes in this order of pictures, small batches first."""
        return tuple(sorted((each for each in self.batches if each.order is order), key=lambda each: each.size))


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Mean and variance of each channel, as a norm uses them: the variance of a batch is divided by its count."""

    means: tuple[float, ...]
    variances: tuple[float, ...]

    def off(self, running: "ChannelStatistics") -> float:
        """How far the means are off the running ones, in running standard deviations: the median channel."""
        each = zip(self.means, running.means, running.variances, strict=True)
        return median(abs(mean - expected) / sqrt(variance) if variance else 0.0 for mean, expected, variance in each)

    def spread(self, running: "ChannelStatistics") -> float:
        """The standard deviation divided by the running one: the median channel."""
        each = zip(self.variances, running.variances, strict=True)
        return median(sqrt(variance / expected) if expected else 1.0 for variance, expected in each)


@dataclass(frozen=True, slots=True)
class NormStatistics:
    """One batch norm: its running statistics, and those of one batch in each order.

    ``values`` of each channel are normalised together: pictures times pixels.
    """

    name: str
    values: int
    running: ChannelStatistics
    mixed: ChannelStatistics
    sorted: ChannelStatistics

    def of(self, order: BatchOrder) -> ChannelStatistics:
        """Those of the batch in this order."""
        return self.mixed if order is BatchOrder.MIXED else self.sorted


def norm_names(config: ResNetConfig) -> tuple[str, ...]:
    """The norms of a network, in forward order."""
    return tuple(layer.name for layer in analyze(config).layers if layer.kind is Kind.NORM)


@dataclass(frozen=True, slots=True)
class BatchStatistics:
    """Every batch norm of a network, in forward order, for the first mixed and the first sorted batch.

    ``training`` tells whether the norms before each one used the batch's statistics, or their running ones. ``size``
    pictures are in each batch, and ``classes`` are those that the sorted batch shows.
    """

    training: bool
    size: int
    classes: tuple[int, ...]
    norms: tuple[NormStatistics, ...]
