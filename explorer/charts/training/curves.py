"""Training curves: a line for each network, and behind it the range of recorded seeds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from explorer.charts.axes import number_axis, percent_axis, ticked_axis
from explorer.charts.figure_text import HOVER, labels
from explorer.charts.palette import NetworkStyle, network_style, translucent
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.table_twin import Row, distinct_names
from explorer.text.quantities import capitalised, three_digits
from explorer.training.curve import Axis, Measure, Spread
from explorer.training.run import TrainingRun, last_batches

_HEIGHT = 250
_RANGE = 0.18  # opacity
_LEAST_LOSS = 1e-6  # the axis ends here: a loss can be 0, and below it differences say nothing any more
_POINTS = 400  # of a line at most; a screen shows no more
_MARKS = 7  # on a line that has hundreds of points


@dataclass(frozen=True, slots=True)
class Curves:
    """Runs and their names. ``pictures`` is the size of the training set; ``spreads`` are drawn behind their runs."""

    runs: tuple[TrainingRun, ...]
    names: tuple[str, ...]
    pictures: int
    spreads: tuple[Spread | None, ...] = ()

    def until(self, step: int) -> "Curves":
        """Returns the curves cut off after ``step`` steps."""
        runs = tuple(run.until(step) for run in self.runs)
        return replace(self, runs=runs, spreads=tuple(each and each.until(step) for each in self.spreads))


def training_chart(curves: Curves, measure: Measure, axis: Axis, until: int | None = None) -> go.Figure:
    """A line for each network's ``measure``; the loss has a logarithmic axis, accuracies one from 0 to 100.

    With ``until``, a number of steps, lines and ranges end there while both axes stay: a replay.
    """
    if not any(run.steps for run in curves.runs):
        return empty_chart(f"{capitalised(measure)}: nothing trained yet")
    drawn = curves if until is None else curves.until(until)
    pen = _Pen(drawn, measure, axis)
    traces = [trace for number in range(len(curves.runs)) for trace in pen.traces(number)]
    seeds = " Shaded: recorded seeds, lowest to highest." if any(curves.spreads) else ""
    batches = f"mean of {last_batches(curves.runs)}, training mode."
    mode = "evaluation mode." if measure is Measure.TEST_ACCURACY else batches
    stops = [f"{name}: {run.stopped}" for run, name in zip(drawn.runs, curves.names, strict=True) if run.stopped]
    return styled(
        traces,
        f"{capitalised(measure)} of {curves.runs[0].data}",
        "\n".join([mode + seeds, *stops]),
        plot_height=_HEIGHT,
        # A name with its seed or rate fills a phone's line: with this room the legend stays clear of the axis's words.
        legend=len(curves.runs) * (2 if _repeated(curves.runs) else 1),
        xaxis=number_axis(axis.words, _end(curves, axis)),
        yaxis=_upwards(curves, measure),
        dragmode=False,
    )


def _end(curves: Curves, axis: Axis) -> float:
    """The horizontal axis's end: that of the recipe, or the latest second so far."""
    if axis is Axis.SECONDS:
        return max(run.seconds[-1] for run in curves.runs if run.steps)
    return max(axis.at(run, run.recipe.steps, curves.pictures) for run in curves.runs)


def _upwards(curves: Curves, measure: Measure) -> dict[str, Any]:
    if measure is not Measure.TRAIN_LOSS:
        return percent_axis(measure.axis)
    low, high = _decades(curves)
    tens = [(10.0**power, three_digits(10.0**power)) for power in range(low, high + 1)]
    return ticked_axis(measure.axis, tens, type="log", range=[low, high], automargin=True)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws lines of one measure along one axis."""

    curves: Curves
    measure: Measure
    axis: Axis

    def traces(self, number: int) -> Iterator[go.Scatter]:
        """A network's line, and the range of seeds behind it."""
        run, style = self.curves.runs[number], _style(self.curves.runs, number)
        spread = self.curves.spreads[number] if self.curves.spreads and self.axis is not Axis.SECONDS else None
        if spread:
            yield _range(spread, [self.axis.at(run, step, self.curves.pictures) for step in spread.steps], style)
        yield self._line(run, labels(self.curves.names)[number], style)

    def _line(self, run: TrainingRun, name: str, style: NetworkStyle) -> go.Scatter:
        loss = self.measure is Measure.TRAIN_LOSS
        points = _points(run, self.measure)
        unit = "" if loss else " %"
        few = self.measure is Measure.TEST_ACCURACY or len(points) == 1
        marked = few or _repeated(self.curves.runs)
        return go.Scatter(
            mode="lines+markers" if marked else "lines",
            name=name,
            x=[self.axis.at(run, step, self.curves.pictures) for step, _ in points],
            y=[max(value, _LEAST_LOSS) if loss else value for _, value in points],
            hovertext=[f"<b>{name}</b><br>after {step:,} steps: {three_digits(value)}{unit}" for step, value in points],
            hovertemplate=HOVER,
            line={"color": style.colour, "width": 2.5, "dash": style.dash},
            marker={"symbol": style.symbol, "size": 7, "color": style.colour, "maxdisplayed": 0 if few else _MARKS},
        )


