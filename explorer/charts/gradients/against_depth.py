"""The gradient's ratio first/last against depth, and a line fitted to it: the growth by one more convolution."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

import plotly.graph_objects as go

from explorer.charts.annotations import area_across, words_at
from explorer.charts.axes import ticked_axis
from explorer.charts.figure_text import HOVER, labels
from explorer.charts.log_axis import PLOT, ReadingAxis, scale_for
from explorer.charts.palette import NetworkStyle, network_style
from explorer.charts.plotly_style import styled
from explorer.charts.reading_marks import range_area, ranges, symbol_of
from explorer.charts.table_twin import Row, distinct_names
from explorer.gradients.number_words import factor_words, power_text, reading_words, ten_to
from explorer.gradients.seed_bands import Band
from explorer.gradients.trend_values import DepthCurve, DepthPoint, DepthSweep
from explorer.gradients.values import FlowReading, ReadingState
from explorer.gradients.verdict import EXPLODES_ABOVE, VANISHES_BELOW, ratio_words
from explorer.text.quantities import counted

_HEALTHY = (math.log10(VANISHES_BELOW), math.log10(EXPLODES_ABOVE))
_ALONE = 1.0  # layers to either side that a single depth's range covers
_PHONE = 270.0  # pixels of the horizontal axis on a phone
_SIGN, _APART = 8.0, 6.0  # pixels: a digit's width, and the least distance between two depths
_NAMES = {ReadingState.OVERFLOW: "infinite"}
_WORDS = 20  # pixels of the healthy zone's name


@dataclass(frozen=True)
class _Scene:
    """The sweep that is drawn, and its variants' names."""

    sweep: DepthSweep
    names: tuple[str, ...]

    @cached_property
    def measured(self) -> list[tuple[int, DepthPoint, Band]]:
        """Every point with a ratio, with its curve's number."""
        curves = enumerate(self.sweep.curves)
        points = ((number, point) for number, curve in curves for point in curve.points)
        return [(number, point, point.ratio) for number, point in points if point.ratio]

    @cached_property
    def slopes(self) -> tuple[float | None, ...]:
        return tuple(map(_slope, self.sweep.curves))

    @cached_property
    def scale(self) -> ReadingAxis:
        readings = [each for _, _, band in self.measured for each in (band.low, band.median, band.high)]
        sizes = [*_HEALTHY, *(each.log10 for each in readings if each.finite)]
        beside = (max(sizes) - min(sizes)) * _WORDS / PLOT
        return scale_for(readings, log=True, show=[_HEALTHY[0] - beside, _HEALTHY[1] + beside])


def _slope(curve: DepthCurve) -> float | None:
    """Common logarithm of the fitted growth; None if there is no fit, or it is zero or infinite."""
    growth = curve.growth
    return math.log10(growth.per_conv) if growth and 0 < growth.per_conv < math.inf else None


def growth_chart(sweep: DepthSweep, names: Sequence[str]) -> go.Figure:
    """For each variant the medians over the seeds against depth, the seeds' range as a band, and the fitted growth.

    Marks carry (variant's number, depth) as ``customdata``. They are open if an end of the ratio was below float32 for
    a seed. The subtitle names the depths that were not measured, with the reason.
    """
    scene = _Scene(sweep, tuple(names))
    traces = [trace for number in range(len(sweep.curves)) for trace in _variant(scene, number)]
    return styled(
        traces,
        "Ratio of |dL/dh| after the stem to that after the last block",
        "\n".join(_subtitle(scene)),
        plot_height=scene.scale.plot_height,
        # A phone has room for two entries, of two lines each, beside each other.
        legend=8 * math.ceil(len(sweep.curves) / 2),
        xaxis=_depth_axis(sweep.depths),
        yaxis=scene.scale.axis("Ratio first/last, log axis"),
        shapes=[area_across(*_HEALTHY, 0.2), *scene.scale.lines()],
        annotations=[_zone_words(scene.scale), *scene.scale.names(_NAMES)],
        dragmode=False,
    )


