"""The answers to one question as bars: an option each, or a range of numbers each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.classroom.values import Asked, Tally, Truth

MOST_BARS = 8  # of numbers; more different ones are put into ranges


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how many answered so in each vote, and whether the right answer is in it.

    ``why`` is the sentence for those who chose it although it is wrong.
    """

    label: str
    counts: tuple[int, ...]
    right: bool = False
    why: str = ""


def histogram(asked: Asked) -> tuple[Bar, ...]:
    """Returns the bars of all votes on a question, those of options in their order and of numbers from low to high."""
    if asked.poll.options:
        return tuple(_option(asked, index) for index in range(len(asked.poll.options)))
    values = sorted({value for tally in asked.rounds for value, _ in tally.counts})
    if len(values) <= MOST_BARS:
        return tuple(_range(asked, value, value, last=True) for value in values)
    width = (values[-1] - values[0]) / MOST_BARS
    edges = [values[0] + width * place for place in range(MOST_BARS)] + [values[-1]]
    return tuple(
        _range(asked, low, high, last=place == MOST_BARS - 1) for place, (low, high) in enumerate(pairwise(edges))
    )


def _option(asked: Asked, index: int) -> Bar:
    right = asked.truth is not None and asked.truth.right == index
    why = asked.truth.wrong[index] if asked.truth and not right and index < len(asked.truth.wrong) else ""
    return Bar(asked.poll.options[index], _between(asked.rounds, index, index, last=True), right, why)


def _range(asked: Asked, low: float, high: float, *, last: bool) -> Bar:
    """A bar from ``low`` to below ``high``; the ``last`` one holds ``high`` too."""
    numbers = f"{low:,.6g}" if low == high else f"{low:,.4g} to {high:,.4g}"
    right = asked.truth is not None and _has_right(asked.truth, low, high, last=last)
    return Bar(f"{numbers} {asked.poll.unit}".strip(), _between(asked.rounds, low, high, last=last), right)


def _has_right(truth: Truth, low: float, high: float, *, last: bool) -> bool:
    """Whether the true number is in the bar, or one of the bar's is close enough to it."""
    nearest = min(max(truth.right, low), high)
    return low <= truth.right < high or (last and truth.right == high) or (truth.close > 0 and truth.holds(nearest))


def _between(rounds: Sequence[Tally], low: float, high: float, *, last: bool) -> tuple[int, ...]:
    return tuple(
        sum(count for value, count in tally.counts if low <= value < high or (last and value == high))
        for tally in rounds
    )
