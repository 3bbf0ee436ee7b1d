"""The first steps of training, a number block by step: a heat map for each network, all in one colour scale."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

from explorer.charts.gradients.losses import after, losses_alt_text, losses_chart, losses_rows, step_axis, stops
from explorer.charts.gradients.network_axis import place_ticks
from explorer.charts.log_axis import SYMBOLS, power_ticks
from explorer.charts.plotly_style import HOVER, MUTED, TEXT, escaped, inked, labels, styled
from explorer.charts.reading_marks import told_apart
from explorer.gradients.number_words import reading_text, reading_words
from explorer.gradients.quantity import Quantity
from explorer.gradients.trend_values import FirstSteps, Grid
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState

__all__ = [
    "first_steps_alt_text",
    "first_steps_chart",
    "first_steps_rows",
    "losses_alt_text",
    "losses_chart",
    "losses_rows",
]

COLOURS = "cividis"  # perceptually uniform, and the same to every eye (Nuñez, Anderton, Renslow 2018)
_ROW, _LEAST, _MOST = 16, 150, 300  # pixels of a row, and of a panel at least and at most
_PHONE = 270.0  # pixels of a panel's width there
_GAP = 34  # pixels between panels, for a name
_AXIS, _LEGEND_LINE = 58, 26  # pixels that ``styled`` keeps for the axis's words and a line of the legend
_BAR_LINES = 3  # of the legend's, that the colours' key takes
_DECADE = 1.0  # that the colours span at least, so that small differences look small
_MARKED = (ReadingState.UNDERFLOW, ReadingState.ZERO, ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER)
_WORDS: Mapping[ReadingState, str] = {ReadingState.UNDERFLOW: "values below float32"}


@dataclass(frozen=True)
class _Scene:
    """What is drawn: a panel for each network."""

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
        """Logarithms at both ends of the colours."""
        sizes = [reading.log10 for reading in self.readings if reading.finite]
        low, high = min(sizes, default=0.0), max(sizes, default=0.0)
        missing = max(_DECADE - (high - low), 0.0)
        return low - missing / 2, high + missing / 2

    @cached_property
    def states(self) -> list[ReadingState]:
        """States that are marked."""
        found = {reading.state for reading in self.readings}
        return [state for state in _MARKED if state in found]

    @cached_property
    def heights(self) -> list[int]:
        """Pixels of each panel."""
        return [min(max(_ROW * len(places), _LEAST), _MOST) for places in self.places]

    @property
    def plot_height(self) -> int:
        return sum(self.heights) + _GAP * len(self.heights)

    def mark_size(self, number: int) -> float:
        """Pixels of a mark that stays in its cell on a phone."""
        high = self.heights[number] / len(self.places[number])
        wide = _PHONE / (max(run.steps for run in self.runs) + 1)
        return max(min(9.0, 0.7 * high, 0.7 * wide), 3.0)

    def domain(self, number: int) -> list[float]:
        """Where a panel is, in parts of the plot's height, from the bottom."""
        top = self.plot_height - sum(self.heights[:number]) - _GAP * (number + 1)
        return [(top - self.heights[number]) / self.plot_height, top / self.plot_height]


def grid(run: FirstSteps, quantity: Quantity) -> Grid:
    """The run's numbers, place by step."""
    return tuple(zip(*(quantity.readings(flow) for flow in run.flows), strict=True))


def first_steps_chart(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> go.Figure:
    """A panel for each network: SGD steps to the right, places from the input (top) to the output, colour the number.

    What is not measured has a mark in its cell, and no colour where no logarithm is known. Where training stopped, the
    subtitle says why and the rest of the panel is empty.
    """
    if not runs:
        return styled([], "First steps: nothing measured yet", "", plot_height=80)
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
    """A trace for each state that is marked in this panel: black or white on colour, whatever is easier to see."""
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
    """What is seen on the reading's cell; one without a colour shows the page."""
    if not reading.finite:
        return MUTED
    low, high = scene.span
    return "#000000" if (reading.log10 - low) / (high - low) > 0.5 else "#FFFFFF"


def _key(state: ReadingState) -> go.Scatter:
    """A legend's entry for a mark."""
    return go.Scatter(
        mode="markers",
        name=_WORDS.get(state, str(state)),
        x=[None],
        y=[None],
        marker={"symbol": SYMBOLS[state], "size": 9, "color": MUTED, "line": {"width": 1.5, "color": MUTED}},
    )


def _place_axis(scene: _Scene, number: int) -> dict[str, Any]:
    """Places from the top down, stages named in their middle."""
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
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "paper",
        "y": scene.domain(number)[1],
        "yanchor": "bottom",
        "text": inked(f"<b>{labels(scene.names, 40)[number]}</b>"),
        "font": {"size": TEXT},
        "showarrow": False,
    }


def _colours(scene: _Scene, lines: int) -> dict[str, Any]:
    """One colour scale for all panels, its key below everything else."""
    low, high = scene.span
    ticks = power_ticks(low, high, 5)
    below = _AXIS + _LEGEND_LINE * lines
    return {
        "colorscale": COLOURS,
        "cmin": low,
        "cmax": high,
        "colorbar": {
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": -below / scene.plot_height,
            "yanchor": "top",
            "thickness": 12,
            "len": 1,
            "title": {"text": inked(f"{scene.quantity.symbol}, log scale"), "side": "top", "font": {"size": TEXT}},
            "tickvals": [height for height, _ in ticks],
            "ticktext": [inked(words) for _, words in ticks],
            "tickfont": {"size": TEXT},
            "tickangle": 0,
            "outlinewidth": 0,
        },
    }


def first_steps_alt_text(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> str:
    """The heat maps in words, for those who do not see them: both ends of each network before and after."""
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


def first_steps_rows(runs: Sequence[FirstSteps], names: Sequence[str], quantity: Quantity) -> list[dict[str, object]]:
    """The heat maps' numbers, a place of a network a row and a step a column."""
    most = max((len(run.flows) for run in runs), default=0)
    rows: list[dict[str, object]] = []
    for run, name in zip(runs, told_apart(names), strict=True):
        for place, readings in zip(quantity.places(run.flows[0]), grid(run, quantity), strict=True):
            texts = [*map(reading_text, readings), *[""] * (most - len(readings))]
            rows.append({"network": name, "place": place, **{f"step {step}": text for step, text in enumerate(texts)}})
    return rows
