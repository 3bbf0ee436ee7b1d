"""A quantity over the first steps of training, block by step: a heat map for each network, all on one colour scale."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import annotation
from explorer.charts.figure_text import HOVER, TEXT, escaped, inked, labels
from explorer.charts.gradients.losses import after, step_axis, stops
from explorer.charts.gradients.network_axis import place_ticks
from explorer.charts.log_axis import SYMBOLS, power_ticks
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import AXIS, LEGEND_LINE, colour_bar, empty_chart, styled
from explorer.charts.reading_marks import marker_entry
from explorer.charts.table_twin import Row, distinct_names
from explorer.gradients.number_words import reading_text, reading_words
from explorer.gradients.quantity import Quantity
from explorer.gradients.trend_values import FirstSteps, Grid
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState

COLOURS = "cividis"  # perceptually uniform, and the same to every eye (Nuñez, Anderton, Renslow 2018)
_ROW, _LEAST, _MOST = 16, 150, 300  # pixels of a row, and a panel's least and greatest height
_PHONE = 270.0  # pixels of a panel's width on a phone
_GAP = 34  # pixels above a panel, for its name
_BAR_LINES = 3  # lines of the legend that the key to the colours takes
_DECADE = 1.0  # the colours span at least this, so that small differences look small
_MARKED = (ReadingState.UNDERFLOW, ReadingState.ZERO, ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER)
_WORDS: Mapping[ReadingState, str] = {ReadingState.UNDERFLOW: "values below float32"}


@dataclass(frozen=True)
class _Scene:
    """The runs that are drawn, each in a panel."""

    runs: tuple[FirstSteps, ...]
    names: tuple[str, ...]
    quantity: Quantity

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(grid(run, self.quantity) for run in self.runs)

    @cached_property
    def places(self) -> tuple[tuple[str, ...], ...]:
        return tuple(self.quantity.places(run.flows[0]) for run in self.runs)

    @cached_property
    def readings(self) -> tuple[FlowReading, ...]:
        return tuple(reading for each in self.grids for row in each for reading in row)

    @cached_property
    def span(self) -> tuple[float, float]:
        """Common logarithms at both ends of the colours."""
        sizes = [reading.log10 for reading in self.readings if reading.finite]
        low, high = min(sizes, default=0.0), max(sizes, default=0.0)
        missing = max(_DECADE - (high - low), 0.0)
        return low - missing / 2, high + missing / 2

    @cached_property
    def states(self) -> list[ReadingState]:
        """The states that occur and have a mark."""
        found = {reading.state for reading in self.readings}
        return [state for state in _MARKED if state in found]

    @cached_property
    def heights(self) -> list[int]:
        """Each panel's height in pixels."""
        return [min(max(_ROW * len(places), _LEAST), _MOST) for places in self.places]

    @property
    def plot_height(self) -> int:
        return sum(self.heights) + _GAP * len(self.heights)

    def mark_size(self, number: int) -> float:
        """The size in pixels of a mark that fits its cell on a phone."""
        high = self.heights[number] / len(self.places[number])
        wide = _PHONE / (max(run.steps for run in self.runs) + 1)
        return max(min(9.0, 0.7 * high, 0.7 * wide), 3.0)

    def domain(self, number: int) -> list[float]:
        """A panel's lower and upper end in parts of the plot's height, from the bottom."""
        top = self.plot_height - sum(self.heights[:number]) - _GAP * (number + 1)
        return [(top - self.heights[number]) / self.plot_height, top / self.plot_height]


def grid(run: FirstSteps, quantity: Quantity) -> Grid:
    """The run's readings, place by step."""
    return tuple(zip(*(quantity.readings(flow) for flow in run.flows), strict=True))