def _subtitle(scene: _Scene) -> Iterator[str]:
    seeds = len(scene.sweep.seeds)
    if any(slope is not None for slope in scene.slopes):
        yield "dashed: growth fitted to all depths and seeds"
    if seeds > 1:
        yield f"marks: median of {counted(seeds, 'seed')}, band their range"
    if any(point.below_float32 for _, point, _ in scene.measured):
        yield "open: below float32 at an end of the ratio"
    yield from _not_measured(scene)


def _not_measured(scene: _Scene) -> Iterator[str]:
    """A sentence for each reason why something was not measured."""
    for curve, name in zip(scene.sweep.curves, scene.names, strict=True):
        missing = [point for point in curve.points if not point.ratio]
        for note in dict.fromkeys(point.note for point in missing):
            depths = ", ".join(f"{point.depth:,}" for point in missing if point.note == note)
            yield f"{name}, depth {depths}: not measured. {note}"


def _variant(scene: _Scene, number: int) -> list[go.Scatter]:
    """A variant's band, fitted line, marks and legend entry, which a click on the legend hides together."""
    style, label = network_style(number), labels(scene.names)[number]
    points = sorted(
        ((point, band) for index, point, band in scene.measured if index == number), key=lambda one: one[0].depth
    )
    slope = scene.slopes[number]
    found = [_entry(style, label, slope)]
    if points:
        found.append(_marks(scene, number, points, style))
    if slope is not None:
        found.insert(0, _line(slope, [point for point, _ in points], style))
    if any(ranges(band) for _, band in points):
        depths, bands = [point.depth for point, _ in points], [band for _, band in points]
        found.insert(0, range_area(scene.scale, depths, bands, style.colour, alone=_ALONE))
    return [trace.update(legendgroup=str(number)) for trace in found]


def _entry(style: NetworkStyle, label: str, slope: float | None) -> go.Scatter:
    factor = "no growth fitted" if slope is None else f"{factor_words(slope)} a convolution"
    return go.Scatter(
        mode="lines+markers",
        name=f"{label}<br>{factor}",
        x=[None],
        y=[None],
        line={"color": style.colour, "width": 1.5, "dash": "dash"},
        marker={"color": style.colour, "symbol": style.symbol, "size": 9},
    )


