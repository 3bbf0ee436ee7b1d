"""How alike gradients along a circle of inputs are, against depth: median and range of the seeds, theory beside it."""

from collections.abc import Iterator
from math import log2

import plotly.graph_objects as go

from explorer.charts.annotations import line_across
from explorer.charts.axes import plain_axis, ticked_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import MUTED, network_style, translucent
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.text.quantities import capitalised, counted, minus
from explorer.training.shattered.values import LAG, POINTS, Alike, Branches, Shattering, ShatteringStudy, theory

_HEIGHT = 280  # pixels of the plot
_MARGIN = 0.2  # of the horizontal axis
_THEORY = {Branches.PLAIN: ("Theory 2⁻ᴸ", "dot"), Branches.FULL: ("Theory (3/4)ᴸ", "dash")}


def shattering_chart(study: ShatteringStudy, alike: Alike) -> go.Figure:
    """A line and a band for each kind of network; at right angles also what the paper's theorems say."""
    depths = [each.depth for each in study.of(Branches.PLAIN)]
    laws = list(_laws(study, depths)) if alike is Alike.RIGHT_ANGLES else []
    traces = [trace for branches in Branches for trace in _network(study, branches, alike)]
    seeds = len(study.results[0].neighbours)
    return styled(
        [*traces, *laws],
        _title(alike),
        f"line: median of {counted(seeds, 'seed')}, band: their range\n{_networks(study)}",
        plot_height=_HEIGHT,
        legend=len(Branches) + len(laws),
        xaxis=ticked_axis(
            "Depth (layers)",
            [(log2(depth), str(depth)) for depth in depths],
            range=[log2(depths[0]) - _MARGIN, log2(depths[-1]) + _MARGIN],
            showgrid=False,
        ),
        yaxis=plain_axis("Correlation (1: the same)", (-0.25, 1.05)),
        shapes=[line_across(0, dash="")],
        dragmode=False,
    )


def _title(alike: Alike) -> str:
    return (
        f"Gradients of inputs {360 * LAG // POINTS}° apart"
        if alike is Alike.NEIGHBOURS
        else "Gradients of inputs at right angles"
    )


def _networks(study: ShatteringStudy) -> str:
    norm = "batch norm with frozen statistics" if study.normed else "no norm"
    return f"fully connected, {study.width} wide, at initialisation, {norm}"


def _network(study: ShatteringStudy, branches: Branches, alike: Alike) -> Iterator[go.Scatter]:
    style, found = network_style(list(Branches).index(branches)), study.of(branches)
    xs = [log2(each.depth) for each in found]
    yield go.Scatter(
        mode="lines",
        x=[*xs, *reversed(xs)],
        y=[*(max(each.of(alike)) for each in found), *(min(each.of(alike)) for each in reversed(found))],
        fill="toself",
        fillcolor=translucent(style.colour, 0.2),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    yield go.Scatter(
        mode="lines+markers",
        name=escaped(capitalised(branches)),
        x=xs,
        y=[each.median(alike) for each in found],
        hovertext=[escaped(f"{branches}, {_said(each, alike)}") for each in found],
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2.5, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
    )


def _laws(study: ShatteringStudy, depths: list[int]) -> Iterator[go.Scatter]:
    for branches, (name, dash) in _THEORY.items():
        values = [theory(branches, depth, normed=study.normed) for depth in depths]
        if None not in values:
            yield go.Scatter(
                mode="lines",
                name=name,
                x=[log2(depth) for depth in depths],
                y=values,
                hoverinfo="skip",
                line={"color": MUTED, "width": 2, "dash": dash},
            )


def _said(each: Shattering, alike: Alike) -> str:
    return minus(f"{counted(each.depth, 'layer')}: {each.median(alike):.2f}")


def shattering_alt_text(study: ShatteringStudy, alike: Alike) -> str:
    """The chart in words: each kind of network at every depth."""
    said = [
        f"{capitalised(branches)}: {', '.join(_said(each, alike) for each in study.of(branches))}."
        for branches in Branches
    ]
    return f"{_title(alike)}, {_networks(study)}. {' '.join(said)}"


def shattering_rows(study: ShatteringStudy) -> list[Row]:
    """Both charts' numbers, a row for each kind of network and depth, not rounded."""
    rows: list[Row] = []
    for each in study.results:
        row: Row = {"network": str(each.branches), "layers": each.depth}
        for alike in Alike:
            values = {"median": each.median(alike), "lowest": min(each.of(alike)), "highest": max(each.of(alike))}
            row |= {f"{alike}, {name}": value for name, value in values.items()}
        rows.append(row | {"theory": theory(each.branches, each.depth, normed=study.normed)})
    return rows
