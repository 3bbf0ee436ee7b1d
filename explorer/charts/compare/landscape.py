"""Parameters against MACs on log axes: published networks, a sweep around one, a budget, and the best inside it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.axes import axis_words
from explorer.charts.compare.landscape_points import BEST, best_points, preset_points, swept_points
from explorer.charts.compare.landscape_words import HEIGHT, budget_words, preset_names
from explorer.charts.figure_text import inked
from explorer.charts.plotly_style import empty_chart, styled
from explorer.compare.landscape import Budget, Candidate
from explorer.network.names import name_of
from explorer.text.quantities import human

_DECADES = 7  # ticks on an axis with a word each; a phone would turn the words of more on end
# The digits that have a tick in each decade, on an axis of many, several and few decades.
_PARAMS_DIGITS: Mapping[int, tuple[int, ...]] = {1: (1,), 2: (1, 3), 3: (1, 2, 5)}
_MACS_DIGITS: Mapping[int, tuple[int, ...]] = {1: (1,), 2: (1,), 3: (1, 3)}


def landscape_chart(
    presets: Sequence[Candidate], swept: Sequence[Candidate], best: Sequence[Candidate], budget: Budget | None
) -> go.Figure:
    """A point for each network; ``landscape_points.link_of`` turns its ``customdata`` into the text of a link.

    Published networks have their name beside them where there is room, torchvision's first; hover labels name all.
    """
    shown = [*presets, *swept, *best]
    if not shown:
        return empty_chart("Parameters against MACs: no network to show", HEIGHT)
    ranges = _ranges(shown, budget)
    traces = [
        *swept_points(tuple(swept)),
        *(preset_points(presets) if presets else ()),
        *(best_points(best) if best else ()),
    ]
    return styled(
        traces,
        "Parameters against MACs, log axes",
        f"Shaded: {budget.words}" if budget else "",
        plot_height=HEIGHT,
        legend=sum(trace.showlegend is not False for trace in traces),
        xaxis=_axis("Parameters", ranges[0], _PARAMS_DIGITS),
        yaxis=_axis("MACs (multiply-adds for one image)", ranges[1], _MACS_DIGITS),
        shapes=_budget_shapes(budget),
        annotations=[*preset_names(presets, [*swept, *best], ranges, budget), *budget_words(budget, ranges)],
        dragmode=False,
    )


def _ranges(shown: Sequence[Candidate], budget: Budget | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both axes' limits as common logarithms, with a margin around all points and the budget's corner."""
    xs = [candidate.totals.params for candidate in shown] + ([budget.max_params] if budget else [])
    ys = [candidate.totals.macs for candidate in shown] + ([budget.max_macs] if budget else [])
    return _range(xs), _range(ys)


def _range(values: Sequence[int]) -> tuple[float, float]:
    low, high = math.log10(max(min(values), 1)), math.log10(max(values))
    margin = max(0.06 * (high - low), 0.1)
    return low - margin, high + margin


def _axis(title: str, limits: tuple[float, float], digits: Mapping[int, tuple[int, ...]]) -> dict[str, Any]:
    """A log axis whose ticks are words: ``1 M``, ``10 M``, ``1 G``; the fewer decades, the more ticks a decade."""
    decades = limits[1] - limits[0]
    steps = digits[1] if decades > 4 else digits[2] if decades > 1.5 else digits[3]
    powers = range(math.floor(limits[0]), math.ceil(limits[1]) + 1)
    every = math.ceil(decades / _DECADES)
    ticks = [digit * 10.0**power for power in powers if power % every == 0 for digit in steps]
    ticks = [tick for tick in ticks if limits[0] <= math.log10(tick) <= limits[1]]
    return {
        "type": "log",
        **axis_words(title),
        "range": list(limits),
        "tickvals": ticks,
        "ticktext": [inked(human(tick)) for tick in ticks],
        "automargin": True,
        "zeroline": False,
    }


def _budget_shapes(budget: Budget | None) -> list[dict[str, Any]]:
    """The area inside the budget, shaded, with a dashed line at each limit."""
    if budget is None:
        return []
    line = {"color": BEST, "width": 1.5, "dash": "dash"}
    corner = {"x0": 1, "x1": budget.max_params, "y0": 1, "y1": budget.max_macs}
    area = {"type": "rect", "fillcolor": BEST, "opacity": 0.08, "line": {"width": 0}, "layer": "below", **corner}
    right = {"type": "line", "line": line, **corner, "x0": budget.max_params}
    top = {"type": "line", "line": line, **corner, "y0": budget.max_macs}
    return [area, right, top]


def landscape_alt_text(
    presets: Sequence[Candidate], swept: Sequence[Candidate], best: Sequence[Candidate], budget: Budget | None
) -> str:
    """The landscape in words: the number of networks, their range, and the best inside the budget."""
    shown = [*presets, *swept]
    if not shown:
        return "Parameters against MACs: no network to show."
    params = [candidate.totals.params for candidate in shown]
    macs = [candidate.totals.macs for candidate in shown]
    first = (
        f"Parameters against MACs of {len(presets):,} published and {len(swept):,} swept networks, from "
        f"{human(min(params))} parameters and {human(min(macs))} MACs to {human(max(params))} and {human(max(macs))}."
    )
    if not budget:
        return first
    inside = f"With {budget.words}" + (f", the best is {name_of(best[0].config)}." if best else ", none is chosen.")
    return f"{first} {inside}"
