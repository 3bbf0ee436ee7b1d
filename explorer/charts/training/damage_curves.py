"""Accuracy under growing damage: against the number of blocks cut at random, or against Kendall's tau of their order.

Veit et al. 2016 (arXiv:1605.06431), figure 5: deleting several modules, and reordering them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import line_across, words_at
from explorer.charts.axes import percent_axis, plain_axis, ticked_axis
from explorer.charts.figure_text import HOVER, labels
from explorer.charts.palette import network_style, translucent
from explorer.charts.plotly_style import empty_chart, styled
from explorer.charts.reading_marks import NO_FADING
from explorer.charts.table_twin import Row, distinct_names
from explorer.text.quantities import counted, percent
from explorer.training.damage.outcome import Band, DamageCurve, chance

_HEIGHT = 260  # pixels of the plot
_MARGIN = 0.03  # of the horizontal axis


def damage_curves_chart(curves: Sequence[DamageCurve], names: Sequence[str], *, shuffled: bool = False) -> go.Figure:
    """For each network the median accuracy in percent over the seeds, and their range as a band.

    The damage grows to the right: blocks cut, or with ``shuffled`` Kendall's tau of the blocks' order, from 1 down. The
    whole network stands at the left end.
    """
    title = "Accuracy after a shuffle" if shuffled else "Accuracy with several blocks cut"
    if not curves:
        return empty_chart(f"{title}: nothing measured yet")
    traces = [
        trace
        for number, (curve, name) in enumerate(zip(curves, labels(names), strict=True))
        for trace in _network(curve, name, number, shuffled=shuffled)
    ]
    guess = chance(curves[0].config)
    seeds = max(len(curve.seeds) for curve in curves)
    return styled(
        traces,
        title,
        f"{counted(curves[0].pictures, 'test picture')}; line: median of {counted(seeds, 'seed')}, band: their range",
        plot_height=_HEIGHT,
        legend=len(curves),
        xaxis=_damage_axis(curves, shuffled=shuffled),
        yaxis=percent_axis("Pictures right (%)"),
        shapes=[line_across(100 * guess, dash="dash")],
        annotations=[words_at(f"guessing {percent(guess, 1)}", 100 * guess, "bottom")],
        dragmode=False,
    )


def _points(curve: DamageCurve, *, shuffled: bool) -> list[Band]:
    """The bands in the order of growing damage, the whole network first."""
    whole = Band(1.0 if shuffled else 0.0, (curve.accuracy,))
    bands = [band for band in curve.bands if band.place != whole.place]
    return [whole, *(bands[::-1] if shuffled else bands)]


def _network(curve: DamageCurve, name: str, number: int, *, shuffled: bool) -> Iterator[go.Scatter]:
    style, points = network_style(number), _points(curve, shuffled=shuffled)
    places = [point.place for point in points]
    yield go.Scatter(
        mode="lines",
        x=[*places, *reversed(places)],
        y=[*(100 * point.high for point in points), *(100 * point.low for point in reversed(points))],
        fill="toself",
        fillcolor=translucent(style.colour, 0.2),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=str(number),
    )
    yield go.Scatter(
        mode="lines+markers",
        name=name,
        x=places,
        y=[100 * point.median for point in points],
        hovertext=[f"<b>{name}</b><br>{_said(point, shuffled=shuffled)}" for point in points],
        hovertemplate=HOVER,
        line={"color": style.colour, "width": 2, "dash": style.dash},
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
        legendgroup=str(number),
        **NO_FADING,
    )


def _said(point: Band, *, shuffled: bool) -> str:
    place = f"Kendall's tau {point.place:.2f}" if shuffled else f"{counted(round(point.place), 'block')} cut"
    several = point.low != point.high
    spread = f"<br>{percent(point.low, 1)} to {percent(point.high, 1)}" if several else ""
    return f"{place}: {percent(point.median, 1)} right{spread}"


def _damage_axis(curves: Sequence[DamageCurve], *, shuffled: bool) -> dict[str, Any]:
    ends = [_points(curve, shuffled=shuffled)[-1].place for curve in curves]
    if shuffled:
        low = min(ends)
        margin = _MARGIN * max(1 - low, 0.01)
        title = "Kendall's tau of the blocks' order (1: as trained)"
        return plain_axis(title, (1 + margin, low - margin)) | {"nticks": 5}
    most = round(max(ends))
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if most / size <= 7)
    ticks = [(tick, f"{tick:,}") for tick in range(0, most + 1, step)]
    margin = _MARGIN * max(most, 1)
    return ticked_axis("Blocks cut at random", ticks, range=[-margin, most + margin], showgrid=False)


def damage_curves_alt_text(curves: Sequence[DamageCurve], names: Sequence[str], *, shuffled: bool = False) -> str:
    """The chart in words: each network whole, halfway and at the end."""
    title = "Accuracy after a shuffle" if shuffled else "Accuracy with several blocks cut"
    if not curves:
        return f"{title}: nothing measured yet."
    said = [_course(curve, name, shuffled=shuffled) for curve, name in zip(curves, names, strict=True)]
    return f"{title}. {' '.join(said)}"


def _course(curve: DamageCurve, name: str, *, shuffled: bool) -> str:
    points = _points(curve, shuffled=shuffled)
    shown = dict.fromkeys([points[len(points) // 2], points[-1]]) if len(points) > 1 else {}
    rest = "".join(f", {_said(point, shuffled=shuffled).replace('<br>', ', ')}" for point in shown)
    return f"{name}: whole {percent(curve.accuracy, 1)}{rest}."


def damage_curves_rows(curves: Sequence[DamageCurve], names: Sequence[str], *, shuffled: bool = False) -> list[Row]:
    """The chart's numbers, a row for each network and size of damage; accuracies are from 0 to 1 and not rounded."""
    place = "Kendall's tau" if shuffled else "blocks cut"
    return [
        {
            "network": name,
            place: point.place if shuffled else round(point.place),
            "median": point.median,
            "lowest": point.low,
            "highest": point.high,
            "damages": len(point.accuracies),
        }
        for curve, name in zip(curves, distinct_names(names), strict=True)
        for point in _points(curve, shuffled=shuffled)
    ]
