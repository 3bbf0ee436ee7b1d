"""A vertical axis on which every measured number has a place, also one that is zero, infinite or not a number.

Numbers stand at their logarithm or their value, and the other states have a row each, above or below the numbers. A
float cannot hold 1e-400, so logarithms stand on a linear axis whose ticks are named by powers of ten, and values are in
units of the largest one's power of ten.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explorer.charts.annotations import line_across, words_at
from explorer.charts.axes import ticked_axis
from explorer.gradients.number_words import power_words, ten_to
from explorer.gradients.values import FlowReading, ReadingState, power_of_ten

PLOT = 300  # pixels between the rows
ROW = 42  # pixels of a state's row: its marks, and beyond them its name
_MARK, _NAME = 13, 31  # pixels from a row's inner edge to the middle of its marks and of its name
_MARGIN = 12  # pixels between the highest or lowest number and the edge
_DECADES = 2.0  # a log axis spans at least these, so that small differences look small
_TICKS = 6
_FEW_DECADES = 2.5  # on so short an axis powers of ten alone may be too few ticks
# The states' rows, from the numbers outwards. A reading that underflowed to an unknown size is below all numbers.
BELOW, ABOVE = (ReadingState.UNDERFLOW, ReadingState.ZERO), (ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER)
SYMBOLS: Mapping[ReadingState, str] = {
    ReadingState.UNDERFLOW: "circle-open",
    ReadingState.ZERO: "x-thin",
    ReadingState.OVERFLOW: "triangle-up-open",
    ReadingState.NOT_A_NUMBER: "asterisk",
}


@dataclass(frozen=True)
class ReadingAxis:
    """The heights of readings; ``low`` and ``high`` bound the numbers, in the axis's own units.

    On a linear axis one unit is ten to the power ``unit``. ``states`` have a row each, and ``room`` pixels stay free at
    the top. With ``floor``, a linear axis draws numbers below float32 at zero.
    """

    log: bool
    low: float
    high: float
    unit: int
    states: tuple[ReadingState, ...]
    room: int
    floor: bool

    def height(self, reading: FlowReading) -> float:
        """The reading's height on the axis."""
        state = self.row_of(reading)
        if state:
            return self._beside(state, _MARK)
        if self.log:
            return reading.log10
        return (
            0.0 if self.floor and reading.state is ReadingState.UNDERFLOW else power_of_ten(reading.log10 - self.unit)
        )

    def row_of(self, reading: FlowReading) -> ReadingState | None:
        """The state in whose row a reading stands; None for a reading that has a height of its own."""
        return None if _has_height(reading) else _row(reading)

    @property
    def plot_height(self) -> int:
        """The height in pixels of the plot with its rows."""
        return PLOT + ROW * len(self.states) + self.room

    @cached_property
    def _pixel(self) -> float:
        return (self.high - self.low) / PLOT

    @property
    def range(self) -> tuple[float, float]:
        """Both ends of the axis, rows included."""
        below, above = (sum(state in side for state in self.states) for side in (BELOW, ABOVE))
        return self.low - ROW * below * self._pixel, self.high + (ROW * above + self.room) * self._pixel

    def _beside(self, state: ReadingState, pixels: int) -> float:
        """The height ``pixels`` into a state's row, away from the numbers."""
        side = BELOW if state in BELOW else ABOVE
        away = (ROW * [other for other in side if other in self.states].index(state) + pixels) * self._pixel
        return self.low - away if side is BELOW else self.high + away

    def axis(self, title: str) -> dict[str, Any]:
        """The axis for plotly."""
        return ticked_axis(title, self._ticks(), range=list(self.range), automargin=True)

    def _ticks(self) -> list[tuple[float, str]]:
        if self.log:
            return power_ticks(self.low, self.high)
        heights = _round_heights(self.low, self.high, _TICKS, least=0)
        return [(height, power_words(math.log10(height) + self.unit) if height else "0") for height in heights]

    def lines(self) -> list[dict[str, Any]]:
        """Thin lines between the numbers and the rows."""
        return [line_across(self._beside(state, 0), width=1, dash="") for state in self.states]

    def names(self, words: Mapping[ReadingState, str]) -> list[dict[str, Any]]:
        """The rows' names: those given in ``words``, otherwise their states'."""
        return [words_at(words.get(state, str(state)), self._beside(state, _NAME), "middle") for state in self.states]


