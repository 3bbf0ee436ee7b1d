"""Places along a network as an axis: one unit a place, stages named in their middle and parted by thin lines."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from explorer.charts.plotly_style import MUTED, TEXT, axis_words, escaped, inked

_PHONE = 270.0  # pixels that the axis has there: names that keep apart there do everywhere
_SIGN, _APART, _LINE = 7.6, 6.0, 15.0  # pixels: a sign's width, the least between two names, a line's height


def merged_places(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """All places of several networks in forward order: what only one has stands behind what it stands behind there."""
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
    """First and last position of a block's places (or of one place); None where there are none.

    The stem's layers are those before the first stage.
    """
    found = [index for index, place in enumerate(places) if place == unit or place.startswith(f"{unit}.")]
    if not found and unit == "stem":
        found = [index for index, place in enumerate(places) if place.startswith("conv1")]
    return (found[0], found[-1]) if unit and found else None


def stage_runs(places: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of places with the same name before the first dot, with their first and last position."""
    found, start = [], 0
    for name, run in groupby(places, key=lambda place: place.partition(".")[0]):
        count = len(list(run))
        found.append((name, start, start + count - 1))
        start += count
    return found


def stage_lines(places: Sequence[str]) -> list[dict[str, Any]]:
    """Thin upright lines between the stages."""
    line = {"type": "line", "layer": "below", "yref": "paper", "y0": 0, "y1": 1, "opacity": 0.5}
    inner = [first - 0.5 for _, first, _ in stage_runs(places)[1:]]
    return [{**line, "x0": x, "x1": x, "line": {"color": MUTED, "width": 1, "dash": "dot"}} for x in inner]


def place_ticks(places: Sequence[str], length: float = _PHONE, *, upright: bool = False) -> list[tuple[float, str]]:
    """The names of as many stages as keep apart on an axis of ``length`` pixels, each in the stage's middle.

    On an ``upright`` axis they stand below each other.

    The longest stages come first: what stands alone at either end is named where there is room for it.
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
    ticks = place_ticks(places)
    return {
        **axis_words(title),
        "range": [-0.6, len(places) - 0.4],
        "tickvals": [place for place, _ in ticks],
        "ticktext": [inked(escaped(name)) for _, name in ticks],
        "tickfont": {"size": TEXT},
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
        "zeroline": False,
    }
