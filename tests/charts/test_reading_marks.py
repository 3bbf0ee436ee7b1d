"""What charts of readings share: marks for states, areas of ranges, names of columns."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.log_axis import scale_for
from explorer.charts.palette import NETWORKS
from explorer.charts.reading_marks import joined_marks, range_area, ranges, symbol_of
from explorer.gradients.seed_bands import Band, band
from explorer.gradients.values import FlowReading, ReadingState
from tests.gradients.flows import INFINITE, LOST, NAN, ZERO, readings

BANDS = st.lists(st.lists(readings(), min_size=1, max_size=4).map(band), min_size=1, max_size=8)


def ends(bands: list[Band]) -> list[FlowReading]:
    return [reading for each in bands for reading in (each.low, each.median, each.high)]


@given(BANDS)
def test_an_area_has_the_range_of_every_place_and_nothing_between_numbers_and_rows(bands: list[Band]) -> None:
    scale = scale_for(ends(bands), log=True)
    area = range_area(scale, range(len(bands)), bands, "#102030", alone=0.3)
    assert area.fillcolor.startswith("rgba(16,32,48,")
    corners = list(zip(area.x, area.y, strict=True))
    for x, each in enumerate(bands):
        found = {y for corner, y in corners if corner is not None and abs(corner - x) < 0.5}
        assert found == {scale.height(each.low), scale.height(each.high)}
    edges = [(a, b) for (xa, a), (xb, b) in pairwise(corners) if None not in (xa, xb) and abs(xa - xb) == 1]
    inside = (scale.low, scale.high)
    for a, b in edges:
        assert (inside[0] <= a <= inside[1]) == (inside[0] <= b <= inside[1])


@given(st.lists(readings(), min_size=1, max_size=9))
def test_every_reading_has_a_mark_and_lines_join_neighbours_that_are_numbers(found: list[FlowReading]) -> None:
    scale, style = scale_for(found, log=True), NETWORKS[1]
    picks = [f"place {index}" for index in range(len(found))]
    trace = joined_marks(scale, range(len(found)), found, style, tips=picks, picks=picks, size=7)
    marks = [
        (pick, x, y, symbol)
        for pick, x, y, symbol in zip(trace.customdata, trace.x, trace.y, trace.marker.symbol, strict=True)
        if x is not None
    ]
    assert [pick for pick, *_ in marks] == picks
    for reading, (_, _, y, symbol) in zip(found, marks, strict=True):
        assert y == scale.height(reading)
        assert symbol == symbol_of(reading, scale.row_of(reading), "diamond")
    points = zip(trace.x, trace.customdata, strict=True)
    joined = {(a[1], b[1]) for a, b in pairwise(points) if a[0] is not None and b[0] is not None}
    assert joined == {
        (picks[index], picks[index + 1])
        for index in range(len(found) - 1)
        if found[index].finite and found[index + 1].finite
    }


def test_every_state_has_a_mark_of_its_own() -> None:
    scale = scale_for([ZERO, LOST, INFINITE, NAN, FlowReading.of(1.0)], log=True)
    found = [symbol_of(one, scale.row_of(one), "circle") for one in (FlowReading.of(1.0), LOST, ZERO, INFINITE, NAN)]
    assert found[:2] == ["circle", "circle-open"]
    assert len(set(found)) == 5


def test_ranges_know_nan_and_states_beside_numbers() -> None:
    one, half = FlowReading.of(1.0), FlowReading.of(0.5)
    for each in (one, ZERO, INFINITE, NAN, LOST):
        assert not ranges(Band(each, each, each))
    same = FlowReading(0.0, ReadingState.UNDERFLOW, 0.0)
    assert all(ranges(Band(one, low, high)) for low, high in ((half, one), (ZERO, one), (one, NAN), (same, one)))
    assert not ranges(Band(NAN, NAN, FlowReading(math.nan, ReadingState.NOT_A_NUMBER, math.nan)))
