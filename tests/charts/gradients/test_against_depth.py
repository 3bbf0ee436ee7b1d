"""The chart of the ratio against depth read back: every ratio, the fitted line, and what was not measured."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.gradients.against_depth import growth_alt_text, growth_chart, growth_rows
from explorer.gradients.depth_sweep import measure_depth_sweep
from explorer.gradients.number_words import factor_words
from explorer.gradients.seed_bands import band
from explorer.gradients.trend_values import DepthCurve, DepthPoint, DepthSweep
from explorer.gradients.values import main_path_convs, reading_of_log10
from explorer.gradients.verdict import EXPLODES_ABOVE, VANISHES_BELOW, ratio_words
from explorer.network.depths import blocks_for_depth
from tests.charts.reading import plain
from tests.gradients.flows import TINY

NAMES = ("Shortcut A", "No shortcuts")
DEPTHS = (8, 14, 20)
RATIOS = st.floats(-500, 500) | st.sampled_from([-math.inf, math.inf, math.nan])


@cache
def measured() -> DepthSweep:
    """Two networks without norm, of which the plain one with sigmoids vanishes quickly."""
    plain_one = replace(TINY["without norm, sigmoid"], shortcut="none")
    return measure_depth_sweep([TINY["pads"], plain_one], DEPTHS, (0, 1), batch_size=2)


def point(depth: int, ratios: Sequence[float], below: int = 0, note: str = "") -> DepthPoint:
    config = replace(TINY["plain"], stage_blocks=blocks_for_depth(TINY["plain"], depth))
    ratio = band([reading_of_log10(log10) for log10 in ratios]) if ratios else None
    return DepthPoint(config, depth, main_path_convs(config), ratio, tuple(ratios), below, note)


def by_hand(*curves: Sequence[DepthPoint], seeds: int = 1) -> DepthSweep:
    depths = tuple(one.depth for one in curves[0])
    return DepthSweep(depths, tuple(range(seeds)), tuple(DepthCurve(TINY["plain"], tuple(each)) for each in curves))


def marks(figure: go.Figure) -> dict[tuple[int, int], tuple[float, float, str, str]]:
    """By variant and depth: x, y, symbol and what hovering says."""
    return {
        (number, depth): (x, y, symbol, plain(tip))
        for trace in figure.data
        if trace.customdata is not None
        for (number, depth), x, y, symbol, tip in zip(
            trace.customdata, trace.x, trace.y, trace.marker.symbol, trace.hovertext, strict=True
        )
    }


def lines(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.mode == "lines" and not trace.fill]


def title(figure: go.Figure) -> str:
    return plain(figure.layout.title.text)


def words(figure: go.Figure) -> list[str]:
    return [plain(note.text) for note in figure.layout.annotations]


@pytest.mark.slow
def test_what_was_measured_is_what_is_drawn() -> None:
    figure = growth_chart(measured(), NAMES)
    drawn = marks(figure)
    assert set(drawn) == {(number, depth) for number in range(2) for depth in DEPTHS}
    for number, curve in enumerate(measured().curves):
        for one in curve.points:
            x, y, _, tip = drawn[number, one.depth]
            assert (x, y) == (one.depth, min(one.log10_ratios))  # of two seeds the lower is the median
            assert one.ratio and f"ratio {ratio_words(one.ratio.median.log10)}" in tip
    areas = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(areas) == 2
    highs = [max(one.log10_ratios) for one in measured().curves[1].points]
    assert max(areas[1].y) == max(highs) and set(highs) <= set(areas[1].y)


def test_the_dashed_line_is_numpys_least_squares() -> None:
    figure = growth_chart(measured(), NAMES)
    for curve, line in zip(measured().curves, lines(figure), strict=True):
        pairs = [(one.convs, log10) for one in curve.points for log10 in one.log10_ratios]
        slope, start = np.polyfit([convs for convs, _ in pairs], [log10 for _, log10 in pairs], 1)
        assert list(line.x) == list(DEPTHS) and line.line.dash == "dash"
        np.testing.assert_allclose(line.y, [start + slope * one.convs for one in curve.points], atol=1e-9)
        factor = factor_words(float(slope))
        assert f"{factor} a convolution" in growth_alt_text(measured(), NAMES)
        assert any(f"{factor} a convolution" in plain(trace.name or "") for trace in figure.data)


@pytest.mark.slow
@given(st.lists(st.lists(RATIOS, min_size=1, max_size=3), min_size=3, max_size=3), st.lists(st.booleans(), min_size=3))
def test_every_ratio_is_drawn_inside_the_plot_and_in_the_table(ratios: list[list[float]], below: list[bool]) -> None:
    sweep = by_hand([point(*each) for each in zip(DEPTHS, ratios, map(int, below[:3]), strict=True)], seeds=3)
    figure = growth_chart(sweep, ["It"])
    low, high = figure.layout.yaxis.range
    rows = growth_rows(sweep, ["It"])
    for one, row in zip(sweep.curves[0].points, rows, strict=True):
        _, y, symbol, tip = marks(figure)[0, one.depth]
        assert one.ratio and low < y < high
        median = one.ratio.median
        assert f"ratio {ratio_words(median.log10)}" in tip
        if median.finite:
            assert y == median.log10 and symbol == ("circle-open" if one.below_float32 else "circle")
        else:
            assert symbol not in ("circle", "circle-open") and row["ratio, median"] == ratio_words(median.log10)
        assert ("below float32" in tip) == ("below float32" in str(row["remark"])) == bool(one.below_float32)
    bands = [one.ratio for one in sweep.curves[0].points if one.ratio]
    shown = {reading.log10 for each in bands for reading in (each.low, each.median, each.high)}
    assert ("infinite" in words(figure)) == (math.inf in shown)
    assert ("exactly zero" in words(figure)) == (-math.inf in shown)
    assert ("not a number" in words(figure)) == any(map(math.isnan, shown))
    assert ("open:" in title(figure)) == any(one.below_float32 for one in sweep.curves[0].points)


def test_the_healthy_zone_is_that_of_the_verdict_and_always_in_sight() -> None:
    for ratios in ([3.0, 5.0, 8.0], [-30.0, -60.0, -90.0], [0.0, 0.1, 0.2]):
        points = [point(depth, [ratio]) for depth, ratio in zip(DEPTHS, ratios, strict=True)]
        figure = growth_chart(by_hand(points), ["It"])
        zone = next(shape for shape in figure.layout.shapes if shape.type == "rect")
        assert (10**zone.y0, 10**zone.y1) == pytest.approx((VANISHES_BELOW, EXPLODES_ABOVE))
        low, high = figure.layout.yaxis.range
        assert low < zone.y0 and zone.y1 < high
        assert "healthy, 10⁻² to 10²" in words(figure)
        name = next(note for note in figure.layout.annotations if "healthy" in note.text)
        # The name takes 18 pixels beyond the zone's edge: inside the plot, and away from where the ratios go.
        pixel = (high - low) / (figure.layout.height - figure.layout.margin.t - figure.layout.margin.b)
        assert name.y + 18 * pixel <= high if name.yanchor == "bottom" else name.y - 18 * pixel >= low
        if abs(ratios[0]) > 2:
            assert (name.yanchor == "bottom") == (ratios[0] < 0)


def test_what_was_not_measured_is_said_with_its_reason() -> None:
    reason = "ResNet-20 would need 31 GiB, and 16 GiB are free."
    nothing = [point(depth, []) for depth in DEPTHS]
    sweep = by_hand([point(8, [1.0]), point(14, [2.0]), point(20, [], note=reason)], nothing)
    figure = growth_chart(sweep, NAMES)
    assert f"Shortcut A, depth 20: not measured. {reason}" in title(figure)
    assert "No shortcuts, depth 8, 14, 20: not measured." in title(figure)
    assert set(marks(figure)) == {(0, 8), (0, 14)}
    text = growth_alt_text(sweep, NAMES)
    assert "not measured at depth 20." in text and "No shortcuts: no ratio, not measured at depth 8, 14, 20." in text
    assert growth_rows(sweep, NAMES)[2]["remark"] == reason
    assert [len(lines(figure)), sum("no growth fitted" in plain(trace.name or "") for trace in figure.data)] == [1, 1]


def test_words_are_the_numbers() -> None:
    sweep = by_hand([point(8, [1.0]), point(14, [2.0]), point(20, [math.nan])], seeds=1)
    assert growth_alt_text(sweep, ["It"]) == (
        "Ratio of |dL/dh| after the stem to that after the last block, against depth. "
        "It: 10 (depth 8) to not a number (depth 20), × 1.47 a convolution."
    )
    assert pytest.approx(1.47, abs=0.005) == 10 ** (1 / 6)
    assert "median" not in title(growth_chart(sweep, ["It"]))
    assert "median of 2 seeds" in title(growth_chart(measured(), NAMES))


def test_depths_on_the_axis_keep_apart_on_a_phone() -> None:
    depths = (8, 14, 20, 32, 44, 56, 110)
    axis = growth_chart(by_hand([point(depth, [0.0]) for depth in depths]), ["It"]).layout.xaxis
    assert set(axis.tickvals) <= set(depths) and axis.tickvals[-1] == 110
    pixel = 270 / (axis.range[1] - axis.range[0])
    gaps = [(b - a) * pixel for a, b in zip(axis.tickvals, axis.tickvals[1:], strict=False)]
    assert min(gaps) >= 20 and axis.range[0] < 8 and axis.range[1] > 110
    alone = growth_chart(by_hand([point(8, [0.0])]), ["It"]).layout.xaxis
    assert list(alone.tickvals) == [8] and alone.range[0] < 8 < alone.range[1]


def test_eight_variants_are_told_apart() -> None:
    sweep = by_hand(*([point(8, [0.0]), point(14, [float(number)])] for number in range(8)))
    figure = growth_chart(sweep, [f"net {number} <i>" for number in range(8)])
    entries = [trace for trace in figure.data if trace.showlegend is not False]
    assert len({(trace.marker.color, trace.marker.symbol) for trace in entries}) == 8
    assert "<i>" not in figure.to_json()
    assert len({row["network"] for row in growth_rows(sweep, ["It"] * 8)}) == 8
