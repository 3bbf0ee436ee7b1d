"""Activation functions with their derivatives, and the product of many derivatives against the number of layers.

Values: ``explorer.gradients.activation_functions``. The chosen activation's colour is no network's and no role's
(tests/charts/gradients/test_activations.py measures how far apart they are); the others are told apart by their dashes.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts.plotly_style import HOVER, MUTED, TEXT, axis_words, inked, styled
from explorer.gradients.activation_functions import Product, amount, derivative, peak, product, typical_factor, value
from explorer.gradients.number_words import LOG10_TINY, ten_to
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from explorer.text.quantities import counted

CHOSEN = "#A17345"
_DASHES: Mapping[Activation, str] = {
    Activation.RELU: "solid",
    Activation.LEAKY_RELU: "dash",
    Activation.GELU: "dot",
    Activation.SIGMOID: "dashdot",
    Activation.TANH: "longdash",
}
_END = 4.0  # the panels reach from -4 to 4: 99.99 % of a standard normal
# Zero twice, so that a step at a kink is upright.
_Z = np.sort(np.append(np.linspace(-_END, _END, 161), 1e-9))
_PANELS, _PRODUCT = 420, 300  # pixels of the plots
_SHALLOWEST = 60  # layers that the product's axis shows at least

Row = dict[str, str | int | float]


def activations_chart(chosen: Activation) -> go.Figure:
    """f above f′, both against z, for every activation; the chosen one strong and its largest derivative marked."""
    ordered = [*(each for each in Activation if each is not chosen), chosen]  # the chosen one on top of the others
    traces = [_curve(each, chosen, slope) for each in ordered for slope in (False, True)]
    most, line = peak(chosen), {"zeroline": True, "zerolinecolor": MUTED, "zerolinewidth": 1}
    return styled(
        [*traces, _peak_marker(chosen)],
        "Activation functions and their derivatives",
        f"{OPTION_LABELS[chosen]}: f′ is at most {_most(chosen)}, {most.where}",
        plot_height=_PANELS,
        legend=len(Activation),
        xaxis={**_axis("z, what goes into the activation", (-_END, _END)), "anchor": "y2", **line},
        yaxis={**_axis("f(z)", (-1.3, 4.2)), "domain": [0.53, 1.0], "dtick": 1, **line},
        yaxis2={**_axis("derivative f′(z)", (-0.25, 1.35)), "domain": [0.0, 0.47], "dtick": 0.5, **line},
        dragmode=False,
    )


def _axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    before, after = inked("|").split("|")
    return {
        **axis_words(title),
        "range": list(limits),
        "tickprefix": before,
        "ticksuffix": after,
        "fixedrange": True,
        "automargin": True,
    }


def _curve(activation: Activation, chosen: Activation, slope: bool) -> go.Scatter:
    """One line of the upper panel, or with ``slope`` of the lower one."""
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
    """The largest derivative in words, never below it."""
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


def product_chart(chosen: Activation, layers: int) -> go.Figure:
    """The product of so many derivatives, at most and typically, against their number; the smallest float32 beside it.

    The vertical axis is logarithmic, by its tick texts: most products are below what a float can hold.

    Raises:
        ValueError: less than one layer.
    """
    there = product(chosen, layers)
    end = max(_SHALLOWEST, math.ceil(1.15 * layers))
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
        plot_height=_PRODUCT,
        legend=2,
        xaxis={**_axis("L, activations in a row", (0, end)), "zeroline": False, "nticks": 7},
        yaxis=power_axis("Product of derivatives", (low - margin, high + margin)),
        shapes=_lines(layers),
        annotations=_line_words(layers, end, far.log10_typical),
        dragmode=False,
    )


def _counts(end: int) -> list[int]:
    """Numbers of layers from none to ``end``, a hundred or all of them."""
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
    """The reader's number of layers, on both lines."""
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


def power_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    """A linear axis of logarithms whose ticks are the powers of ten that they stand for."""
    step = next(step for step in _steps() if (limits[1] - limits[0]) / step <= 6)
    ticks = range(math.ceil(limits[0] / step) * step, math.floor(limits[1]) + 1, step)
    return {
        **axis_words(title),
        "range": list(limits),
        "tickvals": list(ticks),
        "ticktext": [inked(ten_to(tick) if tick else "1") for tick in ticks],
        "fixedrange": True,
        "automargin": True,
        "zeroline": False,
    }


