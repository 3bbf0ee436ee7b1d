"""The quantities of a gradient flow that can be shown: their numbers, their places in the network, their names.

Lists run from the input to the output of the network, as everywhere. Nothing here needs torch.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from explorer.gradients.seed_bands import Band, FlowBand, band
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState, power_of_ten


class Quantity(StrEnum):
    """A number that every block, or every weighted layer, has."""

    GRADIENT = "gradient"
    WEIGHT = "weight"
    SIGNAL = "signal"

    @property
    def symbol(self) -> str:
        """How it is written in the field."""
        return {"gradient": "|dL/dh|", "weight": "|dL/dW|", "signal": "mean of h²"}[self]

    @property
    def label(self) -> str:
        """Its name as an option of a control."""
        return {
            "gradient": "Gradient at each block, |dL/dh|",
            "weight": "Gradient of each layer's weights, |dL/dW|",
            "signal": "Signal after each block, mean of h²",
        }[self]

    @property
    def short(self) -> str:
        """Its name in a word or two."""
        return {"gradient": "gradient", "weight": "weight gradient", "signal": "signal"}[self]

    @property
    def starts_at_input(self) -> bool:
        """Whether it begins at the input: the signal runs forward, gradients run back from the loss."""
        return self is Quantity.SIGNAL

    def places(self, flow: FlowBand | GradientFlow) -> tuple[str, ...]:
        """Names of the blocks ("stem" first) or, for weights, of the weighted layers."""
        return flow.layers if self is Quantity.WEIGHT else flow.blocks

    def readings(self, flow: GradientFlow) -> tuple[FlowReading, ...]:
        """The numbers of one seed, one for each place."""
        return {
            "gradient": flow.gradient_norms,
            "weight": flow.weight_norms,
            "signal": flow.signal_norms,
        }[self]

    def start(self, flow: GradientFlow) -> FlowReading:
        """The number where it begins: what all others are divided by when they are shown as shares."""
        return self.readings(flow)[0 if self.starts_at_input else -1]


@dataclass(frozen=True, slots=True)
class Profile:
    """One network's numbers along the network: ``bands`` has median and range over the seeds for each of ``places``.

    ``relative`` tells whether each seed's numbers are divided by its own number where the quantity starts.
    """

    quantity: Quantity
    relative: bool
    places: tuple[str, ...]
    bands: tuple[Band, ...]


def profile(flow: FlowBand, quantity: Quantity, *, relative: bool = False) -> Profile:
    """The chosen numbers of a network, place by place, over its seeds."""
    seeds = []
    for one in flow.flows:
        readings = quantity.readings(one)
        seeds.append([divided(each, quantity.start(one)) for each in readings] if relative else readings)
    bands = tuple(band(values) for values in zip(*seeds, strict=True))
    return Profile(quantity, relative, quantity.places(flow), bands)


def divided(reading: FlowReading, by: FlowReading) -> FlowReading:
    """``reading`` / ``by``. The quotient keeps the state of ``reading``: zero, below float32, and so on."""
    log10 = reading.log10 - by.log10
    if math.isnan(log10):
        return FlowReading(math.nan, ReadingState.NOT_A_NUMBER, math.nan)
    state = reading.state
    if math.isinf(log10) and state in (
        ReadingState.MEASURED,
        ReadingState.UNDERFLOW,
    ):  # divided by zero, or by what is infinite
        state = ReadingState.OVERFLOW if log10 > 0 else ReadingState.ZERO
    return FlowReading(power_of_ten(log10), state, log10)
