"""Small heat maps in a grid, read back from the figure: where each is, what it holds and what its colours mean."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.ideas.panels import MatrixPanel, Strip, cell_words, panels_chart
from tests.charts.reading import Box, plain

SIGNS = st.text("abc <>&é", min_size=1, max_size=12)
VALUES = st.one_of(st.just(0.0), st.floats(-1e6, 1e6, allow_subnormal=False), st.sampled_from([math.nan, math.inf]))


@st.composite
def panels(draw: st.DrawFn) -> MatrixPanel:
    down, across = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return MatrixPanel(draw(SIGNS), [[draw(VALUES) for _ in range(across)] for _ in range(down)])


STRIPS = st.lists(
    st.builds(Strip, st.just("") | SIGNS, st.lists(panels(), min_size=1, max_size=4)), min_size=1, max_size=3
)


def boxes(figure: object) -> list[Box]:
    """Each panel's place in parts of the plot, from the top."""
    found = []
    for number in range(1, len(figure.data) + 1):
        name = "" if number == 1 else str(number)
        left, right = figure.layout[f"xaxis{name}"].domain
        bottom, top = figure.layout[f"yaxis{name}"].domain
        found.append(Box(left, 1 - top, right, 1 - bottom))
    return found


def apart(one: Box, other: Box) -> bool:
    return (
        one.right <= other.left + 1e-9
        or other.right <= one.left + 1e-9
        or one.bottom <= other.top + 1e-9
        or other.bottom <= one.top + 1e-9
    )


@pytest.mark.slow
@settings(max_examples=60)
@given(STRIPS, st.booleans())
def test_no_panel_lies_on_another_or_out_of_the_plot(strips: list[Strip], signed: bool) -> None:
    figure = panels_chart(strips, "title", "subtitle", "key", signed=signed)
    places = boxes(figure)
    assert len(places) == sum(len(strip.panels) for strip in strips)
    assert all(min(box[:4]) >= 0 and max(box[:4]) <= 1 + 1e-9 for box in places)
    assert all(apart(one, other) for one, other in combinations(places, 2))
    rows = sorted({round(box.top, 9) for box in places})
    assert len(rows) == len(strips) and all(after > before for before, after in pairwise(rows))


@pytest.mark.slow
@settings(max_examples=60)
@given(STRIPS)
def test_every_value_is_in_its_cell_and_can_be_read(strips: list[Strip]) -> None:
    figure = panels_chart(strips, "title", "subtitle", "key")
    every = [panel for strip in strips for panel in strip.panels]
    for number, (trace, panel, frame) in enumerate(zip(figure.data, every, figure.layout.shapes, strict=True), 1):
        np.testing.assert_array_equal(np.asarray(trace.z, dtype=float), np.asarray(panel.values, dtype=float))
        axis = figure.layout["yaxis" if number == 1 else f"yaxis{number}"]
        assert axis.range[0] > axis.range[1]  # the first row is the top one
        assert axis.scaleanchor == ("x" if number == 1 else f"x{number}")  # square cells
        assert {abs(frame.x1 - frame.x0), abs(frame.y1 - frame.y0)} == {len(panel.values[0]), len(panel.values)}
        for row, values in enumerate(panel.values):
            for column, value in enumerate(values):
                tip = plain(trace.hovertext[row][column])
                assert f"row {row + 1}, column {column + 1}" in tip and tip.endswith(cell_words(value))


@settings(max_examples=40)
@given(STRIPS)
def test_names_and_headings_stand_above_what_they_name(strips: list[Strip]) -> None:
    figure = panels_chart(strips, "title", "subtitle", "key")
    words = [plain(note.text) for note in figure.layout.annotations]
    expected = []
    for strip in strips:
        expected += [strip.heading] if strip.heading else []
        expected += [panel.name for panel in strip.panels]
    assert words == expected
    names = [note for note in figure.layout.annotations if "<b>" not in note.text]
    for note, box in zip(names, boxes(figure), strict=True):
        assert note.x == pytest.approx(box.left) and note.y >= 1 - box.top


@pytest.mark.slow
@settings(max_examples=60)
@given(STRIPS, st.booleans())
def test_the_colours_reach_the_largest_number_and_signed_ones_as_far_below(strips: list[Strip], signed: bool) -> None:
    colours = panels_chart(strips, "title", "subtitle", "key", signed=signed).layout.coloraxis
    values = [abs(v) for strip in strips for panel in strip.panels for row in panel.values for v in row]
    most = max((value for value in values if math.isfinite(value)), default=0.0)
    assert colours.cmax == (most or 1.0)
    assert colours.cmin == (-colours.cmax if signed else 0)


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "exactly 0"), (-0.0, "exactly 0"), (-1.2345, "−1.23"), (1e-9, "1e−09"), (1.0, "1")]
)
def test_a_cell_is_read_to_three_digits(value: float, words: str) -> None:
    assert cell_words(value) == words


def test_a_diverged_map_keeps_the_others_colours_and_the_key_says_that_it_is_clipped() -> None:
    sane, diverged = MatrixPanel("wanted", [[1.0, -0.5]]), MatrixPanel("learned", [[4.1e9, -3e12]])
    colours = panels_chart([Strip("", [sane, diverged])], "title", "", "weight", farthest=3.0).layout.coloraxis
    assert (colours.cmin, colours.cmax) == (-3.0, 3.0)
    said = [plain(words) for words in (colours.colorbar.title.text, *colours.colorbar.ticktext)]
    assert said == ["weight: colours end at 3, the largest is 3·10¹²", "−3", "−1.5", "0", "1.5", "3"]
    unclipped = panels_chart([Strip("", [sane])], "title", "", "weight", farthest=3.0).layout.coloraxis
    assert unclipped.cmax == 1.0 and plain(unclipped.colorbar.title.text) == "weight"
    assert cell_words(-4.1e9) == "−4.1·10⁹"
