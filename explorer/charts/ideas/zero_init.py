"""A block against the scale γ of its last norm: its distance from its shortcut, and the gradients in it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.annotations import line_up
from explorer.charts.axes import number_axis, plain_axis
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import series_line
from explorer.charts.table_twin import Row
from explorer.ideas.limits import two_digits
from explorer.ideas.zero_init import GAMMAS, ZeroInitRun, sentence

_HEIGHT = 250


def distance_chart(run: ZeroInitRun) -> go.Figure:
    """The output's distance from the activated input, against γ."""
    values = [100 * step.distance for step in run.steps]
    return _lines(
        run,
        [("distance", values)],
        "How far the block is from its shortcut",
        "|output − activated input| as a part of that",
        "Distance (%)",
    )


def gradients_chart(run: ZeroInitRun) -> go.Figure:
    """The gradient norms of the branch's convolutions and of γ, against γ."""
    count = len(run.steps[0].convs)
    convs = [(f"conv{number + 1}", [step.convs[number] for step in run.steps]) for number in range(count)]
    return _lines(
        run,
        [*convs, ("γ", [step.scale for step in run.steps])],
        "What learns: gradients in the branch",
        "of each convolution's weights, and of γ",
        "Gradient norm",
    )


def _lines(
    run: ZeroInitRun, series: Sequence[tuple[str, Sequence[float]]], title: str, subtitle: str, axis: str
) -> go.Figure:
    highest = max(max(values) for _, values in series) or 1.0
    chosen = run.setting.gamma
    return styled(
        [series_line(number, name, GAMMAS, values, tips=_tips(name, values), size=7)
         for number, (name, values) in enumerate(series)],
        title,
        f"{subtitle}; the line is at γ = {chosen:g}",
        plot_height=_HEIGHT,
        legend=len(series) if len(series) > 1 else 0,
        xaxis={**number_axis("γ, the scale of the last norm", GAMMAS[-1]), "range": [-0.05, GAMMAS[-1] + 0.05]},
        yaxis={**plain_axis(axis, (-0.04 * highest, 1.08 * highest)), "nticks": 5, "zeroline": False},
        shapes=[line_up(chosen, width=2)],
        dragmode=False,
    )  # fmt: skip


def _tips(name: str, values: Sequence[float]) -> list[str]:
    return [f"{name}<br>γ = {gamma:g}: {two_digits(value)}" for gamma, value in zip(GAMMAS, values, strict=True)]


def distance_alt_text(run: ZeroInitRun) -> str:
    """The first chart in words."""
    last = 100 * run.steps[-1].distance
    return f"The distance from the shortcut over γ, from 0 to {last:.3g} % at γ = {GAMMAS[-1]:g}. {sentence(run)}"


def gradients_alt_text(run: ZeroInitRun) -> str:
    """The second chart in words."""
    return f"Gradient norms of {len(run.steps[0].convs)} convolutions and of γ, over γ. {sentence(run)}"


def zero_init_rows(run: ZeroInitRun) -> list[Row]:
    """The numbers of both charts, a row for each γ."""
    return [
        {
            "γ": step.gamma,
            "distance": step.distance,
            **{f"gradient of conv{number}": value for number, value in enumerate(step.convs, 1)},
            "gradient of γ": step.scale,
            "gradient of β": step.shift,
            "back down the shortcut": step.shortcut,
            "back down the branch": step.branch,
        }
        for step in run.steps
    ]
