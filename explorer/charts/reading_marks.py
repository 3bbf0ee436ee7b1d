"""Marks and lines that several charts share: readings in any state, the seeds' range, plain series, legend entries."""

import math
from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from explorer.charts.figure_text import HOVER
from explorer.charts.log_axis import SYMBOLS, ReadingAxis
from explorer.charts.palette import MUTED, NetworkStyle, network_style, translucent
from explorer.gradients.seed_bands import Band
from explorer.gradients.values import FlowReading, ReadingState

_OPACITY = 0.22
NO_FADING = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
"""Keeps all marks of a trace as they are when a click selects one."""


def ranges(band: Band) -> bool:
    """Whether the seeds' readings differ."""
    return _key(band.low) != _key(band.high)


def _key(reading: FlowReading) -> tuple[ReadingState, float]:
    """State and size; two that are NaN count as equal."""
    return reading.state, 0.0 if math.isnan(reading.log10) else reading.log10


def symbol_of(reading: FlowReading, row: ReadingState | None, symbol: str) -> str:
    """A reading's mark: that of its ``row`` if it stands in one, otherwise ``symbol``, open if it is below float32."""
    if row:
        return SYMBOLS[row]
    return f"{symbol}-open" if reading.state is ReadingState.UNDERFLOW else symbol


def range_area(
    scale: ReadingAxis, xs: Sequence[float], bands: Sequence[Band], colour: str, *, alone: float
) -> go.Scatter:
    """The areas between the lowest and the highest seed.

    A new area begins where an end of the range enters or leaves a state's row, since there is nothing between a number
    and a row. An area of a single place reaches ``alone`` units to either side.
    """

    def rows(index: int) -> tuple[ReadingState | None, ReadingState | None]:
        return scale.row_of(bands[index].low), scale.row_of(bands[index].high)

    across: list[float | None] = []
    upwards: list[float | None] = []
    for _, run in groupby(range(len(xs)), rows):
        where = list(run)
        places = [float(xs[index]) for index in where]
        if len(where) == 1:
            where, places = where * 2, [places[0] - alone, places[0] + alone]
        across += [*places, *reversed(places), None]
        upwards += [scale.height(bands[index].low) for index in where]
        upwards += [*(scale.height(bands[index].high) for index in reversed(where)), None]
    return go.Scatter(
        mode="lines",
        x=across[:-1],
        y=upwards[:-1],
        fill="toself",
        fillcolor=translucent(colour, _OPACITY),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def joined_marks(
    scale: ReadingAxis,
    xs: Sequence[float],
    readings: Sequence[FlowReading],
    style: NetworkStyle,
    *,
    tips: Sequence[str],
    picks: Sequence[str | int],
    size: int,
) -> go.Scatter:
    """A mark for each reading, joined by a line where neighbours are numbers.

    A line to a mark in a state's row would show a slope that nobody measured. ``tips`` are the hover labels and
    ``picks`` the marks' ``customdata``.
    """
    points: list[tuple[float | None, float | None, str | int, str, str]] = []
    for x, reading, pick, tip in zip(xs, readings, picks, tips, strict=True):
        row = scale.row_of(reading)
        gap = [(None, None, "", "", style.symbol)] if row else []
        points += [*gap, (x, scale.height(reading), pick, tip, symbol_of(reading, row, style.symbol)), *gap]
    across, upwards, customdata, texts, symbols = zip(*points, strict=True)
    return go.Scatter(
        mode="lines+markers",
        x=across,
        y=upwards,
        customdata=customdata,
        hovertext=texts,
        hovertemplate=HOVER,
        showlegend=False,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={
            "color": style.colour,
            "symbol": symbols,
            "size": size,
            "line": {"width": 1.5, "color": style.colour},
        },
        **NO_FADING,
    )


def legend_entry(style: NetworkStyle) -> go.Scatter:
    """A network's entry in the legend, with its own mark whatever state its first reading has."""
    return go.Scatter(
        mode="lines+markers",
        x=[None],
        y=[None],
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
    )


def series_line(
    number: int, name: str, xs: Sequence[float], ys: Sequence[float | None], *, tips: Sequence[str], size: int
) -> go.Scatter:
    """A line with marks of ``size`` pixels in the style of network ``number``; None leaves a gap."""
    style = network_style(number)
    return go.Scatter(
        mode="lines+markers",
        name=name,
        x=list(xs),
        y=list(ys),
        hovertext=list(tips),
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": size},
    )


def crosses(
    name: str, xs: Sequence[float], ys: Sequence[float], *, picks: Sequence[str], tips: Sequence[str]
) -> go.Scatter:
    """Grey crosses where a number is missing; ``picks`` are their ``customdata``."""
    return go.Scatter(
        mode="markers",
        name=name,
        x=list(xs),
        y=list(ys),
        customdata=list(picks),
        hovertext=list(tips),
        hovertemplate=HOVER,
        marker={"symbol": "x", "size": 9, "color": MUTED},
    )


def marker_entry(name: str, symbol: str, colour: str) -> go.Scatter:
    """A legend entry for a marker."""
    line = {"width": 1.5, "color": colour}
    marker = {"symbol": symbol, "size": 9, "color": colour, "line": line}
    return go.Scatter(mode="markers", name=name, x=[None], y=[None], marker=marker)
