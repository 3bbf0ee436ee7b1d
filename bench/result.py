"""What a benchmark found, and its line in a table. A benchmark yields each result as soon as it has it."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measured ratio (or growth) beside its goal.

    ``at_least`` tells which side of the goal is the good one. ``ours`` and ``theirs`` say what was measured,
    each with its figure.
    """

    name: str
    measured: float
    goal: float
    unit: str
    at_least: bool
    ours: str
    theirs: str

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(*measured: Callable[[], float], repeats: int) -> tuple[float, ...]:
    """Medians of measurements taken in turn, so that a slow moment of the machine falls on all.

    Each function returns its own figure; one unrecorded round comes first.
    """
    rounds = [[each() for each in measured] for _ in range(repeats + 1)]
    return tuple(statistics.median(figures) for figures in zip(*rounds[1:], strict=True))


def percentile(figures: Sequence[float]) -> float:
    """The 95th percentile, by the nearest rank."""
    return sorted(figures)[math.ceil(0.95 * len(figures)) - 1]


HEADER = "| work | against | measured | goal | met |\n| --- | --- | --- | --- | --- |"


def row(result: Result) -> str:
    """The result as a line of a Markdown table under ``HEADER``."""
    bound = "at least" if result.at_least else "at most"
    digits = ",.0f" if abs(result.measured) >= 100 else ".3g"
    measured, goal = f"{result.measured:{digits}} {result.unit}", f"{bound} {result.goal:g} {result.unit}"
    verdict = "yes" if result.met else "**no**"
    return f"| {result.name}: {result.ours} | {result.theirs} | {measured} | {goal} | {verdict} |"
