"""One batch norm's running statistics against those of a batch, a mark for each channel."""

from enum import StrEnum
from math import sqrt

import plotly.graph_objects as go

from explorer.charts.axes import plain_axis
from explorer.charts.figure_text import HOVER, escaped
from explorer.charts.palette import MUTED
from explorer.charts.plotly_style import styled
from explorer.charts.table_twin import Row
from explorer.charts.training.mode_curves import order_style
from explorer.text.quantities import capitalised, counted, three_digits
from explorer.training.modes.values import BatchOrder, BatchStatistics, ChannelStatistics, NormStatistics

_HEIGHT = 270  # pixels of the plot
_MARGIN = 0.06  # of the axes
_OPACITY = 0.75  # of marks, which may overlap


class Statistic(StrEnum):
    """What is drawn of each channel, in the units of the map before the norm."""

    MEAN = "mean"
    DEVIATION = "standard deviation"

    def of(self, channels: ChannelStatistics) -> tuple[float, ...]:
        """That of each channel."""
        match self:
            case Statistic.MEAN:
                return channels.means
            case Statistic.DEVIATION:
                return tuple(map(sqrt, channels.variances))


def mode_statistics_chart(found: BatchStatistics, norm: NormStatistics, statistic: Statistic) -> go.Figure:
    """The batch's statistic over the running one; on the diagonal they are the same. Both axes have one scale."""
    running = statistic.of(norm.running)
    values = [*running, *(value for order in BatchOrder for value in statistic.of(norm.of(order)))]
    margin = _MARGIN * (max(values) - min(values)) or 1.0
    low, high = min(values) - margin, max(values) + margin
    diagonal = {"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "line": {"color": MUTED, "width": 1.5}}
    return styled(
        [_marks(norm, order, statistic) for order in BatchOrder],
        f"{norm.name}: channels' {statistic}",
        f"{counted(len(running), 'channel')}; batches of {found.size}; on the line: the same",
        plot_height=_HEIGHT,
        legend=len(BatchOrder),
        xaxis=plain_axis(f"Running {statistic}", (low, high)) | {"nticks": 6},
        yaxis=plain_axis(f"The batch's {statistic}", (low, high)) | {"nticks": 6},
        shapes=[{**diagonal, "layer": "below"}],
        dragmode=False,
    )


def _marks(norm: NormStatistics, order: BatchOrder, statistic: Statistic) -> go.Scatter:
    style, running, batch = order_style(order), statistic.of(norm.running), statistic.of(norm.of(order))
    return go.Scatter(
        mode="markers",
        name=capitalised(order),
        x=running,
        y=batch,
        hovertext=[
            escaped(f"channel {number}, {order}: {three_digits(own)}, running {three_digits(expected)}")
            for number, (own, expected) in enumerate(zip(batch, running, strict=True))
        ],
        hovertemplate=HOVER,
        marker={"color": style.colour, "symbol": style.symbol, "size": 8, "opacity": _OPACITY},
    )


def mode_statistics_alt_text(norm: NormStatistics, statistic: Statistic) -> str:
    """The chart in words: the range of each order's batch beside that of the running statistics."""
    each = {"running": norm.running} | {str(order): norm.of(order) for order in BatchOrder}
    said = [
        f"{name} from {three_digits(min(statistic.of(channels)))} to {three_digits(max(statistic.of(channels)))}"
        for name, channels in each.items()
    ]
    return f"{norm.name}: channels' {statistic}. {capitalised(', '.join(said))}."


def mode_statistics_rows(norm: NormStatistics) -> list[Row]:
    """Both charts' numbers, a row for each channel, not rounded."""
    each = {"running": norm.running} | {str(order): norm.of(order) for order in BatchOrder}
    return [
        {"channel": channel}
        | {
            f"{statistic}, {name}": statistic.of(channels)[channel]
            for statistic in Statistic
            for name, channels in each.items()
        }
        for channel in range(len(norm.running.means))
    ]
