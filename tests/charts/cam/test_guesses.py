"""The bars of the likeliest classes read back: true lengths, and every row can be clicked."""

import math
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cam.saliency_map import Prediction, predictions
from explorer.cam.words import chance_words
from explorer.charts.cam.guesses import Guesses, class_of, guesses_alt_text, guesses_chart, guesses_rows
from explorer.charts.figure_text import labels
from tests.cam.maps import outputs
from tests.charts.reading import plain


def guesses() -> st.SearchStrategy[list[Guesses]]:
    return st.lists(
        st.builds(Guesses, st.sampled_from(["ResNet-34", "ResNet-50 <b>"]), outputs()), min_size=1, max_size=3
    )


@settings(max_examples=30)
@given(guesses(), st.none() | st.integers(0, 6), st.none() | st.integers(0, 6))
def test_bars_are_probabilities_and_rows_are_clickable(
    shown: list[Guesses], chosen: int | None, against: int | None
) -> None:
    figure = guesses_chart(shown, chosen=chosen, against=against)
    places = []
    for each, track, bar in zip(shown, figure.data[::2], figure.data[1::2], strict=True):
        assert list(bar.x) == pytest.approx([100 * one.probability for one in each.predictions])
        assert list(track.x) == [100] * len(each.predictions)
        for trace in (track, bar):
            assert [class_of(data) for data in trace.customdata] == [one.index for one in each.predictions]
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        assert list(track.y) == list(bar.y) == sorted(bar.y)
        places += bar.y
    assert len(set(places)) == len(places) and max(places) < figure.layout.yaxis.range[0]
    thought = [one for each in shown for one in each.predictions]
    notes = [plain(note.text) for note in figure.layout.annotations]
    assert notes[: len(thought)] == [chance_words(one.probability) for one in thought]
    heads = labels([each.network for each in shown], 26) if len(shown) > 1 else ()
    assert notes[len(thought) :] == list(map(unescape, heads))
    bands = [(band.y0 + band.y1) / 2 for band in figure.layout.shapes]
    assert bands == pytest.approx([place for place, one in zip(places, thought, strict=True) if one.index == chosen])
    ticks = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert sorted(ticks) == sorted(places)
    for place, one in zip(places, thought, strict=True):
        assert ("<b>▶ " in ticks[place]) == (one.index == chosen)
        assert ("✕ " in ticks[place]) == (one.index == against != chosen)


@given(guesses(), st.none() | st.integers(0, 6))
def test_words_and_rows_say_all(shown: list[Guesses], chosen: int | None) -> None:
    said, rows = guesses_alt_text(shown, chosen=chosen), guesses_rows(shown)
    thought = [one for each in shown for one in each.predictions]
    assert [(row["index"], row["probability"], row["logit"], row["class"]) for row in rows] == [
        (one.index, one.probability, one.logit, one.name) for one in thought
    ]
    for one in thought:
        assert f"{one.name} {chance_words(one.probability)}" in said
    assert said.count("(shown)") == sum(one.index == chosen for one in thought)
    assert len({row["network"] for row in rows}) == len(shown)
    assert [row["rank"] for row in rows] == [rank for each in shown for rank in range(1, len(each.predictions) + 1)]


def test_names_are_no_markup() -> None:
    named = Guesses("ResNet-50 <b>", tuple(predictions([1.0, 2.0], ["<b>sneaker</b>", "<i>"])))
    written = guesses_chart([named, named], chosen=0).to_json()
    assert "<b>sneaker" not in written and "50 <b>" not in written and "<i>" not in written


def test_tips_have_the_full_name_and_the_logit() -> None:
    name = "American Staffordshire terrier, Staffordshire terrier, American pit bull terrier, pit bull terrier"
    figure = guesses_chart([Guesses("It", (Prediction(180, name, -12.345, 1e-12), Prediction(1, "cat", 0, 0.5)))])
    tip = plain(figure.data[0].hovertext[0])
    assert name in tip and "probability < 0.01 %" in tip and "logit −12.3" in tip
    assert plain(figure.layout.title.text).startswith("The likeliest classes: It")
    assert plain(figure.layout.yaxis.ticktext[0]) == "American … terrier"


def test_nothing_asked_and_what_is_no_number_are_said() -> None:
    assert "nothing asked yet" in plain(guesses_chart([]).layout.title.text)
    assert guesses_alt_text([Guesses("It", ())]) == "The likeliest classes: nothing asked yet."
    broken = Guesses("It", tuple(predictions([math.nan, 1.0], ["cat", "dog"])))
    figure = guesses_chart([broken])
    assert list(figure.data[1].x) == [0, 0]
    assert [plain(note.text) for note in figure.layout.annotations] == ["not a number"] * 2


@pytest.mark.parametrize("data", [None, "x", True, [], {}, 1.5, [None]])
def test_a_click_on_nothing_is_no_class(data: object) -> None:
    with pytest.raises(ValueError, match="no class's index"):
        class_of(data)


def test_a_click_comes_as_a_number_or_in_a_list() -> None:
    assert class_of(7) == class_of([7]) == class_of((7, "x")) == 7


def test_arguments_can_be_kept() -> None:
    assert hash((Guesses("It", (Prediction(1, "cat", 0.0, 0.5),)),))
