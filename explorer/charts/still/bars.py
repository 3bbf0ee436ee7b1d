"""Bars, stacked or over each other, with their hatching."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from explorer.charts.still.axis import StillAxis, UndrawableError

_TILE = 7  # pixels of a hatching
_HATCHINGS = {
    "/": "M0 7L7 0",
    "\\": "M0 0L7 7",
    "x": "M0 7L7 0M0 0L7 7",
    "-": "M0 3.5H7",
    "|": "M3.5 0V7",
    "+": "M0 3.5H7M3.5 0V7",
    ".": "M3.5 2.6V4.4",
}


def bars(traces: Sequence[Mapping[str, Any]], mode: str, axes: Sequence[tuple[StillAxis, StillAxis]], name: str) -> str:
    """SVG of all traces of bars, each with its two axes; ``name`` begins the names of their hatchings.

    Raises:
        UndrawableError: bars beside each other, whose places plotly would choose.
    """
    if len(traces) > 1 and mode not in ("stack", "relative", "overlay"):
        raise UndrawableError("only stacked bars and bars over each other are drawn")
    ends: dict[tuple[float, bool], float] = defaultdict(float)
    parts: list[str] = []
    for number, (trace, (across, upwards)) in enumerate(zip(traces, axes, strict=True)):
        for each, box in _boxes(trace, across, upwards, ends if mode in ("stack", "relative") else None):
            parts += bar(trace.get("marker") or {}, each, box, f"{name}-{number}-{each}")
    return "".join(parts)


Box = tuple[float, float, float, float]


def _boxes(
    trace: Mapping[str, Any],
    across: StillAxis,
    upwards: StillAxis,
    ends: dict[tuple[float, bool], float] | None,
) -> Iterator[tuple[int, Box]]:
    """The number of each bar, its left and upper edge, width and height in pixels; bars for the legend have none."""
    flat = trace.get("orientation") == "h"
    lengths, places = (trace["x"], trace["y"]) if flat else (trace["y"], trace["x"])
    along, beside = (across, upwards) if flat else (upwards, across)
    bases = _each(trace.get("base") or 0, len(places))
    thick = _each(trace.get("width") or 0.8, len(places))
    for number, (place, length, base, breadth) in enumerate(zip(places, lengths, bases, thick, strict=True)):
        if place is None or length is None:
            continue
        if isinstance(place, str):
            raise UndrawableError("only bars at numbers are drawn")
        start = base if ends is None else ends[place, length < 0]
        if ends is not None:
            ends[place, length < 0] += length
        first, last = sorted((along.at(start), along.at(start + length)))
        low, high = sorted((beside.at(place - breadth / 2), beside.at(place + breadth / 2)))
        yield number, (first, low, last - first, high - low) if flat else (low, first, high - low, last - first)


def _each(value: Any, count: int) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value] * count


def bar(marker: Mapping[str, Any], number: int, box: Box, name: str) -> Iterator[str]:
    """SVG of the bar ``number`` of a trace; ``name`` is that of its hatching."""
    x, y, width, height = box
    edges = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    colour = _of(marker.get("color"), number) or "currentColor"
    yield f'<rect {edges} fill="{escape(str(colour))}"{_frame(marker.get("line") or {}, number)}/>'
    pattern = marker.get("pattern") or {}
    path = _HATCHINGS.get(_of(pattern.get("shape"), number) or "")
    if path:
        yield hatching(name, path, str(pattern.get("fgcolor", "#FFFFFF")))
        yield f'<rect {edges} fill="url(#{escape(name)})"/>'


def _frame(line: Mapping[str, Any], number: int) -> str:
    colour, width = _of(line.get("color"), number), _of(line.get("width"), number)
    return f' stroke="{escape(str(colour))}" stroke-width="{width}"' if colour and width else ""


def hatching(name: str, path: str, colour: str) -> str:
    """SVG that defines a pattern."""
    return (
        f'<pattern id="{escape(name)}" width="{_TILE}" height="{_TILE}" patternUnits="userSpaceOnUse">'
        f'<path d="{path}" stroke="{escape(colour)}" stroke-width="1.6"/></pattern>'
    )


def _of(value: Any, number: int) -> Any:
    return value[number] if isinstance(value, list | tuple) else value
