"""The verdicts read back: they follow from the numbers, show them, and never look as if they did not."""

import math
import re
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cam.check_verdicts import (
    DEPENDS_BELOW,
    OPPOSITE_TO,
    THRESHOLDS,
    Belief,
    area,
    over_pictures,
    randomisation_check,
)


@given(st.lists(st.tuples(st.floats(0.001, 1), st.floats(0, 1)), min_size=2, max_size=30))
def test_areas_are_numpys(points: list[tuple[float, float]]) -> None:
    shares = np.cumsum([step for step, _ in points])
    chances = [chance for _, chance in points]
    expected = np.trapezoid(chances, shares) / (shares[-1] - shares[0])
    assert area(shares.tolist(), chances) == pytest.approx(expected)
    assert min(chances) - 1e-9 <= area(shares.tolist(), chances) <= max(chances) + 1e-9


def test_what_has_no_area() -> None:
    assert math.isnan(area([0, 0.5, 1], [1, math.nan, 0]))
    for shares, chances in (([], []), ([0], [1]), ([0, 1], [1]), ([1, 1], [0, 0])):
        with pytest.raises(ValueError, match="no area"):
            area(shares, chances)


def test_without_a_correlation_nothing_is_said() -> None:
    assert randomisation_check([]).belief is Belief.OPEN
    open_end = randomisation_check([0.9, math.nan])
    assert open_end.belief is Belief.OPEN and "no verdict" in open_end.sentence


@given(st.lists(st.floats(-1, 1) | st.just(math.nan), max_size=5), st.floats(-1, 1))
def test_the_last_step_decides_whether_the_map_depends_on_the_weights(before: list[float], last: float) -> None:
    check = randomisation_check([*before, last])
    number = float(re.search(r"is (−?\d\.\d\d)\.( What|$)", check.sentence).group(1).replace("−", "-"))  # type: ignore[union-attr]
    assert abs(number - last) <= 0.005 + 1e-9 and "−0.00" not in check.sentence
    assert check.belief is (Belief.PASSED if number < DEPENDS_BELOW else Belief.FAILED)
    assert ("do not believe it" in check.sentence) == (number >= DEPENDS_BELOW)
    assert ("depends on what the network has learnt" in check.sentence) == (number < DEPENDS_BELOW)
    assert check.sentence.endswith(" What was hot is cold then: the map has changed.") == (number <= OPPOSITE_TO)


@given(st.lists(st.lists(st.floats(-1, 1) | st.just(math.nan), min_size=1, max_size=6), max_size=5))
def test_pictures_are_summed_up_step_by_step(similarities: list[list[float]]) -> None:
    bands = over_pictures(similarities)
    assert len(bands) == len(similarities)
    for values, (middle, low, high) in zip(similarities, bands, strict=True):
        known = [value for value in values if not math.isnan(value)]
        if known:
            assert (middle, low, high) == (median(known), min(known), max(known))
            assert all(a <= b for a, b in pairwise((low, middle, high)))
        else:
            assert math.isnan(middle) and math.isnan(low) and math.isnan(high)


def test_thresholds_are_said() -> None:
    assert f"below {DEPENDS_BELOW}" in THRESHOLDS
