"""The curves of a map's deletion and insertion read back: curves, ranges and areas are the numbers given."""

import math
import re
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cam.check_values import Baseline, BeliefCurve, Trial
from explorer.cam.words import chance_words
from explorer.charts.cam.belief_curve import belief_curve_alt_text, belief_curve_chart, belief_curve_rows
from tests.charts.reading import plain

CHANCES = st.floats(0, 1)
NAN = math.nan


@st.composite
def curves(draw: st.DrawFn) -> BeliefCurve:
    steps = draw(st.integers(2, 12))
    line = st.lists(CHANCES, min_size=steps, max_size=steps).map(tuple)
    random = draw(st.lists(line, max_size=4).map(tuple))
    shares = tuple(np.linspace(0, 1, steps).tolist())
    return BeliefCurve(draw(st.sampled_from(Trial)), draw(st.sampled_from(Baseline)), 3, shares, draw(line), random)


@pytest.mark.slow
@given(curves())
def test_curves_are_probabilities_and_the_legend_has_their_areas(curve: BeliefCurve) -> None:
    figure = belief_curve_chart(curve, "cat <b>")
    *_, line = figure.data
    assert list(line.x) == pytest.approx([100 * share for share in curve.shares])
    assert list(line.y) == pytest.approx([100 * chance for chance in curve.probabilities])
    assert area_in(line.name) == pytest.approx(np.trapezoid(curve.probabilities, curve.shares), abs=6e-4)
    assert [plain(tip).partition(": ")[2] for tip in line.hovertext] == [
        chance_words(each) for each in curve.probabilities
    ]
    if curve.random:
        check_random(curve, figure.data[:-1])
    assert len(figure.data) == 1 + bool(curve.random) + ranges(curve)
    verb = "deleted" if curve.trial is Trial.DELETION else "inserted"
    assert plain(figure.layout.xaxis.title.text) == f"Pixels {verb} (%)"
    assert plain(figure.layout.yaxis.title.text) == "Probability (%)"
    missing = "the mean colour" if curve.baseline is Baseline.MEAN else "the picture blurred"
    assert f"Class: cat <b>; where pixels are missing: {missing}" in plain(figure.layout.title.text)
    assert ("sooner it falls" in figure.layout.title.text) == (curve.trial is Trial.DELETION)
    assert plain(figure.layout.title.text).lower().startswith(curve.trial)
    assert "cat <b>" not in figure.layout.title.text
    said = belief_curve_alt_text(curve, "cat <b>")
    assert f"from {chance_words(curve.probabilities[0])} to {chance_words(curve.probabilities[-1])}" in said


def ranges(curve: BeliefCurve) -> bool:
    return any(len(set(chances)) > 1 for chances in zip(*curve.random, strict=True))


def check_random(curve: BeliefCurve, traces: tuple) -> None:  # type: ignore[type-arg]
    columns = list(zip(*curve.random, strict=True))
    assert list(traces[-1].y) == pytest.approx([100 * median(column) for column in columns])
    areas = [np.trapezoid(each, curve.shares) for each in curve.random]
    assert area_in(traces[-1].name) == pytest.approx(median(areas), abs=6e-4)
    if ranges(curve):
        lows, highs = [100 * min(column) for column in columns], [100 * max(column) for column in columns]
        assert list(traces[0].y) == pytest.approx([*lows, *reversed(highs)])
        assert traces[0].fill == "toself"


def area_in(name: str) -> float:
    return float(re.search(r"area ([\d.]+)", name).group(1))  # type: ignore[union-attr]


@given(curves())
def test_the_table_has_every_number(curve: BeliefCurve) -> None:
    rows = belief_curve_rows(curve)
    assert [(row["share of pixels"], row["the map"]) for row in rows] == [
        *zip(curve.shares, curve.probabilities, strict=True)
    ]
    for row, column in zip(rows, zip(*curve.random, strict=True), strict=False):
        assert (row["random, lowest"], row["random, median"], row["random, highest"]) == (
            min(column),
            median(column),
            max(column),
        )
    assert all(len(row) == (5 if curve.random else 2) for row in rows)


def test_what_is_no_number_leaves_a_gap_and_has_no_area() -> None:
    curve = BeliefCurve(
        Trial.DELETION, Baseline.MEAN, 3, (0.0, 0.5, 1.0), (1.0, NAN, 0.0), ((1.0, NAN, 0.5), (1.0, NAN, 0.0))
    )
    band, random, line = belief_curve_chart(curve, "cat <b>").data
    assert math.isnan(line.y[1]) and "area none" in line.name and random.name == "2 random maps: area none"
    assert list(band.x) == [0, 100, 100, 0] and list(band.y) == [100, 0, 50, 100]
    assert "area none" in belief_curve_alt_text(curve, "cat <b>")
