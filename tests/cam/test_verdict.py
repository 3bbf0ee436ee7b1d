"""The tests of a map and the one verdict read back: they follow from the numbers and never say more."""

import math
import re
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.cam.check_values import Baseline, BeliefCurve, Randomisation, Trial
from explorer.cam.check_verdicts import DEPENDS_BELOW, Belief, Check
from explorer.cam.verdict import ASKS, LIMITS, curve_check, verdict, weights_check

AREAS = st.floats(0, 1)
TRUST, DO_NOT, DISAGREE, NONE = "Trust the region", "Do not trust this map", "The tests disagree", "No verdict"


def curve(trial: Trial, area: float, random: list[float]) -> BeliefCurve:
    """Level curves, each with the area that it is high."""
    level = [(height, height) for height in (area, *random)]
    return BeliefCurve(trial, Baseline.MEAN, 0, (0.0, 1.0), level[0], tuple(level[1:]))


def weights(*similarities: float) -> Randomisation:
    steps = tuple((each,) for each in similarities)
    return Randomisation("layer3", 0, ("fc", "stem")[: len(steps)], (), (), steps, steps)


@given(st.sampled_from(Trial), AREAS, st.lists(AREAS, min_size=1, max_size=6))
def test_a_trial_is_passed_if_it_beats_every_random_map(trial: Trial, area: float, others: list[float]) -> None:
    check = curve_check(curve(trial, area, others))
    passed = area < min(others) if trial is Trial.DELETION else area > max(others)
    assert check.belief is (Belief.PASSED if passed else Belief.FAILED)
    assert check.sentence.startswith("Yes" if passed else "No better than chance")
    if passed:
        assert f"{'lower' if trial is Trial.DELETION else 'higher'} than every random map" in check.sentence
    check_areas(check.sentence, area, others)


def check_areas(sentence: str, value: float, others: list[float]) -> None:
    """The numbers are the areas, and a difference that decides is seen, unless it takes more than seven digits."""
    shown = re.search(r"area ([\d.]+) \((\d) random maps?: ([\d.]+)(?: to ([\d.]+))?\)", sentence)
    assert shown is not None
    mine, count, low, high = shown.groups()
    ends = (low, high or low)
    assert int(count) == len(others)
    for text, exact in ((mine, value), (ends[0], min(others)), (ends[1], max(others))):
        assert float(text) == pytest.approx(exact, abs=0.5 * 10 ** -len(text.partition(".")[2]) + 1e-12)
    for text, exact in ((ends[0], min(others)), (ends[1], max(others))):
        assert (text == mine) == (exact == value) or abs(exact - value) < 1e-6


@pytest.mark.parametrize("trial", Trial)
def test_what_cannot_be_said_is_open(trial: Trial) -> None:
    assert curve_check(curve(trial, 0.1, [])).belief is Belief.OPEN
    assert curve_check(curve(trial, math.nan, [0.5])).belief is Belief.OPEN
    assert curve_check(curve(trial, 0.1, [0.5, math.inf])).belief is Belief.OPEN


BELIEFS = (Belief.PASSED, Belief.FAILED, Belief.OPEN)


@pytest.mark.parametrize("ends", list(product(BELIEFS, repeat=3)), ids=str)
def test_the_rules_decide_between_all_ends_of_the_three_tests(ends: tuple[Belief, Belief, Belief]) -> None:
    deletion, insertion, random = ends
    found = verdict(*(Check(end, "") for end in ends), (7, 5))
    fails = random is Belief.FAILED or deletion is insertion is Belief.FAILED
    if fails:
        assert found.belief is Belief.FAILED and found.sentence.startswith(DO_NOT)
        assert ("stays similar when the weights are random" in found.sentence) == (random is Belief.FAILED)
        assert ("no more than those of random maps" in found.sentence) == (deletion is insertion is Belief.FAILED)
    elif Belief.OPEN in ends:
        assert found.belief is Belief.OPEN and found.sentence.startswith(NONE)
        for name, end in zip(("deletion", "insertion", "random weights"), ends, strict=True):
            assert (name in found.sentence) == (end is Belief.OPEN)
    elif Belief.FAILED in ends:
        won, lost = ("deletion", "insertion") if deletion is Belief.PASSED else ("insertion", "deletion")
        assert found.belief is Belief.MIXED and found.sentence.startswith(DISAGREE)
        assert f"at {won} and not at {lost}. Trust no more than" in found.sentence
    else:
        assert found.belief is Belief.PASSED and found.sentence.startswith(f"{TRUST}, no finer than its 7×5 cells")
    assert ("7×5 cells" in found.sentence) == (found.belief in {Belief.PASSED, Belief.MIXED})


@given(AREAS, AREAS, st.lists(AREAS, min_size=1), st.lists(AREAS, min_size=1), st.floats(-1, 1))
def test_the_verdict_follows_from_the_measured_numbers(
    deletion: float, insertion: float, deletions: list[float], insertions: list[float], similar: float
) -> None:
    assume(abs(similar - DEPENDS_BELOW) > 0.006)
    found = verdict(
        curve_check(curve(Trial.DELETION, deletion, deletions)),
        curve_check(curve(Trial.INSERTION, insertion, insertions)),
        weights_check(weights(1.0, similar)),
        (7, 7),
    )
    won = (deletion < min(deletions)) + (insertion > max(insertions))
    depends = similar < DEPENDS_BELOW
    expected = DO_NOT if not won or not depends else TRUST if won == 2 else DISAGREE
    assert found.sentence.startswith(expected)


@pytest.mark.parametrize("ends", list(product(BELIEFS, repeat=3)), ids=str)
def test_of_an_empty_map_and_a_strange_picture_that_is_said(ends: tuple[Belief, Belief, Belief]) -> None:
    checks = [Check(end, "") for end in ends]
    plain, strange = verdict(*checks, (7, 7)), verdict(*checks, (7, 7), strange=True)
    assert strange.belief is plain.belief
    assert strange.sentence.startswith(plain.sentence) and "unlike those that the network learned" in strange.sentence
    assert "unlike" not in plain.sentence
    empty = verdict(*checks, (7, 7), empty=True)
    assert empty.belief is Belief.OPEN and "no region to trust" in empty.sentence


def test_no_random_weights_no_verdict_on_them() -> None:
    assert weights_check(weights()).belief is Belief.OPEN
    assert weights_check(weights(0.9, math.nan)).belief is Belief.OPEN


def test_of_several_pictures_the_median_is_called_that() -> None:
    """Of those that have a correlation at the last step, which decides."""
    found = Randomisation("layer3", 0, ("stem",), (), (), ((0.1, 0.3, 0.2, math.nan),), ((0.1,) * 4,))
    assert weights_check(found).sentence.endswith("is 0.20, the median of 3 pictures.")
    assert "median" not in weights_check(weights(0.2)).sentence


def test_what_each_test_asks_and_what_none_can_say() -> None:
    assert len(ASKS) == 3 and all(each.count("?") == 1 for each in ASKS)
    assert "does not make the network right" in LIMITS and "never saw" in LIMITS
