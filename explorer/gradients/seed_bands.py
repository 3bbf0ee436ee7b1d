"""The gradient flow of one network over several seeds: the median of each number and its whole range.

Nothing here needs torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.gradients.values import FlowReading, GradientFlow, ReadingState, reading_of_log10
from explorer.network.config import ResNetConfig


@dataclass(frozen=True, slots=True)
class Band:
    """The same number for several seeds: the ``median`` (of an even number, the lower of the two in the middle, so that
    it was measured) and the whole range."""

    median: FlowReading
    low: FlowReading
    high: FlowReading


def band(readings: Sequence[FlowReading]) -> Band:
    """Median and range; what is no number counts as the highest.

    Raises:
        ValueError: there are no readings.
    """
    if not readings:
        raise ValueError("readings is empty: a band needs at least one.")
    ordered = sorted(readings, key=lambda one: (one.state is ReadingState.NOT_A_NUMBER, one.log10, one.value))
    return Band(ordered[(len(ordered) - 1) // 2], ordered[0], ordered[-1])


@dataclass(frozen=True, slots=True)
class FlowBand:
    """The flows of one network for several seeds, which change weights and images alike."""

    flows: tuple[GradientFlow, ...]

    def __post_init__(self) -> None:
        if not self.flows:
            raise ValueError("flows is empty: a band needs the flow of at least one seed.")
        if len({flow.config for flow in self.flows}) > 1:
            raise ValueError("flows are of different networks: a band is of one network for several seeds.")

    @property
    def config(self) -> ResNetConfig:
        """The network."""
        return self.flows[0].config

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in the order asked for."""
        return tuple(flow.seed for flow in self.flows)

    @property
    def layers(self) -> tuple[str, ...]:
        """Weighted layers."""
        return self.flows[0].layers

    @property
    def blocks(self) -> tuple[str, ...]:
        """ "stem" and the blocks."""
        return self.flows[0].blocks

    @property
    def weight_norms(self) -> tuple[Band, ...]:
        """|dL/dW| of each layer."""
        return _bands([flow.weight_norms for flow in self.flows])

    @property
    def gradient_norms(self) -> tuple[Band, ...]:
        """|dL/dh| after the stem and each block."""
        return _bands([flow.gradient_norms for flow in self.flows])

    @property
    def signal_norms(self) -> tuple[Band, ...]:
        """Mean square of h after the stem and each block."""
        return _bands([flow.signal_norms for flow in self.flows])

    @property
    def ratio(self) -> Band:
        """``GradientFlow.ratio``: median and range of the seeds' own ratios."""
        return band([reading_of_log10(flow.log10_ratio) for flow in self.flows])


def _bands(flows: Sequence[tuple[FlowReading, ...]]) -> tuple[Band, ...]:
    return tuple(band(readings) for readings in zip(*flows, strict=True))