def _repeated(runs: Sequence[TrainingRun]) -> bool:
    """Whether a network is there twice, from another seed or with another rate."""
    return len({run.config for run in runs}) < len(runs)


def _style(runs: Sequence[TrainingRun], number: int) -> NetworkStyle:
    """Colour and mark of a run's network, and a dash of its own; of its seed or rate where a network is there twice."""
    configs = [run.config for run in runs]
    style = network_style(list(dict.fromkeys(configs)).index(configs[number]))
    if not _repeated(runs):
        return style
    return replace(style, dash=network_style(configs[:number].count(configs[number])).dash)


def _decades(curves: Curves) -> tuple[int, int]:
    """The powers of ten around all losses, at least from a tenth to ten: the axis stays while curves grow."""
    lines = (value for run in curves.runs for _, value in _points(run, Measure.TRAIN_LOSS))
    ranges = (value for spread in filter(None, curves.spreads) for value in (*spread.low, *spread.high))
    values = [max(value, _LEAST_LOSS) for value in (*lines, *ranges) if math.isfinite(value)]
    return math.floor(math.log10(min(0.1, *values))), math.ceil(math.log10(max(10, *values)))


def _points(run: TrainingRun, measure: Measure) -> list[tuple[int, float]]:
    """Steps and finite values, thinned to what a screen can show; the last one stays."""
    known = [(step, value) for step, value in zip(*measure.of(run), strict=True) if math.isfinite(value)]
    every = -(-len(known) // _POINTS) or 1
    return [point for place, point in enumerate(known) if place % every == 0 or place == len(known) - 1]


def _range(spread: Spread, xs: Sequence[float], style: NetworkStyle) -> go.Scatter:
    every = -(-len(xs) // _POINTS) or 1
    low, high = ([max(value, _LEAST_LOSS) for value in each[::every]] for each in (spread.low, spread.high))
    across = xs[::every]
    return go.Scatter(
        mode="lines",
        x=[*across, *reversed(across)],
        y=[*low, *reversed(high)],
        fill="toself",
        fillcolor=translucent(style.colour, _RANGE),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def training_alt_text(curves: Curves, measure: Measure) -> str:
    """The chart in words: where each network begins and ends."""
    if not curves.runs:
        return f"{capitalised(measure)}: nothing trained yet."
    return f"{capitalised(measure)} of {curves.runs[0].data}. {' '.join(_said(curves, measure))}"


def _said(curves: Curves, measure: Measure) -> Iterator[str]:
    for run, name in zip(curves.runs, curves.names, strict=True):
        points = _points(run, measure)
        if not points:
            yield f"{name}: nothing yet."
            continue
        (first, start), (last, end) = points[0], points[-1]
        unit = "" if measure is Measure.TRAIN_LOSS else " %"
        course = f"{three_digits(start)}{unit} after {first:,} steps, {three_digits(end)}{unit} after {last:,}"
        yield f"{name}: {course}. {run.stopped}".rstrip()


def training_rows(curves: Curves, measure: Measure, every: int = 10) -> list[Row]:
    """The values as a table, a row for every tenth step or each evaluation, a column for each network."""
    columns = {
        name: dict(zip(*measure.of(run), strict=True))
        for name, run in zip(distinct_names(curves.names), curves.runs, strict=True)
    }
    steps = sorted(set().union(*columns.values()))
    if measure is not Measure.TEST_ACCURACY:
        steps = [step for step in steps if step % every == 0 or step == steps[-1]]
    return [
        {"steps": step, **{name: three_digits(each[step]) if step in each else "" for name, each in columns.items()}}
        for step in steps
    ]