def _line(slope: float, points: Sequence[DepthPoint], style: NetworkStyle) -> go.Scatter:
    """The fitted line over the measured depths; a fitted line goes through the mean of its points."""
    fitted = [(point.convs, log10) for point in points for log10 in point.log10_ratios if math.isfinite(log10)]
    middle, height = fmean(convs for convs, _ in fitted), fmean(log10 for _, log10 in fitted)
    return go.Scatter(
        mode="lines",
        x=[point.depth for point in points],
        y=[height + slope * (point.convs - middle) for point in points],
        line={"color": style.colour, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(scene: _Scene, number: int, points: Sequence[tuple[DepthPoint, Band]], style: NetworkStyle) -> go.Scatter:
    name = labels(scene.names)[number]
    return go.Scatter(
        mode="markers",
        x=[point.depth for point, _ in points],
        y=[scene.scale.height(band.median) for _, band in points],
        customdata=[[number, point.depth] for point, _ in points],
        hovertext=[f"<b>{name}</b><br>{'<br>'.join(_said(point, band))}" for point, band in points],
        hovertemplate=HOVER,
        showlegend=False,
        marker={
            "color": style.colour,
            "symbol": [_symbol(scene.scale, point, band.median, style.symbol) for point, band in points],
            "size": 9,
            "line": {"width": 1.5, "color": style.colour},
        },
    )


def _symbol(scale: ReadingAxis, point: DepthPoint, median: FlowReading, symbol: str) -> str:
    own = symbol_of(median, scale.row_of(median), symbol)
    return f"{own}-open" if own == symbol and point.below_float32 else own


def _said(point: DepthPoint, band: Band) -> Iterator[str]:
    yield f"depth {point.depth:,}, {counted(point.convs, 'convolution')} in between"
    yield f"ratio {_ratio_words(band.median)}"
    if point.both_zero:
        yield f"both ends exactly zero in {counted(point.both_zero, 'seed')}"
    if ranges(band):
        yield f"seeds: {_ratio_words(band.low)} to {_ratio_words(band.high)}"
    if point.below_float32:
        yield f"an end of it below float32 in {counted(point.below_float32, 'seed')}"


def _ratio_words(ratio: FlowReading) -> str:
    """A ratio is not limited to float32, so one that overflows is infinite."""
    if ratio.state is ReadingState.OVERFLOW:
        return "infinite"
    return ratio_words(ratio.log10) if ratio.finite else reading_words(ratio)


def _depth_axis(depths: Sequence[int]) -> dict[str, Any]:
    low, high = min(depths), max(depths)
    margin = max(0.05 * (high - low), 1)
    ticks = _ticks(sorted(depths), high - low + 2 * margin)
    named = [(depth, f"{depth:,}") for depth in ticks]
    return ticked_axis("Depth, weighted layers", named, range=[low - margin, high + margin])


def _ticks(depths: Sequence[int], length: float) -> list[int]:
    """The depths whose words do not overlap on a phone, chosen from the deepest down."""
    taken: list[int] = []
    for depth in reversed(depths):
        room = _SIGN * len(f"{depth:,}") + _APART
        if not taken or (taken[-1] - depth) * _PHONE / length >= room:
            taken.append(depth)
    return taken[::-1]


def _zone_words(scale: ReadingAxis) -> dict[str, Any]:
    """The healthy zone's name, beyond the edge nearer to the axis's end: marks leave the zone the other way."""
    low, high = _HEALTHY
    words = f"healthy, {ten_to(round(low))} to {ten_to(round(high))}"
    return words_at(words, high, "bottom") if high + low > scale.high + scale.low else words_at(words, low, "top")


def growth_alt_text(sweep: DepthSweep, names: Sequence[str]) -> str:
    """The chart in words: each variant's ratio at its smallest and largest depth, and the fitted growth."""
    said = [_course(curve, name) for curve, name in zip(sweep.curves, names, strict=True)]
    return f"Ratio of |dL/dh| after the stem to that after the last block, against depth. {' '.join(said)}"


def _course(curve: DepthCurve, name: str) -> str:
    points = sorted((point for point in curve.points if point.ratio), key=lambda point: point.depth)
    ends = dict.fromkeys([*points[:1], *points[-1:]])
    said = " to ".join(f"{_ratio_words(point.ratio.median)} (depth {point.depth:,})" for point in ends if point.ratio)
    slope = _slope(curve)
    factor = "" if slope is None else f", {factor_words(slope)} a convolution"
    missing = [point.depth for point in curve.points if not point.ratio]
    gaps = f", not measured at depth {', '.join(map(str, missing))}" if missing else ""
    return f"{name}: {said or 'no ratio'}{factor}{gaps}."


def growth_rows(sweep: DepthSweep, names: Sequence[str]) -> list[Row]:
    """The chart's numbers, a row for each variant and depth; a remark says why a ratio was not measured."""
    named = zip(sweep.curves, distinct_names(names), strict=True)
    return [_row(name, point) for curve, name in named for point in curve.points]


def _row(name: str, point: DepthPoint) -> Row:
    band = point.ratio
    ends = (band.median, band.low, band.high) if band else ()
    texts = [_ratio_words(each) if not each.finite else power_text(each.log10) for each in ends] or [""] * 3
    remark = f"an end below float32 in {counted(point.below_float32, 'seed')}" if point.below_float32 else point.note
    if point.both_zero:
        remark = f"both ends exactly zero in {counted(point.both_zero, 'seed')}"
    return {
        "network": name,
        "depth": point.depth,
        "convolutions": point.convs,
        **dict(zip(("ratio, median", "ratio, lowest", "ratio, highest"), texts, strict=True)),
        "remark": remark,
    }
