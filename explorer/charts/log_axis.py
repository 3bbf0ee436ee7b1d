"""A vertical axis on which every reading has a place: its logarithm or value, or a row of its own for what has neither.

Logarithms stand on a linear axis whose tick texts are the powers of ten, since a float holds no 1e-400. On the other
scale heights are in units of the largest number's power of ten, for the same reason.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explorer.charts.plotly_style import MUTED, TEXT, axis_words, inked
from explorer.gradients.number_words import power_words, ten_to
from explorer.gradients.values import FlowReading, ReadingState, power_of_ten

PLOT = 300  # pixels between the rows
ROW = 42  # of a row for what is no number: its marks, and beyond them its name
_MARK, _NAME = 13, 31  # pixels from the row's inner edge to the middle of its marks and of its name
_MARGIN = 12  # pixels that the highest and lowest number keep from the edge
_DECADES = 2.0  # that a log axis spans at least, so that small differences look small
_TICKS = 6
_FEW_DECADES = 2.5  # up to which powers of ten alone may be too few
# Away from the numbers. Something below float32 of which no more is known is below them all.
BELOW, ABOVE = (ReadingState.UNDERFLOW, ReadingState.ZERO), (ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER)
SYMBOLS: Mapping[ReadingState, str] = {
    ReadingState.UNDERFLOW: "circle-open",
    ReadingState.ZERO: "x-thin",
    ReadingState.OVERFLOW: "triangle-up-open",
    ReadingState.NOT_A_NUMBER: "asterisk",
}


@dataclass(frozen=True)
class ReadingAxis:
    """Heights of readings: ``low`` and ``high`` bound the numbers, in the axis's own units.

    ``unit`` is the power of ten that one unit is on a linear axis, ``states`` are those that have a row, ``room``
    pixels stay free at the top. With ``floor`` numbers from below float32 are drawn as nothing on a linear axis.
    """

    log: bool
    low: float
    high: float
    unit: int
    states: tuple[ReadingState, ...]
    room: int
    floor: bool

    def height(self, reading: FlowReading) -> float:
        """Where a reading is drawn."""
        state = self.row_of(reading)
        if state:
            return self._beside(state, _MARK)
        if self.log:
            return reading.log10
        return (
            0.0 if self.floor and reading.state is ReadingState.UNDERFLOW else power_of_ten(reading.log10 - self.unit)
        )

    def row_of(self, reading: FlowReading) -> ReadingState | None:
        """The state in whose row a reading stands; None of one that has a height of its own."""
        return None if _has_height(reading) else _row(reading)

    @property
    def plot_height(self) -> int:
        """Pixels of the plot with its rows."""
        return PLOT + ROW * len(self.states) + self.room

    @cached_property
    def _pixel(self) -> float:
        return (self.high - self.low) / PLOT

    @property
    def range(self) -> tuple[float, float]:
        """What the axis shows, rows included."""
        below, above = (sum(state in side for state in self.states) for side in (BELOW, ABOVE))
        return self.low - ROW * below * self._pixel, self.high + (ROW * above + self.room) * self._pixel

    def _beside(self, state: ReadingState, pixels: int) -> float:
        """So many pixels into a row, away from the numbers."""
        side = BELOW if state in BELOW else ABOVE
        away = (ROW * [other for other in side if other in self.states].index(state) + pixels) * self._pixel
        return self.low - away if side is BELOW else self.high + away

    def axis(self, title: str) -> dict[str, Any]:
        """The axis as plotly wants it."""
        ticks = self._ticks()
        return {
            **axis_words(title),
            "range": list(self.range),
            "tickvals": [height for height, _ in ticks],
            "ticktext": [inked(words) for _, words in ticks],
            "fixedrange": True,
            "automargin": True,
            "zeroline": False,
        }

    def _ticks(self) -> list[tuple[float, str]]:
        if self.log:
            return power_ticks(self.low, self.high)
        heights = _round_heights(self.low, self.high, _TICKS, least=0)
        return [(height, power_words(math.log10(height) + self.unit) if height else "0") for height in heights]

    def lines(self) -> list[dict[str, Any]]:
        """Thin lines between the numbers and the rows."""
        line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": MUTED, "width": 1}}
        heights = [self._beside(state, 0) for state in self.states]
        return [{**line, "y0": height, "y1": height} for height in heights]

    def names(self, words: Mapping[ReadingState, str]) -> list[dict[str, Any]]:
        """The rows' names, which are their states' but for those given."""
        return [
            words_at(inked(words.get(state, str(state))), self._beside(state, _NAME), "middle") for state in self.states
        ]


def power_ticks(low: float, high: float, most: int = _TICKS) -> list[tuple[float, str]]:
    """Logarithms between two, two to ``most`` of them, with the powers of ten that they are.

    Over few decades with numbers in between: 0.1, 0.3, 1.
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


def _round_heights(low: float, high: float, most: int, *, least: float) -> list[float]:
    """Multiples of the smallest of ... 1, 2, 5, 10 ..., from ``least`` on, of which no more than ``most`` lie there."""
    power = math.floor(math.log10(max((high - low) / (most + 1), least)))
    for step in (digit * 10.0**exponent for exponent in range(power, power + 3) for digit in (1, 2, 5)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if step >= least and last - first < most:
            return [count * step for count in range(first, last + 1)]
    raise ValueError(f"no step divides {low} to {high} into {most} parts.")


def words_at(html: str, height: float, anchor: str, *, right: bool = False) -> dict[str, Any]:
    """Words at the left (or right) end of the plot, in it."""
    return {
        "xref": "paper",
        "x": 1 if right else 0,
        "xanchor": "right" if right else "left",
        "y": height,
        "yanchor": anchor,
        "text": html,
        "showarrow": False,
        "font": {"size": TEXT},
        "borderpad": 1,
    }


def scale_for(
    readings: Iterable[FlowReading], *, log: bool, floor: bool = False, show: Sequence[float] = (), room: int = 0
) -> ReadingAxis:
    """The axis that has room for all readings and, on a log axis, for the logarithms to ``show``."""
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