def power_ticks(low: float, high: float, most: int = _TICKS) -> list[tuple[float, str]]:
    """Ticks for common logarithms from ``low`` to ``high``, at most ``most``, each with its number in words.

    They are powers of ten; an axis of few decades also gets numbers in between: 0.1, 0.3, 1.
    """
    heights = _round_heights(low, high, most, least=1)
    if len(heights) > 2 or high - low > _FEW_DECADES:
        return [(height, ten_to(round(height)) if height else "1") for height in heights]
    powers = range(math.floor(low), math.ceil(high) + 1)
    for digits in ((1, 3), (1, 2, 5)):
        heights = [power + math.log10(digit) for power in powers for digit in digits]
        heights = [height for height in heights if low <= height <= high]
        if len(heights) > 2:
            break
    return [(height, power_words(height)) for height in heights]


def power_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    """A linear axis of common logarithms whose ticks are named by the powers of ten."""
    step = next(step for step in round_counts() if (limits[1] - limits[0]) / step <= 6)
    powers = range(math.ceil(limits[0] / step) * step, math.floor(limits[1]) + 1, step)
    ticks = [(power, ten_to(power) if power else "1") for power in powers]
    return ticked_axis(title, ticks, range=list(limits), automargin=True)


def round_counts() -> list[int]:
    """1, 2, 5, 10, 20, 50 ... up to 500 million."""
    return [digit * 10**power for power in range(9) for digit in (1, 2, 5)]


def _round_heights(low: float, high: float, most: int, *, least: float) -> list[float]:
    """Multiples of a step in range: of the smallest 1, 2, 5, 10 ... from ``least`` on that has at most ``most``."""
    power = math.floor(math.log10(max((high - low) / (most + 1), least)))
    for step in (digit * 10.0**exponent for exponent in range(power, power + 3) for digit in (1, 2, 5)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if step >= least and last - first < most:
            return [count * step for count in range(first, last + 1)]
    raise ValueError(f"no step divides {low} to {high} into {most} parts.")


def scale_for(
    readings: Iterable[FlowReading], *, log: bool, floor: bool = False, show: Sequence[float] = (), room: int = 0
) -> ReadingAxis:
    """The axis with room for all readings and, if it is logarithmic, for the logarithms ``show``."""
    all_readings = list(readings)
    found = {_row(reading) for reading in all_readings if not _has_height(reading)}
    states = tuple(state for state in (*BELOW, *ABOVE) if state in found)
    sizes = [
        reading.log10
        for reading in all_readings
        if _has_height(reading) and (log or not (floor and reading.state is ReadingState.UNDERFLOW))
    ]
    low, high, unit = _log_span([*sizes, *show]) if log else _linear_span(sizes)
    margin = _MARGIN * (high - low) / (PLOT - 2 * _MARGIN)
    return ReadingAxis(log, low - margin, high + margin, unit, states, room, floor)


def _log_span(sizes: Sequence[float]) -> tuple[float, float, int]:
    low, high = min(sizes, default=0.0), max(sizes, default=0.0)
    missing = max(_DECADES - (high - low), 0.0)
    return low - missing / 2, high + missing / 2, 0


def _linear_span(sizes: Sequence[float]) -> tuple[float, float, int]:
    top = max(sizes, default=0.0)
    unit = math.floor(top)
    return 0.0, power_of_ten(top - unit), unit


def _has_height(reading: FlowReading) -> bool:
    return reading.finite and reading.state in (ReadingState.MEASURED, ReadingState.UNDERFLOW)


def _row(reading: FlowReading) -> ReadingState:
    return ReadingState.NOT_A_NUMBER if reading.state is ReadingState.MEASURED else reading.state
