"""The split at an add: shares that sum to the whole, against vectors, and words that say no more than the numbers."""

import math
import re

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from explorer.gradients.shortcut_shares import NO_SHARE, NoShare, share_words, split
from explorer.gradients.values import FlowReading, Parting
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, measured, partings


def parting(shortcut: FlowReading, branch: FlowReading, cosine: float = math.nan) -> Parting:
    return Parting("layer1.0", shortcut, branch, cosine)


@given(st.lists(st.floats(-10, 10), min_size=6, max_size=6))
def test_shares_are_the_vectors_projections_on_their_sum(values: list[float]) -> None:
    shortcut, branch = np.array(values[:3]), np.array(values[3:])
    whole = shortcut + branch
    assume(min(map(np.linalg.norm, (shortcut, branch, whole))) > 0.1)
    cosine = shortcut @ branch / np.linalg.norm(shortcut) / np.linalg.norm(branch)
    norms = [FlowReading.of(float(np.linalg.norm(part))) for part in (shortcut, branch)]
    found = split(parting(norms[0], norms[1], float(cosine)))
    assert found.shortcut == pytest.approx(shortcut @ whole / (whole @ whole), rel=1e-6, abs=1e-6)
    assert found.branch == pytest.approx(branch @ whole / (whole @ whole), rel=1e-6, abs=1e-6)
    assert found.missing is None


@given(partings())
def test_shares_sum_to_one_or_say_why_there_are_none(parts: tuple[FlowReading, FlowReading, float]) -> None:
    found = split(parting(*parts))
    if found.missing:
        assert math.isnan(found.shortcut) and math.isnan(found.branch)
        assert {found.shortcut_words, found.branch_words} <= {"0", NO_SHARE}
        assert found.clause == found.missing.clause and found.short == found.missing
    else:
        assert math.isfinite(found.shortcut) and math.isfinite(found.branch)
        scale = max(abs(found.shortcut), 1)
        assert (found.shortcut + found.branch) / scale == pytest.approx(1 / scale, abs=1e-3)
        assert f"{found.shortcut_words} by the shortcut" in found.short
        assert ("works against" in found.clause) == (min(found.shortcut, found.branch) < 0)


@pytest.mark.parametrize(
    ("shortcut", "branch", "missing"),
    [
        (ZERO, ZERO, NoShare.NOTHING),
        (LOST, LOST, NoShare.UNDERFLOW),
        (NAN, FlowReading.of(1.0), NoShare.NOT_A_NUMBER),
        (ZERO, NAN, NoShare.NOT_A_NUMBER),
        (INFINITE, FlowReading.of(1.0), NoShare.OVERFLOW),
        (FlowReading.of(1.0), INFINITE, NoShare.OVERFLOW),
        (INFINITE, LOST, NoShare.OVERFLOW),
    ],
)
def test_why_there_are_no_shares(shortcut: FlowReading, branch: FlowReading, missing: NoShare) -> None:
    found = split(parting(shortcut, branch))
    assert found.missing is missing
    assert found.shortcut_words == ("0" if missing is NoShare.NOTHING else NO_SHARE)


def test_two_parts_that_cancel_have_no_shares() -> None:
    assert split(parting(FlowReading.of(2.0), FlowReading.of(2.0), -1.0)).missing is NoShare.CANCELS


def test_all_of_it_is_only_said_where_the_other_part_is_exactly_zero() -> None:
    one = FlowReading.of(1.0)
    assert split(parting(one, ZERO)).shortcut_words == "100 %"
    assert split(parting(one, ZERO)).clause.startswith("all of the gradient that goes on comes by the shortcut")
    assert split(parting(ZERO, one)).clause.startswith("all of the gradient that goes on comes through the branch")
    assert split(parting(LOST, ZERO)).shortcut_words == split(parting(ZERO, LOST)).branch_words == "100 %"
    assert split(parting(one, LOST)).shortcut_words == "≈100 %"
    assert split(parting(LOST, one)).shortcut_words == "≈0 %"
    assert split(parting(one, FlowReading.of(1e-30), 0.0)).branch_words == "≈0 %"


@given(st.floats(-1e6, 1e6))
@example(0.005)
@example(0.995)
def test_words_are_within_their_last_digit_of_the_share(share: float) -> None:
    words = share_words(share)
    if words in (">999 %", "<−999 %"):
        assert abs(share) > 9.99 and (share > 0) == words.startswith(">")
        return
    number = float(words.removeprefix("≈").removesuffix(" %").replace("−", "-"))
    assert 100 * share == pytest.approx(number, abs=0.05001 if "." in words or "≈" in words else 0.5001)
    assert words.startswith("≈") == (number in (0, 100))
    assert len(words) <= 7


def test_words_for_no_share() -> None:
    assert share_words(math.nan) == NO_SHARE


@pytest.mark.parametrize("name", [name for name in TINY if not TINY[name].is_plain])
def test_measured_shares_are_percentages_that_sum_to_the_whole(name: str) -> None:
    for found in map(split, measured(name).adds):
        assert found.missing is None
        assert found.shortcut + found.branch == pytest.approx(1, abs=1e-5)
        assert re.fullmatch(r"≈?−?\d+(\.\d)? %", found.shortcut_words)
