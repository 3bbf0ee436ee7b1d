"""Axes of amounts have few ticks with distinct words."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.axes import amount_axis, axis_title, percent_axis
from explorer.compare.budget import Measure
from tests.charts.reading import plain


@given(st.sampled_from(Measure), st.integers(-(10**12), 10**12), st.integers(1, 10**13), st.booleans())
def test_ticks_are_in_the_range_told_apart_and_few(measure: Measure, low: int, length: int, change: bool) -> None:
    low = low if change else abs(low)
    axis = amount_axis(measure, low, low + length, change_from="<b>it" if change else "")
    ticks, words = axis["tickvals"], axis["ticktext"]
    assert all(low <= tick <= low + length for tick in ticks)
    assert len(set(words)) == len(words) == len(ticks) <= 5
    assert plain(axis["title"]["text"]) == ("Change from <b>it" if change else axis_title(measure))
    if change:
        assert all(
            plain(text)[0] == ("+" if tick > 0 else "−" if tick < 0 else "±")
            for tick, text in zip(ticks, words, strict=True)
        )


def test_an_axis_of_percents_has_ticks_in_the_colour_of_the_words() -> None:
    axis = percent_axis("Pictures right (%)", (0, 108))
    assert axis["range"] == [0, 108] and axis["tickvals"] == [0, 25, 50, 75, 100]
    assert all("currentColor" in words for words in axis["ticktext"])
