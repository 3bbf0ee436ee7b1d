"""The charts of the little-by-little tab read back: every block at its ratio, cosine and reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.training.refinement_bars import (
    changes_alt_text,
    changes_chart,
    readings_alt_text,
    readings_chart,
    refinement_rows,
)
from tests.charts.reading import plain
from tests.training.refinement.made import made

BLOCKS = st.lists(st.tuples(st.floats(0, 5), st.floats(-1, 1), st.integers(0, 1000)), min_size=1, max_size=27)


@given(BLOCKS, st.booleans())
def test_every_block_is_drawn(blocks: list[tuple[float, float, int]], initial: bool) -> None:
    ratios, cosines, rights = map(list, zip(*blocks, strict=True))
    found = made(ratios, [500, *rights], cosines=cosines, initial=initial)
    figure = changes_chart(found, "It")
    bars, marks, *expected = figure.data
    assert list(bars.y) == pytest.approx(ratios) and list(marks.y) == cosines
    assert [list(line.y) for line in expected] == ([list(found.expected)] if initial else [])
    low, high = figure.layout.yaxis.range
    assert all(low <= y <= high for trace in figure.data for y in trace.y)
    figure = readings_chart(found, "It")
    assert list(figure.data[0].y) == pytest.approx([50, *(right / 10 for right in rights)])
    lines = [shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1 and shape.xref == "paper"]
    assert lines == pytest.approx([93, 10])
    rows = refinement_rows(found)
    assert [row["probe"] for row in rows] == [0.5, *(right / 1000 for right in rights)]
    assert rows[0]["ratio"] is None and [row["ratio"] for row in rows[1:]] == pytest.approx(ratios)
    assert [row["cosine"] for row in rows[1:]] == cosines


def test_words_are_the_numbers() -> None:
    found = made([1.74, 0.65, 0.96], [609, 681, 912, 908])
    assert changes_alt_text(found, "It") == (
        "It: |F(x)| / |x| by block. First, largest and last: layer1.0 1.74; layer1.2 0.96."
    )
    assert readings_alt_text(found, "It") == (
        "It: accuracy of a linear probe, from the stem to the last block. after stem 60.9 %; after layer1.1 91.2 %; "
        "after layer1.2 90.8 %."
    )
    assert "0.65" in plain(changes_chart(found, "It").data[0].hovertext[1])


def test_a_plain_network_has_nothing_to_compare() -> None:
    found = made([], [500, 600])
    assert "no shortcuts" in plain(changes_chart(found, "It").layout.title.text)
    assert changes_alt_text(found, "It").endswith("It has no shortcuts.")
    assert [row["ratio"] for row in refinement_rows(found)] == [None, None]


def test_a_branch_without_a_shortcut_of_its_own_has_no_bar() -> None:
    found = made([float("inf"), 1.0], [500, 600, 700])
    assert list(changes_chart(found, "It").data[0].y) == [None, 1.0]
