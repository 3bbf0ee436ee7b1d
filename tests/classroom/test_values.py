"""Values are bounded, and stay text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.classroom.values import (
    MAX_NUMBER,
    MAX_OPTION,
    MAX_QUESTION,
    Poll,
    Question,
    Truth,
    View,
)
from explorer.text.errors import Refusal


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Poll(""), "The question is empty"),
        (lambda: Poll(" \n "), "The question is empty"),
        (lambda: Poll("x" * (MAX_QUESTION + 1)), "at most 300"),
        (lambda: Poll("x" * 10_000_000), "10,000,000 characters; at most 300"),
        (lambda: Poll("Why?", ("yes",)), "2 to 6 options; this one has 1"),
        (lambda: Poll("Why?", tuple("abcdefg")), "this one has 7"),
        (lambda: Poll("Why?", ("yes", " yes")), "Two options are the same"),
        (lambda: Poll("Why?", ("yes", "")), "Option 2 is empty"),
        (lambda: Poll("Why?", ("yes", "n" * (MAX_OPTION + 1))), "Option 2 has 121 characters"),
        (lambda: Poll("How many?", unit="p" * 21), "unit"),
        (lambda: View("x" * 41), "too long"),
        (lambda: View("cam", (("net", "x" * 4000),)), "too long"),
        (lambda: View("cam", (("a", "b"),) * 81), "too long"),
        (lambda: Truth(0, "x" * 601), "at most 600"),
        (lambda: Question(Poll("Why?", ("yes", "no")), Truth(2)), "none of the options"),
    ],
)
def test_what_is_too_large_is_refused_in_words(make: object, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        make()  # type: ignore[operator]


def test_markup_in_a_question_stays_what_was_typed() -> None:
    text = "<script>alert(1)</script> & **bold**?"
    assert Poll(text, ("<b>yes</b>", "no")).question == text


@given(st.floats())
def test_a_number_is_counted_to_six_digits_or_refused(number: float) -> None:
    poll = Poll("How many?", unit="parameters")
    if math.isfinite(number) and abs(number) <= MAX_NUMBER:
        assert math.isclose(poll.admitted(number), number, rel_tol=1e-5, abs_tol=1e-320)
    else:
        with pytest.raises(Refusal):
            poll.admitted(number)


@pytest.mark.parametrize("number", [10**15 + 1, 10**400, -(10**400), math.nan, math.inf], ids=range(5))
def test_no_number_is_too_large_to_be_refused(number: float) -> None:
    with pytest.raises(Refusal, match="ordinary number"):
        Poll("How many?").admitted(number)


@pytest.mark.parametrize("choice", [-1, 2, 0.5, math.nan, True, "0", "x" * 10_000, None])
def test_no_option_but_those_there_are(choice: object) -> None:
    with pytest.raises(Refusal):
        Poll("Really?", ("yes", "no")).admitted(choice)  # type: ignore[arg-type]
