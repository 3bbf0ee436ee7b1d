"""Each network's cross-entropy over the first steps of training."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.axes import ticked_axis
from explorer.charts.figure_text import labels
from explorer.charts.log_axis import scale_for
from explorer.charts.palette import network_style
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import joined_marks, legend_entry
from explorer.charts.table_twin import Row, distinct_names
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.values import FlowReading, ReadingState

_WIDE = 100  # the axis is logarithmic if losses differ by more than this factor
_NAMES = {ReadingState.OVERFLOW: "infinite"}


def losses_chart(runs: Sequence[FirstSteps], names: Sequence[str]) -> go.Figure:
    """A line for each network; marks carry the number of steps taken as ``customdata``.

    The axis is logarithmic if losses differ more than a hundredfold. A loss that is infinite or NaN stands in a row of
    its own at the top, and the subtitle says why the training stopped.
    """
    if not runs:
        return empty_chart("Loss over the first steps: nothing measured yet")
    readings = [FlowReading.of(loss) for run in runs for loss in run.losses]
    sizes = [reading.log10 for reading in readings if reading.finite]
    log = bool(sizes) and max(sizes) - min(sizes) > math.log10(_WIDE)
    scale = scale_for(readings, log=log)
    traces = []
    for number, (run, name) in enumerate(zip(runs, labels(names), strict=True)):
        style = network_style(number)
        tips = [f"<b>{name}</b><br>{after(step)}: loss {loss_words(loss)}" for step, loss in enumerate(run.losses)]
        steps = range(len(run.losses))
        line = joined_marks(scale, steps, list(map(FlowReading.of, run.losses)), style, tips=tips, picks=steps, size=7)
        traces += [trace.update(name=name, legendgroup=name) for trace in (line, legend_entry(style))]
    return styled(
        traces,
        "Loss over the first SGD steps",
        "\n".join(stops(runs, names)),
        plot_height=scale.plot_height,
        legend=len(runs),
        xaxis=step_axis(runs),
        yaxis=scale.axis(f"Cross-entropy (nats){', log axis' if log else ''}"),
        shapes=scale.lines(),
        annotations=scale.names(_NAMES),
        dragmode=False,
    )


def after(steps: int) -> str:
    """The point in training in words: ``before the first step``, ``after step 3``."""
    return "before the first step" if not steps else f"after step {steps:,}"


def loss_words(loss: float) -> str:
    """A loss to four digits."""
    if math.isnan(loss):
        return "not a number"
    return "infinite" if math.isinf(loss) else f"{loss:.4g}"


def stops(runs: Sequence[FirstSteps], names: Sequence[str]) -> Iterator[str]:
    """A sentence for each run that stopped, with the reason."""
    for run, name in zip(runs, names, strict=True):
        if run.stopped:
            yield f"{name}: {run.stopped}"


def step_axis(runs: Sequence[FirstSteps]) -> dict[str, Any]:
    """The horizontal axis of steps for the longest run; its ticks fit on a phone."""
    most = max(run.steps for run in runs)
    step = next(size for size in (1, 2, 5, 10, 20, 50) if most / size <= 7)
    ticks = [(tick, str(tick)) for tick in range(0, most + 1, step)]
    return ticked_axis("SGD steps taken", ticks, range=[-0.5, most + 0.5], showgrid=False)


def losses_alt_text(runs: Sequence[FirstSteps], names: Sequence[str]) -> str:
    """The chart in words: each network's loss before the first step and after the last."""
    if not runs:
        return "Loss over the first steps: nothing measured yet."
    said = [_course(run, name) for run, name in zip(runs, names, strict=True)]
    return f"Cross-entropy over the first SGD steps. {' '.join(said)}"


def _course(run: FirstSteps, name: str) -> str:
    start = f"{name}: {loss_words(run.losses[0])} before the first step"
    end = f", {loss_words(run.losses[-1])} after step {len(run.losses) - 1:,}" if len(run.losses) > 1 else ""
    return f"{start}{end}.{f' {run.stopped}' if run.stopped else ''}"


def losses_rows(runs: Sequence[FirstSteps], names: Sequence[str]) -> list[Row]:
    """The losses as text, a row for each number of steps and a column for each network."""
    most = max((len(run.losses) for run in runs), default=0)
    columns = dict(zip(distinct_names(names), runs, strict=True))
    return [
        {
            "steps": step,
            **{
                name: loss_words(run.losses[step]) if step < len(run.losses) else "stopped"
                for name, run in columns.items()
            },
        }
        for step in range(most)
    ]
