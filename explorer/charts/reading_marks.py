"""What charts of readings share: a mark for each state, the area of a range, names for a table's columns."""

import math
from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from explorer.charts.log_axis import SYMBOLS, ReadingAxis
from explorer.charts.plotly_style import HOVER, NETWORKS, NetworkStyle
from explorer.gradients.values import Band, FlowReading, ReadingState

_OPACITY = 0.22


def style_of(number: int) -> NetworkStyle:
    """Of any number of networks: from the fifth on a colour with another one's mark, so that no two are the same."""
    style = NETWORKS[number % len(NETWORKS)]
    other = NETWORKS[(number + number // len(NETWORKS)) % len(NETWORKS)]
    return NetworkStyle(style.colour, other.pattern, other.symbol, other.dash)


def ranges(band: Band) -> bool:
    """Whether the seeds differ."""
    return _known(band.low) != _known(band.high)


def _known(reading: FlowReading) -> tuple[ReadingState, float]:
    """What tells a reading from another; NaN is NaN."""
    return reading.state, 0.0 if math.isnan(reading.log10) else reading.log10


def symbol_of(reading: FlowReading, row: ReadingState | None, symbol: str) -> str:
    """The mark of a reading: the network's own, open where it comes from below float32, or its row's."""
    if row:
        return SYMBOLS[row]
    return f"{symbol}-open" if reading.state is ReadingState.UNDERFLOW else symbol


def translucent(colour: str, opacity: float) -> str:
    """``#RRGGBB`` with an opacity, as plotly wants it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def range_area(
    scale: ReadingAxis, xs: Sequence[float], bands: Sequence[Band], colour: str, *, alone: float
) -> go.Scatter:
    """From the lowest to the highest seed, as areas parted by gaps.

    A new area begins where an end of the range enters or leaves a row, for nothing is between a number and a row. An
    area of a single place reaches ``alone`` to either side.
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
    """Marks, joined where neighbours are numbers: a line into a row of what is none would be a made-up slope.

    ``tips`` are what hovering says, ``picks`` the marks' ``customdata``.
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
        # A click picks a place; it is no reason for all others to fade.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def legend_entry(style: NetworkStyle) -> go.Scatter:
    """The legend's entry, whose mark is the network's own whatever state its first number is in."""
    return go.Scatter(
        mode="lines+markers",
        x=[None],
        y=[None],
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
    )


def told_apart(names: Sequence[str]) -> list[str]:
    """Names for columns, numbered where some are the same."""
    if len(set(names)) == len(names):
        return list(names)
    return [f"{name} ({number})" for number, name in enumerate(names, 1)]
