"""Activation functions above their derivatives.

The chosen activation has a colour that no network and no role has (tests/charts/gradients/test_activations.py measures
how far apart they are). The others differ by their dashes.
"""

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from explorer.charts.axes import plain_axis
from explorer.charts.figure_text import HOVER, TEXT, inked
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.gradients.activation_functions import amount, derivative, peak, typical_factor, value
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation

CHOSEN = "#64966E"
_DASHES: Mapping[Activation, str] = {
    Activation.RELU: "solid",
    Activation.LEAKY_RELU: "dash",
    Activation.GELU: "dot",
    Activation.SIGMOID: "dashdot",
    Activation.TANH: "longdash",
}
_END = 4.0  # the panels reach from -4 to 4: 99.99 % of a standard normal
# Zero is there twice, so that the derivative's step at a kink is upright.
_Z = np.sort(np.append(np.linspace(-_END, _END, 161), 1e-9))
_HEIGHT = 420  # pixels of both plots


def activations_chart(chosen: Activation) -> go.Figure:
    """f above f′, both against z, for every activation; the chosen one is strong and its largest derivative marked."""
    ordered = [*(each for each in Activation if each is not chosen), chosen]  # the chosen one on top
    traces = [_curve(each, chosen, slope) for each in ordered for slope in (False, True)]
    most, line = peak(chosen), {"zeroline": True, "zerolinecolor": MUTED, "zerolinewidth": 1}
    return styled(
        [*traces, _peak_marker(chosen)],
        "Activation functions and their derivatives",
        f"{OPTION_LABELS[chosen]}: f′ is at most {_most(chosen)}, {most.where}",
        plot_height=_HEIGHT,
        legend=len(Activation),
        xaxis={**plain_axis("z, what goes into the activation", (-_END, _END)), "anchor": "y2", **line},
        yaxis={**plain_axis("f(z)", (-1.3, 4.2)), "domain": [0.53, 1.0], "dtick": 1, **line},
        yaxis2={**plain_axis("derivative f′(z)", (-0.25, 1.35)), "domain": [0.0, 0.47], "dtick": 0.5, **line},
        dragmode=False,
    )


def _curve(activation: Activation, chosen: Activation, slope: bool) -> go.Scatter:
    """An activation's line in the upper panel or, with ``slope``, in the lower one."""
    name, strong = OPTION_LABELS[activation], activation is chosen
    heights = derivative(activation, _Z) if slope else value(activation, _Z)
    sign = "f′" if slope else "f"
    return go.Scatter(
        mode="lines",
        name=name,
        legendgroup=name,
        legendrank=list(Activation).index(activation) + 1,
        showlegend=not slope,
        x=_Z,
        y=heights,
        yaxis="y2" if slope else "y",
        hovertemplate=inked(f"<b>{name}</b><br>{sign}(%{{x:.3g}}) = %{{y:.4f}}") + "<extra></extra>",
        line={"color": CHOSEN if strong else MUTED, "width": 3.5 if strong else 1.5, "dash": _DASHES[activation]},
    )


def _most(activation: Activation) -> str:
    """The largest derivative in words, rounded up."""
    return amount(math.log10(peak(activation).size), 4, up=True)


def _peak_marker(chosen: Activation) -> go.Scatter:
    most = peak(chosen)
    return go.Scatter(
        mode="markers+text",
        x=[most.z],
        y=[most.size],
        yaxis="y2",
        text=[inked(f"at most {_most(chosen)}")],
        textposition="top center",
        textfont={"size": TEXT},
        hovertext=[f"<b>{OPTION_LABELS[chosen]}</b><br>largest derivative: {_most(chosen)}, {most.where}"],
        hovertemplate=HOVER,
        showlegend=False,
        marker={"size": 9, "color": CHOSEN},
    )


def activations_alt_text(chosen: Activation) -> str:
    """The chart in words: the largest derivative of the chosen activation, and those of the others."""
    others = ", ".join(f"{OPTION_LABELS[each]} {_most(each)}" for each in Activation if each is not chosen)
    return (
        f"Five activation functions above their derivatives, for inputs from −4 to 4. The derivative of "
        f"{OPTION_LABELS[chosen]} is at most {_most(chosen)}, {peak(chosen).where}; of the others: {others}."
    )


def activations_rows() -> list[Row]:
    """Each activation's largest derivative and its typical factor in a product of derivatives."""
    return [
        {
            "activation": OPTION_LABELS[each],
            "largest derivative": peak(each).size,
            "where": peak(each).where,
            "typical factor": typical_factor(each),
        }
        for each in Activation
    ]


def activation_curve_rows() -> list[Row]:
    """The chart's lines at every half, one input a row: f and f′ of every activation."""
    rows = []
    for z in np.linspace(-_END, _END, 17):
        row: Row = {"z": float(z)}
        for each in Activation:
            row[f"{OPTION_LABELS[each]} f"] = float(value(each, z))
            row[f"{OPTION_LABELS[each]} f′"] = float(derivative(each, z))
        rows.append(row)
    return rows
