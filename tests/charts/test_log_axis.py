"""The axis of readings: everything has a height inside it, and heights keep the order of what they stand for."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.figure_text import TEXT
from explorer.charts.log_axis import ROW, SYMBOLS, ReadingAxis, power_ticks, scale_for
from explorer.gradients.values import FlowReading, ReadingState, power_of_ten
from tests.charts.reading import plain
from tests.gradients.flows import INFINITE, LOST, NAN, ZERO, readings
from tests.gradients.test_number_words import read_back

UNKNOWN = FlowReading(0.0, ReadingState.UNDERFLOW, math.nan)
MANY = st.lists(readings() | st.just(UNKNOWN), max_size=12)


def pixels(scale: ReadingAxis, reading: FlowReading) -> float:
    """How far from the bottom it is drawn."""
    low, high = scale.range
    return (scale.height(reading) - low) / (high - low) * scale.plot_height


def rank(reading: FlowReading) -> float:
    """What is higher is drawn higher."""
    if math.isnan(reading.log10):
        return math.inf if reading.state is ReadingState.NOT_A_NUMBER else -1e9
    return min(max(reading.log10, -1e10), 1e10)


@given(MANY, st.booleans(), st.booleans())
def test_everything_is_inside_the_axis_and_away_from_its_edges(
    found: list[FlowReading], log: bool, floor: bool
) -> None:
    scale = scale_for(found, log=log, floor=floor)
    for reading in found:
        assert 8 <= pixels(scale, reading) <= scale.plot_height - 8


@pytest.mark.slow
@given(MANY)
def test_heights_keep_the_order(found: list[FlowReading]) -> None:
    scale = scale_for(found, log=True)
    heights = [scale.height(reading) for reading in sorted(found, key=rank)]
    assert heights == sorted(heights)


@given(MANY, st.booleans())
def test_rows_are_there_exactly_for_what_has_no_height(found: list[FlowReading], log: bool) -> None:
    scale = scale_for(found, log=log)
    without = {reading.state for reading in found if not reading.finite}
    assert set(scale.states) == without
    assert {scale.row_of(reading) for reading in found} - {None} == without
    assert [plain(name["text"]) for name in scale.names({})] == [str(state) for state in scale.states]
    assert len(scale.lines()) == len(without)
    for row in without:  # the marks of a row, and its name beyond them, have the row to themselves
        inside = {pixels(scale, reading) for reading in found if scale.row_of(reading) is row}
        outside = {pixels(scale, reading) for reading in found if scale.row_of(reading) is not row}
        assert len(inside) == 1
        assert min((abs(next(iter(inside)) - other) for other in outside), default=ROW) > TEXT


def test_names_of_rows_are_beyond_their_marks() -> None:
    scale = scale_for([ZERO, UNKNOWN, INFINITE, NAN, FlowReading.of(1.0)], log=True)
    names = {plain(name["text"]): name["y"] for name in scale.names({ReadingState.OVERFLOW: "infinite"})}
    assert names["exactly zero"] < scale.height(ZERO) < names["below float32"] < scale.height(UNKNOWN) < 0
    assert 0 < scale.height(INFINITE) < names["infinite"] < scale.height(NAN) < names["not a number"]
    assert set(SYMBOLS) == set(ReadingState) - {ReadingState.MEASURED}
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


@given(st.lists(st.floats(-400, 400), min_size=1, max_size=9))
def test_logarithms_stand_where_they_are(sizes: list[float]) -> None:
    found = [FlowReading(power_of_ten(size), ReadingState.MEASURED, size) for size in sizes]
    scale = scale_for(found, log=True, show=[500.0])
    assert [scale.height(reading) for reading in found] == sizes
    assert scale.range[0] < min(sizes) and scale.range[1] > 500


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=9))
def test_on_a_linear_axis_heights_are_in_proportion_to_values(sizes: list[float]) -> None:
    found = [FlowReading(power_of_ten(size), ReadingState.MEASURED, size) for size in sizes]
    scale = scale_for(found, log=False)
    top = max(found, key=lambda reading: reading.log10)
    for reading in found:
        assert scale.height(reading) / scale.height(top) == pytest.approx(reading.value / top.value, rel=1e-9)
    assert 1 <= scale.height(top) <= 10


def test_on_a_linear_axis_what_is_below_float32_is_at_nothing_unless_it_is_a_ratio() -> None:
    assert scale_for([LOST, FlowReading.of(2.0)], log=False, floor=True).height(LOST) == 0
    assert scale_for([LOST], log=False, floor=True).height(LOST) == 0
    half = FlowReading(0.5, ReadingState.UNDERFLOW, math.log10(0.5))
    ratio = scale_for([half, FlowReading.of(1.0)], log=False)
    assert ratio.height(half) / ratio.height(FlowReading.of(1.0)) == pytest.approx(0.5)


@given(MANY, st.booleans())
def test_ticks_say_where_they_stand_and_are_few(found: list[FlowReading], log: bool) -> None:
    scale = scale_for(found, log=log)
    axis = scale.axis("a number")
    assert 2 <= len(axis["tickvals"]) <= 8
    assert len(set(axis["ticktext"])) == len(axis["ticktext"])
    for height, text in zip(axis["tickvals"], axis["ticktext"], strict=True):
        assert scale.low <= height <= scale.high
        if plain(text) == "0":
            assert height == 0 and not log
        else:
            said = height if log else math.log10(height) + scale.unit
            assert read_back(plain(text)) == pytest.approx(said, abs=0.01)


@given(st.floats(-500, 500), st.floats(1, 1000))
def test_powers_on_a_short_key(low: float, span: float) -> None:
    ticks = power_ticks(low, low + span, 5)
    assert 2 <= len(ticks) <= 6
    for height, text in ticks:
        assert low - 1e-6 <= height <= low + span + 1e-6
        assert read_back(text) == pytest.approx(height, abs=0.01)
