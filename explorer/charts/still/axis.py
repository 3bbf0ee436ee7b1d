"""One axis of a figure: where a value stands, and which values have a tick."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.charts.figure_text import escaped
from explorer.text.quantities import minus

MOST_TICKS = 6


class UndrawableError(ValueError):
    """A figure has something that is not drawn here."""


@dataclass(frozen=True, slots=True)
class StillAxis:
    """``low`` and ``high`` are the axis's ends, logarithms on a ``log`` axis; ``start`` and ``end`` their pixels."""

    low: float
    high: float
    start: float
    end: float
    log: bool
    given: Mapping[str, Any]

    @staticmethod
    def of(given: Mapping[str, Any], start: float, end: float) -> "StillAxis":
        """Plotly's axis between two pixels, of which it takes the part that is its domain.

        Raises:
            UndrawableError: plotly would choose the ends.
        """
        if not given.get("range") or given.get("type", "linear") not in ("linear", "log"):
            raise UndrawableError("only axes of numbers with given ends are drawn")
        low, high = given["range"]
        left, right = given.get("domain", (0, 1))
        log = given.get("type") == "log"
        return StillAxis(low, high, start + left * (end - start), start + right * (end - start), log, given)

    @property
    def unit(self) -> float:
        """Pixels of one unit."""
        return abs(self.end - self.start) / abs(self.high - self.low)

    @property
    def shown(self) -> bool:
        """Whether it has ticks and words."""
        return bool(self.given.get("visible", True))

    def at(self, value: float) -> float:
        """The pixel of a value."""
        place = (math.log10(value) if value > 0 else -math.inf) if self.log else value
        share = (place - self.low) / (self.high - self.low)
        return self.start + max(min(share, 10.0), -10.0) * (self.end - self.start)

    def paper(self, share: float) -> float:
        """The pixel of a share of the axis's length."""
        return self.start + share * (self.end - self.start)

    def shrunk(self, unit: float, *, to_end: bool) -> "StillAxis":
        """The same with ``unit`` pixels for one unit, kept at one of its two ends."""
        length = math.copysign(unit * abs(self.high - self.low), self.end - self.start)
        return replace(self, start=self.end - length) if to_end else replace(self, end=self.start + length)

    def ticks(self) -> list[tuple[float, str]]:
        """Values with a tick, each with plotly's HTML."""
        if "tickvals" in self.given:
            words: Sequence[str] = self.given.get("ticktext") or list(map(_number, self.given["tickvals"]))
            return list(zip(self.given["tickvals"], words, strict=True))
        if self.log:
            powers = range(math.ceil(min(self.low, self.high)), math.floor(max(self.low, self.high)) + 1)
            return [(10.0**power, _number(10.0**power)) for power in powers]
        return [(value, _number(value)) for value in _round_values(self.low, self.high, self._most)]

    @property
    def _most(self) -> int:
        return int(self.given.get("nticks") or MOST_TICKS)


def _round_values(one: float, other: float, most: int) -> list[float]:
    """At most ``most`` multiples of 1, 2 or 5 times a power of ten between two numbers."""
    low, high = sorted((one, other))
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(size * power for size in (1, 2, 5, 10, 20) if (high - low) / (size * power) <= most)
    return [number * step for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _number(value: float) -> str:
    return escaped(minus(f"{value:,.6g}" if abs(value) < 1e6 else f"{value:g}"))
