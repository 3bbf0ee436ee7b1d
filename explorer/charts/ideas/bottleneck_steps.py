"""The bottleneck beside two 3×3 convolutions, as bars with a part for each convolution."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.annotations import beside
from explorer.charts.axes import amount_axis
from explorer.charts.bar_rows import BAR, row_layout
from explorer.charts.figure_text import HOVER
from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.compare.budget import Measure
from explorer.ideas.bottleneck_steps import BottleneckSteps, ConvStep, sentence
from explorer.network.labels import ROLE_LABELS

_NAMES = ("bottleneck", "two 3×3")


def bottleneck_chart(found: BottleneckSteps, measure: Measure) -> go.Figure:
    """Weights or MACs of both blocks, stacked by convolution."""
    layout = row_layout([("", _NAMES)])
    totals = found.totals(measure)
    bars = [
        bar
        for steps, place in zip((found.bottleneck, found.basic), layout.places[0], strict=True)
        for bar in _bars(steps, place, measure)
    ]
    noun = "MACs" if measure is Measure.MACS else "weights"
    return styled(
        bars,
        f"A bottleneck against two 3×3 convolutions: {noun}",
        f"reduction {found.setting.ratio}, {found.setting.channels:,} channels, stride {found.setting.stride}",
        plot_height=layout.height,
        legend=4 * len(found.bottleneck),  # a phone gets a line for each
        barmode="overlay",
        annotations=beside(totals, layout.places[0], [measure.words(total) for total in totals]),
        xaxis=amount_axis(measure, 0, 1.35 * max(totals)),
        yaxis=layout.axis,
        dragmode=False,
    )


def _bars(steps: Sequence[ConvStep], place: float, measure: Measure) -> list[go.Bar]:
    bars, start = [], 0
    for step in steps:
        amount = step.amount(measure)
        formula = step.macs_formula if measure is Measure.MACS else step.weights_formula
        bars.append(
            go.Bar(
                orientation="h",
                width=BAR,
                base=[start],
                x=[amount],
                y=[place],
                name=ROLE_LABELS[step.role],
                legendgroup=step.role,
                showlegend=place < 1,  # the upper block has each role once
                hovertext=[f"<b>{step.name}</b><br>{formula}"],
                hovertemplate=HOVER,
                marker={"color": ROLE_COLOURS[step.role], "line": {"width": 1, "color": "#FFFFFF"}},
            )
        )
        start += amount
    return bars


def bottleneck_alt_text(found: BottleneckSteps, measure: Measure) -> str:
    """The bars in words."""
    ours, theirs = (measure.words(total) for total in found.totals(measure))
    noun = "MACs" if measure is Measure.MACS else "weights"
    return f"Two bars: the bottleneck has {ours} {noun}, two 3×3 convolutions {theirs}. {sentence(found)}"


def bottleneck_rows(found: BottleneckSteps) -> list[Row]:
    """Each convolution with its shapes and formulas."""
    return [
        {
            "block": name,
            "convolution": step.name,
            "input": f"{step.inputs:,}×{step.before:,}×{step.before:,}",
            "output": f"{step.outputs:,}×{step.after:,}×{step.after:,}",
            "side": step.shape_formula,
            "weights": step.weights_formula,
            "MACs": step.macs_formula,
        }
        for name, steps in zip(_NAMES, (found.bottleneck, found.basic), strict=True)
        for step in steps
    ]
