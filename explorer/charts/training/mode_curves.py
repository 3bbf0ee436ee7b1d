"""Accuracy in training mode against the size of a batch, mixed and sorted by class, beside evaluation mode."""

from math import log2

import plotly.graph_objects as go

from explorer.charts.annotations import line_across, words_at
from explorer.charts.axes import percent_axis, ticked_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import NetworkStyle, network_style
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.text.quantities import capitalised, counted, percent
from explorer.training.modes.values import BatchOrder, BatchOutcome, ModeComparison

_HEIGHT = 270  # pixels of the plot


def order_style(order: BatchOrder) -> NetworkStyle:
    """How each order of pictures is drawn in all charts."""
    return network_style(list(BatchOrder).index(order))


def mode_curves_chart(found: ModeComparison, name: str) -> go.Figure:
    """A line for each order of pictures: percent right in training mode, batches growing to the right."""
    sizes = sorted({each.size for each in found.batches})
    places = [log2(size) for size in sizes] or [0.0]
    evaluated, guess = percent(found.right, found.pictures), percent(1, found.config.num_classes)
    height = 100 * found.right / found.pictures
    return styled(
        [_line(found, order) for order in BatchOrder],
        f"{name}: right in training mode",
        f"{counted(found.pictures, 'test picture')}, the same in both orders; nothing is trained",
        plot_height=_HEIGHT,
        legend=len(BatchOrder),
        xaxis=ticked_axis(
            "Pictures in a batch",
            [(place, str(size)) for place, size in zip(places, sizes, strict=False)],
            range=[places[0] - 0.2, places[-1] + 0.2],
            showgrid=False,
        ),
        yaxis=percent_axis("Pictures right (%)", (0, 108)),
        shapes=[line_across(height, dash=""), line_across(100 / found.config.num_classes, dash="dash")],
        annotations=[
            words_at(f"evaluation mode {evaluated}", height, "bottom"),
            words_at(f"guessing {guess}", 100 / found.config.num_classes, "top", right=True),
        ],
        dragmode=False,
    )


def _line(found: ModeComparison, order: BatchOrder) -> go.Scatter:
    style, outcomes = order_style(order), found.of(order)
    return go.Scatter(
        mode="lines+markers",
        name=capitalised(order),
        x=[log2(each.size) for each in outcomes],
        y=[100 * each.right / found.pictures for each in outcomes],
        hovertext=[escaped(f"{order}, {_said(each, found)}") for each in outcomes],
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2.5, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 9},
    )


def _said(each: BatchOutcome, found: ModeComparison) -> str:
    return f"batches of {each.size}: {percent(each.right, found.pictures)} right"


def mode_curves_alt_text(found: ModeComparison, name: str) -> str:
    """The chart in words: evaluation mode, and every size in each order."""
    said = [
        f"{capitalised(order)}: {', '.join(_said(each, found) for each in found.of(order))}." for order in BatchOrder
    ]
    evaluated = percent(found.right, found.pictures)
    return f"{name}: right in training mode. Evaluation mode: {evaluated}. {' '.join(said)}"


def mode_curves_rows(found: ModeComparison) -> list[Row]:
    """The chart's numbers, a row for evaluation mode and one for each size and order."""
    rows: list[Row] = [
        {"mode": "evaluation", "order": "any", "batch": "any", "right": found.right, "lost": 0, "mended": 0}
    ]
    for order in BatchOrder:
        for each in found.of(order):
            counts = {"right": each.right, "lost": each.lost, "mended": each.mended}
            rows.append({"mode": "training", "order": str(order), "batch": str(each.size), **counts})
    return rows
