"""The charts of the paths tab read back: every length at its share and at its norm."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.training.path_bars import (
    path_norms_alt_text,
    path_norms_chart,
    path_rows,
    path_shares_alt_text,
    path_shares_chart,
)
from tests.charts.reading import plain
from tests.training.paths.made import made

NORMS = st.lists(st.sampled_from([0.0, 1e-9, 0.02, 0.3, 5.0]), min_size=2, max_size=60).filter(any)


@given(NORMS)
def test_every_share_and_norm_is_drawn(norms: list[float]) -> None:
    found = made(norms)
    figure = path_shares_chart(found, "It")
    paths, gradient, estimate = figure.data
    assert [round(x) for x in paths.x] == [round(x) for x in gradient.x] == list(estimate.x) == list(range(len(norms)))
    assert list(paths.y) == pytest.approx([100 * share for share in found.path_shares])
    assert list(gradient.y) == pytest.approx([100 * norm / sum(norms) for norm in norms])
    assert list(estimate.y) == pytest.approx([100 * share for share in found.estimate_shares])
    assert figure.layout.yaxis.range[1] > max(*paths.y, *gradient.y, *estimate.y)
    figure = path_norms_chart(found, "It")
    exact, estimate, single = figure.data
    assert list(exact.y) == [log10(norm) if norm else None for norm in norms]
    assert list(estimate.y) == pytest.approx([log10(each.paths * each.single) for each in found.lengths])
    assert list(single.y) == [log10(each.single) for each in found.lengths]
    (line,) = figure.layout.shapes
    assert line.y0 == log10(found.norm)
    low, high = figure.layout.yaxis.range
    assert all(low <= y <= high for trace in figure.data for y in trace.y if y is not None)
    rows = path_rows(found)
    assert [row["norm"] for row in rows] == norms and [row["length"] for row in rows] == list(range(len(norms)))
    assert [str(row["paths"]).replace(",", "") for row in rows] == [str(each.paths) for each in found.lengths]


def test_words_are_the_numbers() -> None:
    found = made([0.5, 1.0, 0.0], [0.5, 0.5, 0.0])
    assert path_shares_alt_text(found, "It") == (
        "It: shares of paths and gradient by length, 0 to 2. paths: most at length 1, 50.0 %; gradient: most at length "
        "1, 66.7 %; Veit et al.'s estimate: most at length 1, 66.7 %."
    )
    assert path_norms_alt_text(found, "It") == (
        "It: the gradient's norm by length. Largest 1 at length 1; 0.5 at length 0, 1 at length 1; the whole gradient "
        "1."
    )
    assert plain(path_shares_chart(found, "It").data[0].hovertext[1]).split("\n")[0].startswith("length 1")


def test_without_a_gradient_the_norms_say_so() -> None:
    found = made([0.0, 0.0], [0.0, 0.0], norm=0.0)
    assert "no gradient arrives" in plain(path_norms_chart(found, "It").layout.title.text)
    assert path_norms_alt_text(found, "It").endswith("No gradient arrives.")
    assert list(path_shares_chart(found, "It").data[1].y) == [0, 0]
