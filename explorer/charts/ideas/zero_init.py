"""A block over the scale of its last norm: how far it is from its shortcut, and the gradients in it."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.plotly_style import HOVER, MUTED, axis_words, inked, number_axis, styled
from explorer.charts.reading_marks import style_of
from explorer.ideas.limits import two_digits
from explorer.ideas.zero_init import GAMMAS, ZeroInitRun, sentence

_HEIGHT = 250
Row = dict[str, str | int | float]


def distance_chart(run: ZeroInitRun) -> go.Figure:
    """How far the output is from the activated input, over γ."""
    values = [100 * step.distance for step in run.steps]
    return _lines(
        run,
        [("distance", values)],
        "How far the block is from its shortcut",
        "|output − activated input| as a part of that",
        "Distance (%)",
    )


def gradients_chart(run: ZeroInitRun) -> go.Figure:
    """The gradient norms of the branch's convolutions and of γ, over γ."""
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
    before, after = inked("|").split("|")
    vertical: dict[str, Any] = {
        **axis_words(axis),
        "range": [-0.04 * highest, 1.08 * highest],
        "tickprefix": before,
        "ticksuffix": after,
        "nticks": 5,
        "fixedrange": True,
        "zeroline": False,
        "automargin": True,
    }
    chosen = run.setting.gamma
    mark = {"type": "line", "x0": chosen, "x1": chosen, "yref": "paper", "y0": 0, "y1": 1}
    return styled(
        [_line(number, name, values) for number, (name, values) in enumerate(series)],
        title,
        f"{subtitle}; the line is at γ = {chosen:g}",
        plot_height=_HEIGHT,
        legend=len(series) if len(series) > 1 else 0,
        xaxis={**number_axis("γ, the scale of the last norm", GAMMAS[-1]), "range": [-0.05, GAMMAS[-1] + 0.05]},
        yaxis=vertical,
        shapes=[{**mark, "line": {"color": MUTED, "width": 2, "dash": "dot"}}],
        dragmode=False,
    )


def _line(number: int, name: str, values: Sequence[float]) -> go.Scatter:
    style = style_of(number)
    return go.Scatter(
        mode="lines+markers",
        name=name,
        x=list(GAMMAS),
        y=list(values),
        hovertext=[
            f"{name}<br>γ = {gamma:g}: {two_digits(value)}" for gamma, value in zip(GAMMAS, values, strict=True)
        ],
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 7},
    )


def distance_alt_text(run: ZeroInitRun) -> str:
    """The first chart in words."""
    last = 100 * run.steps[-1].distance
    return f"The distance from the shortcut over γ, from 0 to {last:.3g} % at γ = {GAMMAS[-1]:g}. {sentence(run)}"


def gradients_alt_text(run: ZeroInitRun) -> str:
    """The second chart in words."""
    return f"Gradient norms of {len(run.steps[0].convs)} convolutions and of γ, over γ. {sentence(run)}"


def zero_init_rows(run: ZeroInitRun) -> list[Row]:
    """Every γ in numbers."""
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