def _steps() -> Sequence[int]:
    return [digit * 10**power for power in range(9) for digit in (1, 2, 5)]


def _lines(layers: int) -> list[dict[str, Any]]:
    """The smallest float32 across the plot, the reader's number of layers up it."""
    line = {"type": "line", "layer": "below", "line": {"color": MUTED, "width": 1.5, "dash": "dot"}}
    return [
        {**line, "xref": "paper", "x0": 0, "x1": 1, "y0": LOG10_TINY, "y1": LOG10_TINY},
        {**line, "yref": "paper", "y0": 0, "y1": 1, "x0": layers, "x1": layers},
    ]


def _line_words(layers: int, end: int, lowest: float) -> list[dict[str, Any]]:
    """What the two lines are; ``lowest`` is the typical product at the end of the axis.

    It crosses the smallest float32 at ``LOG10_TINY`` / ``lowest`` of the way: words stand on the side where it does
    not, and beside the reader's number of layers rather than across it where there is room for both.
    """
    common, way = {"showarrow": False, "font": {"size": TEXT}}, LOG10_TINY / lowest
    crowded = layers > end / 2
    beside = {"x": layers, "xanchor": "right" if crowded else "left", "xshift": -4 if crowded else 4}
    if way > 0.45:
        place = {"x": 0, "xanchor": "left", "xshift": 0, "y": LOG10_TINY, "yanchor": "top"}
    else:
        edge = {"x": end, "xanchor": "right", "xshift": 0}
        place = {**(edge if way > 0.38 else beside), "y": LOG10_TINY, "yanchor": "bottom"}
    return [
        {**common, "text": inked("smallest float32"), **place},
        {**common, "text": inked(f"L = {layers:,}"), **beside, "yref": "paper", "y": 1, "yanchor": "top"},
    ]


def activations_alt_text(chosen: Activation) -> str:
    """The first chart in words: what the chosen activation's derivative is at most, and the others' beside it."""
    others = ", ".join(f"{OPTION_LABELS[each]} {_most(each)}" for each in Activation if each is not chosen)
    return (
        f"Five activation functions above their derivatives, for inputs from −4 to 4. The derivative of "
        f"{OPTION_LABELS[chosen]} is at most {_most(chosen)}, {peak(chosen).where}; of the others: {others}."
    )


def product_alt_text(chosen: Activation, layers: int) -> str:
    """The second chart in words: the reader's numbers, and where the lines fall below float32."""
    there = product(chosen, layers)
    bound, typical = amount(there.log10_bound, up=True), amount(there.log10_typical)
    return (
        f"The product of derivatives of {OPTION_LABELS[chosen]} against their number, on a logarithmic axis, "
        f"and the smallest float32, {amount(LOG10_TINY)}. "
        f"Of {counted(layers, 'activation')} it is at most {bound} and typically {typical}, weights not counted. "
        f"{_fall('The bound', there.largest)} {_fall('The typical product', there.typical)}"
    )


def _fall(what: str, factor: float) -> str:
    """From how many layers on a product is below the smallest float32."""
    if factor >= 1:
        return f"{what} never falls below the smallest float32."
    return (
        f"{what} is below the smallest float32 from {math.floor(LOG10_TINY / math.log10(factor)) + 1:,} activations on."
    )


def activations_rows() -> list[Row]:
    """The numbers behind both charts, one activation a row."""
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
    """The lines of the first chart at every half, one input a row: f and f′ of every activation."""
    rows = []
    for z in np.linspace(-_END, _END, 17):
        row: Row = {"z": float(z)}
        for each in Activation:
            row[f"{OPTION_LABELS[each]} f"] = float(value(each, z))
            row[f"{OPTION_LABELS[each]} f′"] = float(derivative(each, z))
        rows.append(row)
    return rows


def product_rows(chosen: Activation, layers: int) -> list[Row]:
    """The lines of the second chart at round numbers of layers and the reader's own, with their logarithms."""
    end = max(_SHALLOWEST, math.ceil(1.15 * layers))
    counts = sorted({layers, *(count for count in _steps() if count <= end)})
    found = [product(chosen, count) for count in counts]
    return [
        {
            "layers": each.layers,
            "at most": amount(each.log10_bound, up=True),
            "typical": amount(each.log10_typical),
            "log10 at most": each.log10_bound,
            "log10 typical": each.log10_typical,
        }
        for each in found
    ]
