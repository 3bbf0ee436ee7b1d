"""Which option is right follows from the truth alone, and what readers are told from what they chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.paths.answers import Truth, authors_truth, is_right, place_of, reply
from explorer.paths.progress import Said, read_progress, with_said, write_progress
from explorer.paths.values import Option, Question

WORDS = Question("Which?", (Option("Up", "up", "It fell."), Option("Down", "down", "It rose.")))
NUMBERS = Question("How many?", tuple(Option(text, text) for text in ("10", "50", "92")))
TYPED = Question("How many?", unit="px")


def test_the_option_that_is_called_so_is_right() -> None:
    assert place_of(WORDS, Truth("down")) == 1
    assert is_right(WORDS, "1", Truth("down"))
    assert reply(WORDS, "1", Truth("down")) == "Right."
    assert reply(WORDS, "0", Truth("down")) == "You said “Up”. It fell."
    assert reply(WORDS, "", Truth("down")) == ""


def test_where_no_option_is_called_so_all_are_wrong() -> None:
    assert place_of(WORDS, Truth("same")) is None
    assert not any(is_right(WORDS, said, Truth("same")) for said in ("0", "1", "None"))


@given(st.floats(0, 100))
def test_the_nearest_number_is_right(number: float) -> None:
    place = place_of(NUMBERS, Truth(number))
    assert place is not None
    assert abs(float(NUMBERS.options[place].answer) - number) == min(abs(each - number) for each in (10, 50, 92))
    assert place_of(NUMBERS, Truth(50)) == 1, "a whole number is a number, and no option's place"


@pytest.mark.parametrize(("said", "right"), [("899", True), ("820", True), ("700", False), ("", False), ("x", False)])
def test_a_typed_number_is_right_within_a_tenth(said: str, right: bool) -> None:
    assert is_right(TYPED, said, Truth(899.0)) is right
    assert is_right(TYPED, said, Truth(899)) is right
    assert is_right(TYPED, "0,5", Truth(0.5)), "as a class reads it, too"
    assert reply(TYPED, "700", Truth(899.0)) == "You said 700: not within a tenth of it."


def test_the_author_of_a_path_says_what_is_right_or_leaves_it_open() -> None:
    own = Question("Which?", WORDS.options, right=1)
    assert place_of(own, authors_truth(own)) == 1
    assert reply(own, "0", authors_truth(own)) == "You said “Up”. It fell."
    assert place_of(WORDS, authors_truth(WORDS)) is None


ANSWERS = st.builds(Said, st.sampled_from(["", "0", "5", "853018", "-0.5", "1e-05"]), st.booleans())


@given(st.lists(ANSWERS, min_size=1, max_size=20))
def test_progress_comes_back_from_a_link(said: list[Said]) -> None:
    text = write_progress(said)
    assert read_progress(text, len(said)) == tuple(said)
    assert with_said(said, 0, answer="1")[0] == Said("1", said[0].seen)


@given(st.text(max_size=60), st.integers(1, 20))
def test_any_text_is_read_as_progress(text: str, steps: int) -> None:
    said = read_progress(text, steps)
    assert len(said) == steps
    assert all(len(each.answer) <= 13 and "<" not in each.answer for each in said)
