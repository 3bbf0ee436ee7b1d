"""Lines, areas and marks of plotly's scatter traces."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from explorer.charts.still.axis import StillAxis

_DASHES = {"dash": "8 5", "dot": "2 4", "dashdot": "8 4 2 4", "longdash": "14 6"}
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


def scatter(trace: Mapping[str, Any], across: StillAxis, upwards: StillAxis) -> str:
    """SVG of a trace: its area, its line with gaps, its marks."""
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
        parts += _marks(trace, across, upwards)
    return "".join(parts)


def stroke(line: Mapping[str, Any]) -> str:
    """SVG's attributes of plotly's line."""
    dash = _DASHES.get(line.get("dash", "solid"))
    return f'stroke="{_attribute(line.get("color", "currentColor"))}" stroke-width="{line.get("width", 2)}"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )


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


def _marks(trace: Mapping[str, Any], across: StillAxis, upwards: StillAxis) -> Iterator[str]:
    marker = trace.get("marker") or {}
    xs, ys = list(trace.get("x") or ()), list(trace.get("y") or ())
    columns = [_each(marker.get(name), len(xs)) for name in ("symbol", "size", "color")]
    outline = marker.get("line") or {}
    edges = _each(outline.get("color"), len(xs))
    most = marker.get("maxdisplayed") or max(len(xs), 1)
    every = -(-len(xs) // most)
    for place, (x, y, symbol, size, colour, edge) in enumerate(zip(xs, ys, *columns, edges, strict=True)):
        if place % every == 0 and not (_missing(x) or _missing(y)):
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
