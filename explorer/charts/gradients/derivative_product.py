"""The product of the derivatives of many activations in a row, against their number, and the smallest float32."""

import math
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import annotation, line_across, line_up
from explorer.charts.axes import plain_axis
from explorer.charts.figure_text import HOVER
from explorer.charts.gradients.activations import CHOSEN
from explorer.charts.log_axis import power_axis, round_counts
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.gradients.activation_functions import Product, amount, peak, product, typical_factor
from explorer.gradients.number_words import LOG10_TINY
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from explorer.text.quantities import counted

_HEIGHT = 300  # pixels of the plot
_SHALLOWEST = 60  # the axis shows at least this many layers


def product_chart(chosen: Activation, layers: int) -> go.Figure:
    """The largest possible and the typical product of derivatives, against their number, and the smallest float32.

    The vertical axis is one of logarithms, since most products are smaller than a float can hold.

    Raises:
        ValueError: there is less than one layer.
    """
    there = product(chosen, layers)
    end = _axis_end(layers)
    far = product(chosen, end)
    low, high = min(far.log10_bound, far.log10_typical, LOG10_TINY), max(far.log10_bound, 0.0)
    margin = 0.1 * (high - low)
    return styled(
        [
            _product_line(chosen, end, "at most: largest f′ to the power of L", "dash", bound=True),
            _product_line(chosen, end, "typical: z standard normal", "solid", bound=False),
            _marks(there),
        ],
        f"{OPTION_LABELS[chosen]}: the product of L derivatives",
        f"At L = {layers:,}: at most {amount(there.log10_bound, up=True)}, typically {amount(there.log10_typical)}\n"
        "The activation alone, weights not counted",
        plot_height=_HEIGHT,
        legend=2,
        xaxis={**plain_axis("L, activations in a row", (0, end)), "zeroline": False, "nticks": 7},
        yaxis=power_axis("Product of derivatives", (low - margin, high + margin)),
        shapes=_lines(layers),
        annotations=_line_words(layers, end, far.log10_typical),
        dragmode=False,
    )


def _axis_end(layers: int) -> int:
    return max(_SHALLOWEST, math.ceil(1.15 * layers))


def _counts(end: int) -> list[int]:
    """Numbers of layers from 0 to ``end``: all, or about a hundred."""
    return sorted({round(end * step / 100) for step in range(101)})


def _product_line(chosen: Activation, end: int, name: str, dash: str, *, bound: bool) -> go.Scatter:
    factor = math.log10(peak(chosen).size if bound else typical_factor(chosen))
    counts = _counts(end)
    said = [amount(count * factor, up=bound) for count in counts]
    return go.Scatter(
        mode="lines",
        name=name,
        x=counts,
        y=[count * factor for count in counts],
        hovertext=[
            f"{counted(count, 'activation')}<br>{'at most' if bound else 'typically'} {text}"
            for count, text in zip(counts, said, strict=True)
        ],
        hovertemplate=HOVER,
        line={"color": CHOSEN, "width": 3, "dash": dash},
    )


def _marks(there: Product) -> go.Scatter:
    """Marks on both lines at the chosen number of layers."""
    points = (("at most", there.log10_bound), ("typically", there.log10_typical))
    symbols = {"symbol": ["circle-open", "circle"], "line": {"width": 2, "color": CHOSEN}}
    return go.Scatter(
        mode="markers",
        x=[there.layers] * 2,
        y=[log10 for _, log10 in points],
        hovertext=[
            f"{counted(there.layers, 'activation')}<br>{what} {amount(log10, up=what == 'at most')}"
            for what, log10 in points
        ],
        hovertemplate=HOVER,
        showlegend=False,
        marker={"size": 10, "color": CHOSEN, **symbols},
    )


def _lines(layers: int) -> list[dict[str, Any]]:
    """A line at the smallest float32, and one at the chosen number of layers."""
    return [line_across(LOG10_TINY, layer="below"), line_up(layers, layer="below")]


def _line_words(layers: int, end: int, lowest: float) -> list[dict[str, Any]]:
    """The names of the two lines; ``lowest`` is the logarithm of the typical product at the end of the axis.

    The typical product crosses the smallest float32 at ``LOG10_TINY`` / ``lowest`` of the axis. The words stand on the
    other side, and beside the line at the chosen number of layers if there is room for both.
    """
    way = LOG10_TINY / lowest
    crowded = layers > end / 2
    beside = {"x": layers, "xanchor": "right" if crowded else "left", "xshift": -4 if crowded else 4}
    if way > 0.45:
        place = {"x": 0, "xanchor": "left", "xshift": 0, "y": LOG10_TINY, "yanchor": "top"}
    else:
        edge = {"x": end, "xanchor": "right", "xshift": 0}
        place = {**(edge if way > 0.38 else beside), "y": LOG10_TINY, "yanchor": "bottom"}
    return [
        annotation("smallest float32", **place),
        annotation(f"L = {layers:,}", **beside, yref="paper", y=1, yanchor="top"),
    ]


def product_alt_text(chosen: Activation, layers: int) -> str:
    """The chart in words: both products at ``layers``, and from how many layers on they are below float32."""
    there = product(chosen, layers)
    bound, typical = amount(there.log10_bound, up=True), amount(there.log10_typical)
    return (
        f"The product of derivatives of {OPTION_LABELS[chosen]} against their number, on a logarithmic axis, "
        f"and the smallest float32, {amount(LOG10_TINY)}. "
        f"Of {counted(layers, 'activation')} it is at most {bound} and typically {typical}, weights not counted. "
        f"{_fall('The bound', there.largest)} {_fall('The typical product', there.typical)}"
    )


def _fall(what: str, factor: float) -> str:
    if factor >= 1:
        return f"{what} never falls below the smallest float32."
    return (
        f"{what} is below the smallest float32 from {math.floor(LOG10_TINY / math.log10(factor)) + 1:,} activations on."
    )


def product_rows(chosen: Activation, layers: int) -> list[Row]:
    """Both lines at round numbers of layers and at ``layers``, with their logarithms."""
    counts = sorted({layers, *(count for count in round_counts() if count <= _axis_end(layers))})
    return [
        {
            "layers": each.layers,
            "at most": amount(each.log10_bound, up=True),
            "typical": amount(each.log10_typical),
            "log10 at most": each.log10_bound,
            "log10 typical": each.log10_typical,
        }
        for each in (product(chosen, count) for count in counts)
    ]
