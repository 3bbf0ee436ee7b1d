"""Small heat maps in a grid, all on one colour scale: weights and feature maps, each value a square cell.

Rows and columns count from the top left corner, as in matrices and pictures. Signed maps have ColorBrewer's RdBu, the
others cividis, as on the other pages.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import annotation
from explorer.charts.cam.overlay import Colours, scale_name
from explorer.charts.figure_text import HOVER, escaped, inked
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import colour_bar, styled
from explorer.gradients.number_words import power_words
from explorer.text.quantities import minus

_HEADING, _NAME, _GAP = 28, 24, 14  # pixels of a row's heading, of a panel's name, and below the panels
_APART = 0.035  # part of the width, between panels
_KEY = 8  # a legend with this many entries is as high as the key to the colours
_LARGE = 1e5  # from here on a cell's value is written with a power of ten
_TICKS = 2  # of the colours' key, on each side of zero


@dataclass(frozen=True, slots=True)
class MatrixPanel:
    """One heat map with its name and its values, row by row; ``unit`` is the format of a cell's name."""

    name: str
    values: Sequence[Sequence[float]]
    unit: str = "row {row}, column {column}"


@dataclass(frozen=True, slots=True)
class Strip:
    """Panels beside each other under a heading (plain text); an empty heading takes no room."""

    heading: str
    panels: Sequence[MatrixPanel]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A panel with its number from 1 and its left, right, bottom and top in parts of the plot."""

    panel: MatrixPanel
    number: int
    box: tuple[float, float, float, float]

    @property
    def axis(self) -> str:
        """What plotly adds to the names of the panel's axes."""
        return "" if self.number == 1 else str(self.number)


def panels_chart(
    strips: Sequence[Strip],
    title: str,
    subtitle: str,
    key: str,
    *,
    signed: bool = True,
    side: int = 130,
    farthest: float = math.inf,
) -> go.Figure:
    """The strips below each other; ``key`` names the values, and ``side`` is a panel's height in pixels.

    On a phone panels shrink until they fit beside each other. Signed colours reach as far below zero as above. Colours
    end at ``farthest``: a larger value has the last colour, and the key says how large the largest is.
    """
    total = sum(_height(strip, side) for strip in strips)
    rows = list(_placed(strips, total, side))
    placed = [each for row in rows for each in row]
    return styled(
        [_map(each) for each in placed],
        title,
        subtitle,
        plot_height=total,
        legend=_KEY,
        annotations=[note for strip, row in zip(strips, rows, strict=True) for note in _notes(strip, row, total)],
        shapes=[_frame(each) for each in placed],
        coloraxis=_colours(strips, key, total, farthest, signed=signed),
        dragmode=False,
        **{name: axis for each in placed for name, axis in _axes(each).items()},
    )


def _height(strip: Strip, side: int) -> int:
    return (_HEADING if strip.heading else 0) + _NAME + side + _GAP


def _placed(strips: Sequence[Strip], total: int, side: int) -> Iterator[list[_Placed]]:
    """The panels of each strip with their places."""
    columns = max(len(strip.panels) for strip in strips)
    wide = (1 - _APART * (columns - 1)) / columns
    number, top = count(1), total
    for strip in strips:
        upper = (top - (_HEADING if strip.heading else 0) - _NAME) / total
        lefts = [column * (wide + _APART) for column in range(len(strip.panels))]
        yield [
            _Placed(panel, next(number), (left, min(left + wide, 1.0), max(upper - side / total, 0.0), upper))
            for panel, left in zip(strip.panels, lefts, strict=True)
        ]
        top -= _height(strip, side)


def _notes(strip: Strip, row: Sequence[_Placed], total: int) -> Iterator[dict[str, Any]]:
    """The strip's heading, then its panels' names: in reading order."""
    if strip.heading:
        yield _words(f"<b>{escaped(strip.heading)}</b>", 0, row[0].box[3] + (_NAME + 2) / total)
    for each in row:
        yield _words(escaped(each.panel.name), each.box[0], each.box[3] + 1 / total)


def _words(html: str, x: float, y: float) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": x, "y": y, "xanchor": "left", "yanchor": "bottom"}
    return annotation(html, **place, borderpad=0)


def _map(placed: _Placed) -> go.Heatmap:
    panel = placed.panel
    return go.Heatmap(
        name=panel.name,
        z=[list(row) for row in panel.values],
        xaxis=f"x{placed.axis}",
        yaxis=f"y{placed.axis}",
        coloraxis="coloraxis",
        hovertext=[
            [_tip(panel, row, column, value) for column, value in enumerate(values)]
            for row, values in enumerate(panel.values)
        ],
        hovertemplate=HOVER,
        xgap=1,
        ygap=1,
    )


def _tip(panel: MatrixPanel, row: int, column: int, value: float) -> str:
    where = panel.unit.format(row=row + 1, column=column + 1)
    return f"<b>{escaped(panel.name)}</b><br>{escaped(where)}: {cell_words(value)}"


def cell_words(value: float) -> str:
    """A cell's value to three digits, a large one to two in powers of ten; zero is exact."""
    if value == 0:
        return "exactly 0"
    return _sized(value) if math.isfinite(value) and abs(value) >= _LARGE else minus(f"{value:.3g}")


def _sized(value: float) -> str:
    """A finite number to two digits: ``−4.1·10⁹``."""
    size = power_words(math.log10(abs(value))) if value else "0"
    return f"−{size}" if value < 0 else size


def _axes(placed: _Placed) -> dict[str, Any]:
    """A panel's axes: square cells, at the panel's upper left corner."""
    left, right, bottom, top = placed.box
    values, name = placed.panel.values, placed.axis
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    across = {"domain": [left, right], "range": [-0.5, len(values[0]) - 0.5], "constraintoward": "left"}
    down = {"domain": [bottom, top], "range": [len(values) - 0.5, -0.5], "constraintoward": "top"}
    return {
        f"xaxis{name}": {**bare, **across, "title": {"text": ""}, "anchor": f"y{name}"},
        f"yaxis{name}": {**bare, **down, "anchor": f"x{name}", "scaleanchor": f"x{name}"},
    }


def _frame(placed: _Placed) -> dict[str, Any]:
    """A line around the panel, since cells without a colour belong to it too."""
    values, name = placed.panel.values, placed.axis
    ends = {"x0": -0.5, "x1": len(values[0]) - 0.5, "y0": -0.5, "y1": len(values) - 0.5}
    return {"type": "rect", "xref": f"x{name}", "yref": f"y{name}", **ends, "line": {"color": MUTED, "width": 1}}


def _colours(strips: Sequence[Strip], key: str, height: int, farthest: float, *, signed: bool) -> dict[str, Any]:
    """One colour scale for all panels, with its key below them."""
    values = (value for strip in strips for panel in strip.panels for row in panel.values for value in row)
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0) or 1.0
    most = min(largest, farthest)
    if largest > most:
        key = f"{key}: colours end at {_sized(most)}, the largest is {_sized(largest)}"
    ticks = [most * tick / _TICKS for tick in range(-_TICKS if signed else 0, _TICKS + 1)]
    words = [inked(_sized(tick)) for tick in ticks]
    bar = colour_bar(escaped(key), -6 / height, tickvals=ticks, ticktext=words)
    return {"colorscale": scale_name(Colours.CIVIDIS, signed=signed), "cmin": -most if signed else 0.0, "cmax": most,
            "colorbar": bar}  # fmt: skip
