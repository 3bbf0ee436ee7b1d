"""The gradient's way back, unit by unit from the loss to the stem, as values with one computed sentence each."""

import math
from dataclasses import dataclass
from itertools import pairwise

from explorer.gradients.number_words import reading_words
from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import FlowReading, GradientFlow, Parting, ReadingState
from explorer.gradients.verdict import ratio_words

_SAME = math.log10(1.05)  # a change below 5 % is called none
_FOLD = 3  # decades up to which a growth reads well as "3.4-fold"


@dataclass(frozen=True, slots=True)
class BackStep:
    """One unit on the way back: a block, or the stem, the last.

    ``arrives`` is the norm |dL/dh| at the unit's output. ``before`` is the norm at the output of the unit that the
    gradient passed just before; it is None for the last block, where the walk begins. ``start`` is the norm at the last
    block's output. ``parting`` is how the gradient splits at the unit's residual add, if it has one.
    """

    unit: str
    arrives: FlowReading
    before: FlowReading | None
    start: FlowReading
    parting: Parting | None

    @property
    def log10_since(self) -> float:
        """Returns log10 of the ratio |dL/dh| here / |dL/dh| at the last block."""
        return self.arrives.log10 - self.start.log10 if self.before else 0.0

    @property
    def arrival(self) -> str:
        """What arrives, as a clause."""
        return {
            ReadingState.ZERO: "nothing arrives, |dL/dh| is exactly zero",
            ReadingState.NOT_A_NUMBER: "what arrives is not a number",
            ReadingState.OVERFLOW: "more than float32 can hold arrives",
        }.get(self.arrives.state, f"|dL/dh| of {reading_words(self.arrives)} arrives")

    @property
    def since(self) -> str:
        """How it compares with the last block, as a clause; empty for the last block itself."""
        if not self.before:
            return ""
        if self.start.finite and self.arrives.finite:
            return _change(self.log10_since)
        return _no_factor(self.start.state, self.arrives.state)

    @property
    def sentence(self) -> str:
        """What happens here, in one sentence."""
        if self.unit == "stem":
            return f"At the stem, the end of the way: {_joined(self.arrival, self.since)}."
        place = f"Back through {self.unit}"
        if not self.before:
            place = f"From the loss back through {self.unit}, the last block"
        return f"{place}: {_joined(self.arrival, self._onward, self.since)}."

    @property
    def _onward(self) -> str:
        """How the gradient leaves the block."""
        if self.parting:
            return split(self.parting).clause
        if self.arrives.state is ReadingState.ZERO:
            return "nothing goes on"
        return "the gradient goes on through the convolutions alone, for no shortcut runs beside them"


def steps(flow: GradientFlow) -> tuple[BackStep, ...]:
    """The walk from the last block back to the stem, a step for each."""
    partings = {parting.block: parting for parting in flow.adds}
    backwards = list(zip(reversed(flow.blocks), reversed(flow.gradient_norms), strict=True))
    start = backwards[0][1]
    first = BackStep(backwards[0][0], start, None, start, partings.get(backwards[0][0]))
    rest = (
        BackStep(unit, arrives, before, start, partings.get(unit))
        for (_, before), (unit, arrives) in pairwise(backwards)
    )
    return (first, *rest)


def _joined(*clauses: str) -> str:
    return "; ".join(filter(None, clauses))


def _change(log10: float) -> str:
    """A growth or a loss since the last block, in words."""
    if abs(log10) < _SAME:
        return "since the last block the gradient has kept its size, within 5 %"
    if log10 < 0:
        return f"since the last block the gradient has shrunk to {ratio_words(log10)} of its size"
    if log10 < _FOLD:
        return f"since the last block the gradient has grown {ratio_words(log10)}-fold"
    return f"since the last block the gradient has grown by a factor of {ratio_words(log10)}"


def _no_factor(start: ReadingState, arrives: ReadingState) -> str:
    """Why what arrives cannot be compared with the last block, or how it can without a factor."""
    if ReadingState.NOT_A_NUMBER in (start, arrives):
        return "so there is no comparing it with the last block"
    said = {ReadingState.ZERO: "exactly zero", ReadingState.OVERFLOW: "above float32"}
    if start in said:
        return f"at the last block it was {said[start]}{', too' if start is arrives else ', so there is no factor'}"
    if arrives is ReadingState.ZERO:
        return "since the last block the gradient has shrunk to nothing"
    return "since the last block the gradient has outgrown float32"