def first_steps_chart(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> go.Figure:
    """A panel for each network: SGD steps to the right, places from the input (top) to the output; colour is size.

    Readings below float32, zero, overflow and NaN have a mark in their cell, and no colour if their logarithm is
    unknown. If training stopped, the subtitle says why and the rest of the panel is empty.
    """
    if not runs:
        return empty_chart("First steps: nothing measured yet")
    scene = _Scene(tuple(runs), tuple(names), quantity)
    panels = range(len(runs))
    marks = [trace for number in panels for trace in _marks(scene, number)]
    lines = math.ceil(len(scene.states) / 2)  # of the legend on a phone
    return styled(
        [*(_cells(scene, number) for number in panels), *marks, *map(_key, scene.states)],
        f"{quantity.label}, over the first SGD steps",
        "\n".join([f"rows: {_rows(quantity)}, the input at the top", *stops(runs, names)]),
        plot_height=scene.plot_height,
        legend=4 * (lines + _BAR_LINES),
        xaxis={**step_axis(runs), "anchor": _axis("y", len(runs) - 1)},
        **{_axis("yaxis", number): _place_axis(scene, number) for number in panels},
        annotations=[_panel_name(scene, number) for number in panels],
        coloraxis=_colours(scene, lines),
        dragmode=False,
    )


def _rows(quantity: Quantity) -> str:
    return "weighted layers" if quantity is Quantity.WEIGHT else "blocks"


def _axis(letter: str, number: int) -> str:
    return f"{letter}{number + 1 if number else ''}"


def _cells(scene: _Scene, number: int) -> go.Heatmap:
    rows, places = scene.grids[number], scene.places[number]
    label = labels(scene.names)[number]
    return go.Heatmap(
        name=label,
        yaxis=_axis("y", number),
        z=[[reading.log10 if reading.finite else None for reading in row] for row in rows],
        hovertext=[
            [f"<b>{label}</b><br>{escaped(place)}<br>{after(step)}: {reading_words(reading)}"
             for step, reading in enumerate(row)]
            for place, row in zip(places, rows, strict=True)
        ],
        hovertemplate=HOVER,
        hoverongaps=True,
        coloraxis="coloraxis",
    )  # fmt: skip


def _marks(scene: _Scene, number: int) -> Iterator[go.Scatter]:
    """A trace of marks for each state in this panel; a mark is black or white, whichever is seen better on its cell."""
    for state in scene.states:
        cells = [
            (step, row, reading)
            for row, readings in enumerate(scene.grids[number])
            for step, reading in enumerate(readings)
            if reading.state is state
        ]
        if cells:
            yield go.Scatter(
                mode="markers",
                name=str(state),
                yaxis=_axis("y", number),
                x=[step for step, _, _ in cells],
                y=[row for _, row, _ in cells],
                hoverinfo="skip",
                showlegend=False,
                marker={
                    "symbol": SYMBOLS[state],
                    "size": scene.mark_size(number),
                    "color": [_ink(scene, reading) for _, _, reading in cells],
                    "line": {"width": 1.2, "color": [_ink(scene, reading) for _, _, reading in cells]},
                },
            )


def _ink(scene: _Scene, reading: FlowReading) -> str:
    """The colour of a mark on the reading's cell; a cell without a colour shows the page."""
    if not reading.finite:
        return MUTED
    low, high = scene.span
    return "#000000" if (reading.log10 - low) / (high - low) > 0.5 else "#FFFFFF"


def _key(state: ReadingState) -> go.Scatter:
    return marker_entry(_WORDS.get(state, str(state)), SYMBOLS[state], MUTED)


def _place_axis(scene: _Scene, number: int) -> dict[str, Any]:
    """An axis of places from the top down, with stages named in their middle."""
    places, height = scene.places[number], scene.heights[number]
    ticks = place_ticks(places, height, upright=True)
    return {
        "domain": scene.domain(number),
        "range": [len(places) - 0.5, -0.5],
        "tickvals": [place for place, _ in ticks],
        "ticktext": [inked(escaped(name)) for _, name in ticks],
        "tickfont": {"size": TEXT},
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _panel_name(scene: _Scene, number: int) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom"}
    return annotation(f"<b>{labels(scene.names, 40)[number]}</b>", **place, y=scene.domain(number)[1])


def _colours(scene: _Scene, lines: int) -> dict[str, Any]:
    """One colour scale for all panels; its key is below the legend's ``lines``."""
    low, high = scene.span
    ticks = power_ticks(low, high, 5)
    bar = colour_bar(
        f"{scene.quantity.symbol}, log scale",
        -(AXIS + LEGEND_LINE * lines) / scene.plot_height,
        tickvals=[height for height, _ in ticks],
        ticktext=[inked(words) for _, words in ticks],
    )
    return {"colorscale": COLOURS, "cmin": low, "cmax": high, "colorbar": bar}


def first_steps_alt_text(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> str:
    """The heat maps in words: the numbers at both ends of each network, before the first step and after the last."""
    if not runs:
        return "First steps: nothing measured yet."
    said = [_course(run, name, quantity) for run, name in zip(runs, names, strict=True)]
    return f"{quantity.label}, over the first SGD steps, from input to output. {' '.join(said)}"


def _course(run: FirstSteps, name: str, quantity: Quantity) -> str:
    first, last = (_ends(flow, quantity) for flow in (run.flows[0], run.flows[-1]))
    stopped = f" {run.stopped}" if run.stopped else ""
    return f"{name}: {first} before the first step, {last} after step {len(run.flows) - 1:,}.{stopped}"


def _ends(flow: GradientFlow, quantity: Quantity) -> str:
    readings = quantity.readings(flow)
    return f"{reading_words(readings[0])} to {reading_words(readings[-1])}"


def first_steps_rows(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> list[Row]:
    """The heat maps' numbers, a row for each network's place and a column for each step."""
    most = max((len(run.flows) for run in runs), default=0)
    rows: list[Row] = []
    for run, name in zip(runs, distinct_names(names), strict=True):
        for place, readings in zip(quantity.places(run.flows[0]), grid(run, quantity), strict=True):
            texts = [*map(reading_text, readings), *[""] * (most - len(readings))]
            rows.append({"network": name, "place": place, **{f"step {step}": text for step, text in enumerate(texts)}})
    return rows
