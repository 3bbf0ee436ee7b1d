"""Small heat maps in a grid, all in one colour scale: weights and feature maps, each cell a square one can read.

Rows and columns count from the top left corner, as matrices and pictures do. Signed maps have ColorBrewer's RdBu, the
others cividis, as on the other pages.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from explorer.charts.cam.overlay import Colours, scale_name
from explorer.charts.plotly_style import HOVER, MUTED, TEXT, escaped, inked, styled
from explorer.text.quantities import minus

_HEADING, _NAME, _GAP = 28, 24, 14  # pixels of a row's heading, of a panel's name, and below the panels
_APART = 0.035  # of the width, between panels
_KEY = 8  # entries of a legend as high as the colours' key


@dataclass(frozen=True, slots=True)
class MatrixPanel:
    """One heat map: its name and its values, row by row. ``unit`` is what a cell is called: ``W[2, 5]``."""

    name: str
    values: Sequence[Sequence[float]]
    unit: str = "row {row}, column {column}"


@dataclass(frozen=True, slots=True)
class Strip:
    """Panels beside each other under a heading, plain text; an empty heading takes no room."""

    heading: str
    panels: Sequence[MatrixPanel]


def panels_chart(
    strips: Sequence[Strip], title: str, subtitle: str, key: str, *, signed: bool = True, side: int = 130
) -> go.Figure:
    """The strips below each other; ``key`` says what the colours are, ``side`` is a panel's height in pixels.

    On a phone panels shrink to what fits beside each other. Signed colours reach as far below zero as above.
    """
    heights = [(_HEADING if strip.heading else 0) + _NAME + side + _GAP for strip in strips]
    total, columns = sum(heights), max(len(strip.panels) for strip in strips)
    traces: list[go.Heatmap] = []
    axes: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    number = 0
    for row, strip in enumerate(strips):
        top = total - sum(heights[:row])
        if strip.heading:
            notes.append(_words(f"<b>{escaped(strip.heading)}</b>", 0, (top - _HEADING + 2) / total))
            top -= _HEADING
        for column, panel in enumerate(strip.panels):
            number += 1
            box = _box(column, columns, (top - _NAME) / total, side / total)
            traces.append(_map(panel, number))
            axes |= _axes(panel, number, box)
            notes.append(_words(escaped(panel.name), box[0], (top - _NAME + 1) / total))
    return styled(
        traces,
        title,
        subtitle,
        plot_height=total,
        legend=_KEY,
        annotations=notes,
        shapes=[_frame(panel, place) for place, panel in enumerate(_panels(strips), 1)],
        coloraxis=_colours(strips, key, total, signed=signed),
        dragmode=False,
        **axes,
    )


def _box(column: int, columns: int, top: float, height: float) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a panel in parts of the plot."""
    wide = (1 - _APART * (columns - 1)) / columns
    left = column * (wide + _APART)
    return left, min(left + wide, 1.0), max(top - height, 0.0), top


def _words(html: str, x: float, y: float) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": x, "y": y, "xanchor": "left", "yanchor": "bottom"}
    return {**place, "text": inked(html), "showarrow": False, "font": {"size": TEXT}, "borderpad": 0}


def _map(panel: MatrixPanel, number: int) -> go.Heatmap:
    return go.Heatmap(
        name=panel.name,
        z=[list(row) for row in panel.values],
        xaxis=f"x{number}",
        yaxis=f"y{number}",
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
    """A cell's value to three digits; zero is exact."""
    return "exactly 0" if value == 0 else minus(f"{value:.3g}")


def _axes(panel: MatrixPanel, number: int, box: tuple[float, float, float, float]) -> dict[str, Any]:
    """Square cells, kept at the panel's upper left corner."""
    left, right, bottom, top = box
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    name = "" if number == 1 else str(number)
    across, down = len(panel.values[0]), len(panel.values)
    return {
        f"xaxis{name}": {
            **bare,
            "title": {"text": ""},
            "domain": [left, right],
            "range": [-0.5, across - 0.5],
            "anchor": f"y{name}",
            "constraintoward": "left",
        },
        f"yaxis{name}": {
            **bare,
            "domain": [bottom, top],
            "range": [down - 0.5, -0.5],
            "anchor": f"x{name}",
            "scaleanchor": f"x{name}",
            "constraintoward": "top",
        },
    }


def _frame(panel: MatrixPanel, number: int) -> dict[str, Any]:
    """A line round the panel: cells without a colour, and those of the page's own, still are part of it."""
    across, down = len(panel.values[0]), len(panel.values)
    name = "" if number == 1 else str(number)
    ends = {"x0": -0.5, "x1": across - 0.5, "y0": -0.5, "y1": down - 0.5}
    return {"type": "rect", "xref": f"x{name}", "yref": f"y{name}", **ends, "line": {"color": MUTED, "width": 1}}


def _panels(strips: Sequence[Strip]) -> Iterator[MatrixPanel]:
    return (panel for strip in strips for panel in strip.panels)


def _values(strips: Sequence[Strip]) -> Iterator[float]:
    return (value for panel in _panels(strips) for row in panel.values for value in row)


def _colours(strips: Sequence[Strip], key: str, height: int, *, signed: bool) -> dict[str, Any]:
    """One scale for all panels, its key below them."""
    most = max((abs(value) for value in _values(strips) if math.isfinite(value)), default=0.0) or 1.0
    return {
        "colorscale": scale_name(Colours.CIVIDIS, signed=signed),
        "cmin": -most if signed else 0.0,
        "cmax": most,
        "colorbar": {
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": -6 / height,
            "yanchor": "top",
            "thickness": 12,
            "len": 1,
            "nticks": 5,
            "title": {"text": inked(escaped(key)), "side": "top", "font": {"size": TEXT}},
            "tickfont": {"size": TEXT},
            "tickprefix": inked("|").split("|", maxsplit=1)[0],
            "ticksuffix": inked("|").split("|")[1],
            "tickangle": 0,
            "outlinewidth": 0,
        },
    }
