"""The gradient on its way back through a stack of layers, and what the activations alone would leave of it."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.axes import number_axis
from explorer.charts.figure_text import HOVER
from explorer.charts.log_axis import power_axis
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import series_line
from explorer.charts.table_twin import Row
from explorer.gradients.activation_functions import amount
from explorer.ideas.saturation import SaturationRun, sentence
from explorer.network.labels import OPTION_LABELS
from explorer.text.quantities import counted

_HEIGHT = 320


def through_chart(run: SaturationRun) -> go.Figure:
    """The gradient's size after each layer on the way back, on a logarithmic axis; zero is left out."""
    alone, layers = run.alone, run.setting.layers
    whole = {"derivatives, at most": alone.log10_bound, "derivatives, typical": alone.log10_typical}
    computed = [(name, [count * log10 / layers for count in range(layers + 1)]) for name, log10 in whole.items()]
    measured = [("without skips", list(run.plain)), ("with skips", list(run.skip))]
    finite = [value for _, values in (*computed, *measured) for value in values if math.isfinite(value)]
    margin = 0.05 * (max(finite) - min(finite)) + 0.1
    return styled(
        [
            *(_measured(number, name, values) for number, (name, values) in enumerate(measured)),
            *(_computed(name, values, dash) for (name, values), dash in zip(computed, ("dot", "dash"), strict=True)),
        ],
        "What comes back through the stack",
        f"|gradient| by that at the output\n{OPTION_LABELS[run.setting.activation]}, scale of the weights "
        f"{run.setting.gain:g}",
        plot_height=_HEIGHT,
        legend=4,
        xaxis=number_axis("Layers on the way back", layers),
        yaxis=power_axis("Part of the gradient, log axis", (min(finite) - margin, max(finite) + margin)),
        dragmode=False,
    )


def _tips(name: str, values: Sequence[float]) -> list[str]:
    words = ("nothing at all" if math.isinf(value) else amount(value) for value in values)
    return [f"{name}, after {counted(count, 'layer')}: {said}" for count, said in enumerate(words)]


def _measured(number: int, name: str, values: Sequence[float]) -> go.Scatter:
    heights = [value if math.isfinite(value) else None for value in values]
    return series_line(number, name, range(len(values)), heights, tips=_tips(name, values), size=6)


def _computed(name: str, values: Sequence[float], dash: str) -> go.Scatter:
    return go.Scatter(
        mode="lines",
        name=name,
        x=list(range(len(values))),
        y=list(values),
        hovertext=_tips(name, values),
        hovertemplate=HOVER,
        line={"color": MUTED, "width": 2, "dash": dash},
    )


def through_alt_text(run: SaturationRun) -> str:
    """The lines in words."""
    return f"Four lines over {run.setting.layers} layers on the way back, two computed, two measured. {sentence(run)}"


def through_rows(run: SaturationRun) -> list[Row]:
    """The lines' common logarithms, a row for each layer."""
    alone, layers = run.alone, run.setting.layers
    return [
        {
            "layers": count,
            "log10, derivatives at most": count * alone.log10_bound / layers,
            "log10, derivatives typical": count * alone.log10_typical / layers,
            "log10, without skips": run.plain[count],
            "log10, with skips": run.skip[count],
        }
        for count in range(layers + 1)
    ]
