"""Lines, areas and marks of plotly's scatter traces."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from explorer.charts.still.axis import StillAxis

# Lengths of lines and gaps in widths of the line, of which plotly takes three pixels at least.
_DASHES = {"dash": (3, 3), "dot": (1, 1), "dashdot": (3, 1, 1, 1), "longdash": (5, 5), "longdashdot": (5, 2, 1, 2)}
_THIN = 1.2  # pixels of a mark's own lines, where the figure does not say
_SHAPES = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle-up": ((0, -1.2), (1.2, 0.9), (-1.2, 0.9)),
    "triangle-down": ((0, 1.2), (1.2, -0.9), (-1.2, -0.9)),
}
_STROKES = {
    "x": ((-1, -1, 1, 1), (-1, 1, 1, -1)),
    "cross": ((-1, 0, 1, 0), (0, -1, 0, 1)),
    "asterisk": ((-1, 0, 1, 0), (0, -1, 0, 1), (-0.7, -0.7, 0.7, 0.7), (-0.7, 0.7, 0.7, -0.7)),
}
Point = tuple[float, float]


def scatter(trace: Mapping[str, Any], across: StillAxis, upwards: StillAxis, thinned_before: int = 0) -> str:
    """SVG of a trace: its area, its line with gaps, its marks.

    ``thinned_before`` counts the traces before it that are ``thinned``: their marks stand at other places.
    """
    runs = list(_runs(trace, across, upwards))
    mode = trace.get("mode", "lines")
    parts = []
    if trace.get("fill") == "toself":
        path = "".join(f"{_path(run)}Z" for run in runs)
        parts.append(f'<path d="{path}" fill="{_attribute(trace["fillcolor"])}"/>')
    if "lines" in mode and (trace.get("line") or {}).get("width", 2):
        path = "".join(map(_path, (run for run in runs if len(run) > 1)))
        parts.append(f'<path d="{path}" fill="none" stroke-linejoin="round" {stroke(trace.get("line") or {})}/>')
    if "markers" in mode:
        parts += _marks(trace, across, upwards, thinned_before)
    return "".join(parts)


def thinned(trace: Mapping[str, Any]) -> bool:
    """Whether fewer marks are drawn than the trace has points."""
    return "markers" in trace.get("mode", "lines") and bool((trace.get("marker") or {}).get("maxdisplayed"))


def stroke(line: Mapping[str, Any]) -> str:
    """SVG's attributes of plotly's line."""
    width = line.get("width", 2)
    lengths = " ".join(f"{max(width, 3) * part:g}" for part in _DASHES.get(line.get("dash", "solid"), ()))
    dash = f' stroke-dasharray="{lengths}"' if lengths else ""
    return f'stroke="{_attribute(line.get("color", "currentColor"))}" stroke-width="{width}"{dash}'


def _runs(trace: Mapping[str, Any], across: StillAxis, upwards: StillAxis) -> Iterator[list[Point]]:
    """The points in pixels, a list for each part between gaps."""
    run: list[Point] = []
    for x, y in zip(trace.get("x") or (), trace.get("y") or (), strict=True):
        if _missing(x) or _missing(y):
            if run:
                yield run
            run = []
        else:
            run.append((across.at(x), upwards.at(y)))
    if run:
        yield run


def _missing(value: Any) -> bool:
    return value is None or math.isnan(value)


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _marks(trace: Mapping[str, Any], across: StillAxis, upwards: StillAxis, thinned_before: int) -> Iterator[str]:
    marker = trace.get("marker") or {}
    xs, ys = list(trace.get("x") or ()), list(trace.get("y") or ())
    outline = marker.get("line") or {}
    columns = [_each(marker.get(name), len(xs)) for name in ("symbol", "size", "color")]
    points = zip(xs, ys, *columns, _each(outline.get("color"), len(xs)), strict=True)
    known = [point for point in points if not (_missing(point[0]) or _missing(point[1]))]
    every = -(-len(known) // marker["maxdisplayed"]) if thinned(trace) else 1
    # As plotly staggers them: each trace's marks stand a third of their distance beside those of the one before.
    start = round(thinned_before * every / 3 + thinned_before // 3 * every / 7.1)
    for place, (x, y, symbol, size, colour, edge) in enumerate(known, start):
        if place % every == 0:
            at = across.at(x), upwards.at(y)
            line = {"color": edge, "width": outline.get("width", 0)}
            yield mark(at, symbol or "circle", size or 6, colour or "currentColor", line)


def _each(value: Any, count: int) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value] * count


def mark(at: Point, symbol: str, size: float, colour: str, outline: Mapping[str, Any] | None = None) -> str:
    """SVG of one mark in plotly's notation, ``size`` pixels wide; open ones have an outline alone."""
    name, radius = symbol.removesuffix("-open").removesuffix("-thin"), size / 2
    given = outline or {}
    fill, edge, width = _attribute(colour), _attribute(given.get("color") or colour), given.get("width") or 0
    if name in _STROKES:
        ends = [[at[turn % 2] + radius * part for turn, part in enumerate(line)] for line in _STROKES[name]]
        path = "".join(f"M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}" for x, y, u, v in ends)
        return f'<path d="{path}" fill="none" stroke="{edge}" stroke-width="{width or 2}"/>'
    if symbol.endswith("-open"):
        fill, width = "none", width or _THIN
    line = f'fill="{fill}" stroke="{edge}" stroke-width="{width}"'
    if name in _SHAPES:
        corners = " ".join(f"{at[0] + radius * x:.1f},{at[1] + radius * y:.1f}" for x, y in _SHAPES[name])
        return f'<polygon points="{corners}" {line}/>'
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" {line}/>'


def _attribute(value: object) -> str:
    return escape(str(value))
