"""An axis of places (layers or blocks) along a network: stages named in their middle, thin lines between them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from explorer.charts.annotations import line_up
from explorer.charts.axes import ticked_axis
from explorer.charts.figure_text import escaped

_PHONE = 270.0  # pixels of the axis on a phone: names that do not overlap there do not overlap on wider pages
_SIGN, _APART, _LINE = 7.6, 6.0, 15.0  # pixels: a character's width, the least gap between names, a line's height


def merged_places(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The places of all networks in forward order; a place that only one network has follows its predecessor there."""
    found: list[str] = []
    for places in lists:
        behind = 0
        for place in places:
            if place in found:
                behind = found.index(place) + 1
            else:
                found.insert(behind, place)
                behind += 1
    return tuple(found)


def unit_span(places: Sequence[str], unit: str) -> tuple[int, int] | None:
    """First and last position of a block's places, or of a single place; None if it has none.

    The stem is also found by its layers, whose names begin with ``conv1``.
    """
    found = [index for index, place in enumerate(places) if place == unit or place.startswith(f"{unit}.")]
    if not found and unit == "stem":
        found = [index for index, place in enumerate(places) if place.startswith("conv1")]
    return (found[0], found[-1]) if unit and found else None


def stage_runs(places: Sequence[str]) -> list[tuple[str, int, int]]:
    """The name, first and last position of each run of places that share what is before the first dot."""
    found, start = [], 0
    for name, run in groupby(places, key=lambda place: place.partition(".")[0]):
        count = len(list(run))
        found.append((name, start, start + count - 1))
        start += count
    return found


def stage_lines(places: Sequence[str]) -> list[dict[str, Any]]:
    """Thin vertical lines between the stages."""
    return [line_up(first - 0.5, width=1, layer="below", opacity=0.5) for _, first, _ in stage_runs(places)[1:]]


def place_ticks(places: Sequence[str], length: float = _PHONE, *, upright: bool = False) -> list[tuple[float, str]]:
    """The stages' names, each in its stage's middle, that do not overlap on an axis of ``length`` pixels.

    On an ``upright`` axis they stand below each other. The longest stages are named first; the short ones at either
    end if there is room left.
    """
    pixel = length / max(len(places), 1)
    taken: list[tuple[float, str]] = []

    def room(name: str, other: str) -> float:
        return _LINE if upright else _SIGN * (len(name) + len(other)) / 2 + _APART

    for name, first, last in sorted(stage_runs(places), key=lambda stage: stage[1] - stage[2]):
        middle = (first + last) / 2
        if all(pixel * abs(middle - x) >= room(name, other) for x, other in taken):
            taken.append((middle, name))
    return sorted(taken)


def place_axis(title: str, places: Sequence[str]) -> dict[str, Any]:
    """A horizontal axis of places."""
    ticks = [(place, escaped(name)) for place, name in place_ticks(places)]
    return ticked_axis(title, ticks, range=[-0.6, len(places) - 0.4], tickangle=0, showgrid=False)
