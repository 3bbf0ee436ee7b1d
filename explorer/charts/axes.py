"""Axes of plotly figures: plain numbers, and amounts (parameters, MACs, bytes) in the words that pages use."""

from collections.abc import Iterable, Sequence
from typing import Any

from explorer.charts.figure_text import TEXT, inked, wrapped_html
from explorer.compare.budget import Measure
from explorer.text.quantities import counted, minus

_NARROW = 34  # characters under an axis that shares a phone's width with names
_PREFIX, _SUFFIX = inked("|").split("|")
INKED_TICKS = {"tickprefix": _PREFIX, "ticksuffix": _SUFFIX, "exponentformat": "power"}
"""Gives ticks whose words plotly chooses the colour of the page's text, and large ones powers of ten: not ``4B``."""


def exact(measure: Measure, value: int) -> str:
    """An amount to the last digit with its unit: ``9,408 parameters``."""
    what = {Measure.PARAMS: "parameter", Measure.MACS: "MAC", Measure.MEMORY: "byte"}[measure]
    return counted(value, what)


def axis_title(measure: Measure) -> str:
    """The measure's name with its unit."""
    return f"{measure.label} ({measure.unit})" if measure.unit else measure.label


def axis_words(title: str) -> dict[str, Any]:
    """An axis's title, given as plain text, and the size of its words."""
    return {
        "title": {"text": inked(wrapped_html(title, _NARROW)), "font": {"size": TEXT}},
        "tickfont": {"size": TEXT},
    }


def ticked_axis(title: str, ticks: Iterable[tuple[float, str]], **more: Any) -> dict[str, Any]:
    """An axis that cannot be zoomed, with ticks at the given values, each with its words (escaped already)."""
    ticks = list(ticks)
    return {
        **axis_words(title),
        "tickvals": [value for value, _ in ticks],
        "ticktext": [inked(words) for _, words in ticks],
        "fixedrange": True,
        "zeroline": False,
        **more,
    }


def plain_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    """An axis of plain numbers between two limits; plotly chooses the ticks."""
    return {**axis_words(title), **INKED_TICKS, "range": list(limits), "fixedrange": True, "automargin": True}


def percent_axis(title: str, limits: tuple[float, float] = (0, 105)) -> dict[str, Any]:
    """An axis from 0 to 100 percent with a little room at its ends, and a tick at each quarter."""
    ticks = [(tick, str(tick)) for tick in (0, 25, 50, 75, 100)]
    return ticked_axis(title, ticks, range=list(limits), automargin=True)


def number_axis(title: str, high: float) -> dict[str, Any]:
    """A horizontal axis of plain numbers from 0 to ``high``; plotly chooses the ticks."""
    return {
        **axis_words(title),
        **INKED_TICKS,
        "range": [0, high],
        "nticks": 6,
        "fixedrange": True,
        "zeroline": False,
    }


def amount_axis(measure: Measure, low: float, high: float, most: int = 4, *, change_from: str = "") -> dict[str, Any]:
    """A horizontal axis of amounts, its ticks in the words used everywhere: ``10 M``, ``64 MiB``.

    Ticks are round in the unit that is shown, so bytes get binary steps. ``most`` + 1 ticks fit on a phone. With
    ``change_from``, a network's name, the amounts are differences from it, written with a sign.
    """
    step = _round_step((high - low) / most, measure) or 1
    first = -int(-low // step)
    ticks = [index * step for index in range(first, int(high // step) + 1)]
    words = _tick_words(ticks, measure, change=bool(change_from))
    title = f"Change from {change_from}" if change_from else axis_title(measure)
    return ticked_axis(title, zip(ticks, words, strict=True), range=[low, high])


def _tick_words(amounts: Sequence[int], measure: Measure, *, change: bool) -> list[str]:
    """The amounts in words, or to the last digit if the words of two would be the same."""
    words = [measure.signed(amount) if change else measure.words(amount) for amount in amounts]
    if len(set(words)) == len(words):
        return words
    return [minus(f"{amount:+,}") if change else f"{amount:,}" for amount in amounts]


def _round_step(least: float, measure: Measure) -> int:
    """The smallest of 1, 2, 5, 10, 20 ... (in binary units for bytes) that is at least ``least``."""
    base = 1
    while measure is Measure.MEMORY and least >= 1024 * base:
        base *= 1024
    for power in range(30):
        for digit in (1, 2, 5):
            step = base * digit * int(10**power)
            if step >= least:
                return step
    raise OverflowError(f"no axis is {least} long")
