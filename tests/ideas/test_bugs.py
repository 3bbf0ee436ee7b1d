"""Spot the bug: each listing is really run, fails as it is said to, and runs once it is mended."""

import re

import pytest

from explorer.ideas.bugs import BUGS, Bug, answer_to_line, bug_by_key
from explorer.ideas.measure.bugs import check_mended, check_wrong, run_program
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
    wrong, right = run_program(each.wrong), run_program(each.mended)
    assert right.error == "" and right.printed
    assert (wrong.error, wrong.printed) != (right.error, right.printed)
    assert re.match(ERRORS.get(each.key, "$"), wrong.error)


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_the_check_would_have_caught_it(each: Bug) -> None:
    assert check_wrong(each).error
    assert check_mended(each).error == ""


@pytest.mark.parametrize("key", ["in_place", "eval"])
def test_what_is_silent_is_a_wrong_number(key: str) -> None:
    wrong, right = (
        float(re.findall(r"[\d.]+$", run_program(text).words)[0])
        for text in (bug_by_key(key).wrong, bug_by_key(key).mended)
    )
    assert wrong > 0.1 and right == 0
    assert check_wrong(bug_by_key(key)).error.startswith("AssertionError")


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_every_slip_is_in_the_listing_once(each: Bug) -> None:
    assert all(each.mended.count(right) == 1 for right, _ in each.slips)
    assert each.places and all(1 <= place <= len(each.lines) for place in each.places)
    assert each.missing is (len(each.lines) < len(each.mended.splitlines()))


@pytest.mark.parametrize("each", BUGS, ids=KEYS)
def test_every_line_has_an_answer(each: Bug) -> None:
    for line in range(1, len(each.lines) + 1):
        said = answer_to_line(each, line)
        assert said.startswith("Right") is (line in each.places)
        assert (each.lesson in said) is (line in each.places) and (each.hint in said) is (line not in each.places)
    for line in (0, -1, len(each.lines) + 1):
        with pytest.raises(Refusal, match="choose one from 1 to"):
            answer_to_line(each, line)


def test_the_line_that_fails_is_told_where_it_is_in_the_listing() -> None:
    found = run_program(bug_by_key("keyword").wrong)
    assert found.line is not None and "strides" in bug_by_key("keyword").lines[found.line - 1]


def test_the_mistakes_are_all_different_and_short_enough_to_read() -> None:
    assert len(set(KEYS)) == len(BUGS) >= 6
    assert all(len(each.lines) <= 26 and max(map(len, each.lines)) <= 120 for each in BUGS)


def test_an_unknown_bug_is_said() -> None:
    with pytest.raises(Refusal, match="choose one of forward, norms"):
        bug_by_key("colour")
