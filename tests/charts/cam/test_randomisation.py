"""The chart of random weights read back: medians, ranges and the threshold are the numbers given."""

import math
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cam.check_values import Randomisation
from explorer.cam.check_verdicts import DEPENDS_BELOW
from explorer.charts.cam.randomisation import randomisation_alt_text, randomisation_chart, randomisation_rows
from tests.cam.maps import blob
from tests.charts.reading import plain

MAP = blob(0.3, 0.3)
NAN = math.nan


@st.composite
def runs(draw: st.DrawFn) -> Randomisation:
    steps = draw(st.integers(1, 20))
    pictures = draw(st.integers(1, 4))
    values = st.floats(-1, 1) | st.just(NAN)
    similarities = st.lists(values, min_size=pictures, max_size=pictures).map(tuple)
    found = st.lists(similarities, min_size=steps, max_size=steps).map(tuple)
    names = ("fc", *(f"layer{4 - step // 5}.{4 - step % 5}" for step in range(steps - 1)))
    return Randomisation(
        "layer4.1", 0, names, (MAP,) * pictures, ((MAP,) * pictures,) * steps, draw(found), draw(found)
    )


@pytest.mark.slow
@given(runs())
def test_similarities_are_drawn_as_they_are_and_none_is_left_out(run: Randomisation) -> None:
    figure = randomisation_chart(run)
    known = [[value for value in values if not math.isnan(value)] for values in run.spearman]
    line = next(trace for trace in figure.data if trace.mode == "lines+markers")
    crosses = [trace for trace in figure.data if trace.mode == "markers"]
    assert list(line.y) == [pytest.approx(median(values)) if values else None for values in known]
    assert list(line.customdata) == list(run.steps)
    gone = [place for place, values in enumerate(known) if not values]
    assert [list(trace.x) for trace in crosses] == ([gone] if gone else [])
    low, high = figure.layout.yaxis.range
    assert all(low < value < high for values in known for value in values)
    whiskers = [trace for trace in figure.data if trace.mode == "lines"]
    assert bool(whiskers) == any(len(set(values)) > 1 for values in known)
    for trace in whiskers:
        assert list(trace.y) == [end for values in known if values for end in (min(values), max(values), None)]
    shade = figure.layout.shapes[-1]
    assert (shade.y0, shade.type) == (DEPENDS_BELOW, "rect") and f"from {DEPENDS_BELOW}" in figure.layout.title.text
    assert bool(figure.layout.showlegend) == bool(gone)


@pytest.mark.slow
@given(runs())
def test_words_and_rows_of_the_randomisation(run: Randomisation) -> None:
    said, rows = randomisation_alt_text(run), randomisation_rows(run)
    assert f"First {run.steps[0]}: " in said and f"last {run.steps[-1]}: " in said and "−0.00" not in said
    for row, step, values in zip(rows, run.steps, run.spearman, strict=True):
        known = [value for value in values if not math.isnan(value)]
        assert (row["random down to"], row["pictures"]) == (step, len(known))
        expected = (median(known), min(known), max(known)) if known else (NAN,) * 3
        ssims = [value for value in run.ssim[rows.index(row)] if not math.isnan(value)]
        assert row["SSIM, median"] == pytest.approx(median(ssims) if ssims else NAN, nan_ok=True)
        assert (row["Spearman's ρ, median"], row["lowest"], row["highest"]) == pytest.approx(expected, nan_ok=True)


def test_nothing_measured_is_said() -> None:
    nothing = Randomisation("layer4.1", 0, (), (MAP,), (), (), ())
    assert "nothing measured yet" in plain(randomisation_chart(nothing).layout.title.text)
    assert (
        randomisation_alt_text(nothing) == "Random weights: nothing measured yet." and randomisation_rows(nothing) == []
    )
