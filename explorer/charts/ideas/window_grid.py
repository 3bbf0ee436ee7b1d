"""A convolution's window on a small grid: the cells of the map that one cell of the output reads."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import annotation
from explorer.charts.figure_text import HOVER
from explorer.charts.palette import MUTED, ROLE_COLOURS, translucent
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import marker_entry
from explorer.charts.table_twin import Row
from explorer.ideas.grid import GridSetting, grid_sentence
from explorer.network.layer import Role

_WINDOW = ROLE_COLOURS[Role.CONV3X3]
_FILLS = (translucent(MUTED, 0.18), translucent(_WINDOW, 0.3), _WINDOW)  # padding; map and output; chosen
_PADDING, _CELL, _CHOSEN = range(3)
_SIDE, _NAME = 290, 26  # pixels of the grids and of their names
_APART = 1.5  # cells between both grids
_PHONE = 330.0  # pixels of both grids on a phone
Place = tuple[int, int]
"""Row and column, from 0 at the map's first cell; those of the padding are below 0 or beyond the map."""


def grid_chart(setting: GridSetting) -> go.Figure:
    """The map with its padding, and the output beside it; the chosen cell and the cells it reads are dark.

    The trace "output" has a mark on each cell of the output, with its row and column from 1 as ``customdata``.
    """
    pad, side, out = setting.padding, setting.side, setting.output
    total = side + 2 * pad
    start = total + _APART  # of the output on the common axis
    end, size = start + out, max(total, out)
    name = f"{side}×{side}{f', padding {pad}' if pad else ''}"
    return styled(
        [*_cells(setting, start), *_marks(setting, total, end), _picks(setting, start, end)],
        "Which cells an output reads",
        f"{setting.window.formula(side)}\noutput row {setting.row}, column {setting.column}",
        plot_height=_SIDE + _NAME,
        legend=4,
        xaxis={**_bare(-0.5, end - 0.5), "title": {"text": ""}, "constraintoward": "left"},
        yaxis={
            **_bare(size - 0.5, -0.5),
            "domain": [0, _SIDE / (_SIDE + _NAME)],
            "scaleanchor": "x",
            "constraintoward": "top",
        },
        annotations=[_words(f"map {name}", -0.5, "left"), _words(f"output {out}×{out}", end - 0.5, "right")],
        dragmode=False,
    )


def _bare(first: float, last: float) -> dict[str, Any]:
    return {"visible": False, "fixedrange": True, "range": [first, last], "constrain": "domain"}


def _words(text: str, x: float, anchor: str) -> dict[str, Any]:
    return annotation(text, x=x, xanchor=anchor, yref="paper", y=1, yanchor="top", borderpad=0)


def _read(setting: GridSetting) -> set[Place]:
    """Cells that the chosen output reads, those of the padding included."""
    down, across = (setting.window.reads(place - 1) for place in (setting.row, setting.column))
    return {(row, column) for row in down for column in across}


def _unread(setting: GridSetting) -> set[Place]:
    """Cells of the map that no output reads."""
    unread, sides = set(setting.window.unread(setting.side)), range(setting.side)
    return {(row, column) for row in sides for column in sides if row in unread or column in unread}


def _in_map(setting: GridSetting, place: Place) -> bool:
    return min(place) >= 0 and max(place) < setting.side


def _cells(setting: GridSetting, start: float) -> Iterator[go.Heatmap]:
    """Both grids as coloured cells."""
    pad, side = setting.padding, setting.side
    read, never = _read(setting), _unread(setting)
    places = [[(row, column) for column in range(-pad, side + pad)] for row in range(-pad, side + pad)]

    def kind(place: Place) -> int | None:
        if place in read:
            return _CHOSEN
        return None if place in never else _CELL if _in_map(setting, place) else _PADDING

    yield _grid(
        0, [[kind(place) for place in line] for line in places], [[_tip(setting, p) for p in q] for q in places]
    )
    outs = range(1, setting.output + 1)
    chosen = (setting.row, setting.column)
    kinds: list[list[int | None]] = [[_CHOSEN if (row, column) == chosen else _CELL for column in outs] for row in outs]
    yield _grid(start, kinds, [[f"output row {row}, column {column}" for column in outs] for row in outs])


def _grid(start: float, kinds: list[list[int | None]], tips: list[list[str]]) -> go.Heatmap:
    steps = [(place, fill) for kind, fill in enumerate(_FILLS) for place in (kind / 3, (kind + 1) / 3)]
    return go.Heatmap(
        x0=start,
        dx=1,
        y0=0,
        dy=1,
        z=kinds,
        zmin=-0.5,
        zmax=2.5,
        colorscale=steps,
        showscale=False,
        hovertext=tips,
        hovertemplate=HOVER,
        hoverongaps=True,
        xgap=1,
        ygap=1,
    )


def _tip(setting: GridSetting, place: Place) -> str:
    row, column = place
    what = f"map row {row + 1}, column {column + 1}" if _in_map(setting, place) else "padding"
    if place in _read(setting):
        return f"{what}, read by the chosen output"
    return f"{what}, never read" if place in _unread(setting) else what


def _marks(setting: GridSetting, total: int, end: float) -> Iterator[go.Scatter]:
    """Marks in the cells, for people who cannot see the colours, with their legend entries."""
    pad, read, never = setting.padding, _read(setting), _unread(setting)
    edge = {place for place in read if not _in_map(setting, place)}
    size = max(min(0.45 * min(_PHONE / end, _SIDE / max(total, setting.output)), 11.0), 3.0)
    for name, places, symbol, colour in (
        ("read by the output", read - edge, "circle", "#FFFFFF"),
        ("padding that it reads, zeros", edge, "circle-open", "#FFFFFF"),
        ("never read by any", never, "x-thin", MUTED),
    ):
        marker = {"symbol": symbol, "size": size, "color": colour, "line": {"width": 1.5, "color": colour}}
        if places:
            found = sorted(places)
            yield go.Scatter(
                mode="markers",
                name=name,
                x=[column + pad for _, column in found],
                y=[row + pad for row, _ in found],
                hoverinfo="skip",
                showlegend=False,
                marker=marker,
            )
            yield _key(name, symbol, colour)


def _key(name: str, symbol: str, colour: str) -> go.Scatter:
    """A legend entry; white marks take the window's colour there, since the page's background may be white."""
    return marker_entry(name, symbol, MUTED if colour == MUTED else _WINDOW)


def _picks(setting: GridSetting, start: float, end: float) -> go.Scatter:
    """An invisible mark on each cell of the output, to click on."""
    places = [(row, column) for row in range(setting.output) for column in range(setting.output)]
    return go.Scatter(
        mode="markers",
        name="output",
        x=[start + column for _, column in places],
        y=[row for row, _ in places],
        customdata=[[row + 1, column + 1] for row, column in places],
        hovertext=[f"output row {row + 1}, column {column + 1}" for row, column in places],
        hovertemplate=HOVER,
        showlegend=False,
        marker={"symbol": "square", "size": max(0.8 * _PHONE / end, 5.0), "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def grid_alt_text(setting: GridSetting) -> str:
    """The grids in words."""
    return f"A grid of the map and one of its output, a window of {setting.kernel}×{setting.kernel}. " + grid_sentence(
        setting
    )


def grid_rows(setting: GridSetting) -> list[Row]:
    """The rows of the map, from 1, that each row of the output reads; columns are the same."""
    return [
        {
            "output row (or column)": index + 1,
            "reads": ", ".join(
                str(row + 1) if 0 <= row < setting.side else "padding" for row in setting.window.reads(index)
            ),
        }
        for index in range(setting.output)
    ]
