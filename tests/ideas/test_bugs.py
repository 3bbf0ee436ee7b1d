"""Spot the bug: each listing is really run, fails as it is said to, and runs once it is mended."""

import re

import pytest

from explorer.ideas.bugs import BUGS, Bug, answer, bug
from explorer.ideas.measure.bugs import caught, outcome, passed
from explorer.text.errors import Refusal

KEYS = [each.key for each in BUGS]
# PyTorch's own words, and nothing of ours.
ERRORS = {
    "forward": r'NotImplementedError: Module \[Block\] is missing the required "forward" function',
    "norms": r"RuntimeError: running_mean should contain 16 elements not 64",
    "keyword": r"TypeError: .*unexpected keyword argument 'strides'",
    "stride": r"RuntimeError: The size of tensor a \(8\) must match the size of tensor b \(4\)",
}


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_the_mistake_is_real_and_the_mend_mends_it(each: Bug) -> None:
    wrong, right = outcome(each.wrong), outcome(each.mended)
    assert right.error == "" and right.printed
    assert (wrong.error, wrong.printed) != (right.error, right.printed)
    assert re.match(ERRORS.get(each.key, "$"), wrong.error)


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_the_check_would_have_caught_it(each: Bug) -> None:
    assert caught(each).error
    assert passed(each).error == ""


@pytest.mark.parametrize("key", ["in_place", "eval"])
def test_what_is_silent_is_a_wrong_number(key: str) -> None:
    wrong, right = (float(re.findall(r"[\d.]+$", outcome(text).words)[0]) for text in (bug(key).wrong, bug(key).mended))
    assert wrong > 0.1 and right == 0
    assert caught(bug(key)).error.startswith("AssertionError")


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_every_slip_is_in_the_listing_once(each: Bug) -> None:
    assert all(each.mended.count(right) == 1 for right, _ in each.slips)
    assert each.places and all(1 <= place <= len(each.lines) for place in each.places)
    assert each.missing is (len(each.lines) < len(each.mended.splitlines()))


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_every_line_has_an_answer(each: Bug) -> None:
    for line in range(1, len(each.lines) + 1):
        said = answer(each, line)
        assert said.startswith("Right") is (line in each.places)
        assert (each.lesson in said) is (line in each.places) and (each.hint in said) is (line not in each.places)
    for line in (0, -1, len(each.lines) + 1):
        with pytest.raises(Refusal, match="choose one from 1 to"):
            answer(each, line)


def test_the_line_that_fails_is_told_where_it_is_in_the_listing() -> None:
    found = outcome(bug("keyword").wrong)
    assert found.line is not None and "strides" in bug("keyword").lines[found.line - 1]


def test_the_mistakes_are_all_different_and_short_enough_to_read() -> None:
    assert len(set(KEYS)) == len(BUGS) >= 6
    assert all(len(each.lines) <= 26 and max(map(len, each.lines)) <= 120 for each in BUGS)


def test_an_unknown_bug_is_said() -> None:
    with pytest.raises(Refusal, match="choose one of forward, norms"):
        bug("colour")
