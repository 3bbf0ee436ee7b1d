"""Path counts and the lengths that matter, against the binomial theorem and a search over all runs."""

from dataclasses import replace
from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer import ResNetConfig, preset
from explorer.training.inside_effort import MOST_MACS, paths_macs, why_too_large
from explorer.training.paths.lengths import (
    VEIT_BLOCKS,
    VEIT_LENGTHS,
    effective_lengths,
    path_counts,
    shares,
)
from explorer.training.racers import racers
from tests.network.strategies import configs
from tests.training.paths.made import made

AMOUNTS = st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=30)


@given(configs(small=False))
def test_all_paths_are_two_to_the_number_of_blocks(config: ResNetConfig) -> None:
    blocks = sum(config.stage_blocks)
    counts = path_counts(config)
    assert len(counts) == blocks + 1
    assert sum(counts) == (1 if config.is_plain else 2**blocks)
    assert counts == counts[::-1] or config.is_plain


@given(AMOUNTS, st.floats(0.01, 1))
def test_effective_lengths_are_the_shortest_run_that_holds_enough(amounts: list[float], most_of: float) -> None:
    assume(sum(amounts))
    found = effective_lengths(amounts, most_of)
    assert found
    first, last = found
    whole = sum(amounts)
    assert sum(amounts[first : last + 1]) >= most_of * whole * (1 - 1e-12)
    for start in range(len(amounts)):
        assert sum(amounts[start : start + last - first]) < most_of * whole


def test_nothing_has_no_effective_lengths() -> None:
    assert effective_lengths([0.0, 0.0]) is None and shares([0.0, 0.0]) == (0.0, 0.0)


def test_the_papers_numbers() -> None:
    """Veit et al. 2016: lengths 5 to 17 are 0.45 % of the paths; 95 % of the paths have length 19 to 35."""
    first, last = VEIT_LENGTHS
    counts = [comb(VEIT_BLOCKS, length) for length in range(VEIT_BLOCKS + 1)]
    assert 100 * sum(counts[first : last + 1]) / 2**VEIT_BLOCKS == pytest.approx(0.45, abs=0.005)
    assert sum(counts[19:36]) / 2**VEIT_BLOCKS > 0.95
    found = effective_lengths(counts)
    assert found and found[0] >= 19 and found[1] <= 35


def test_shares_and_estimates_of_measured_paths() -> None:
    found = made([4, 5, 1], [4, 3, 1])
    assert found.paths == 4 and found.blocks == 2 and found.path_shares == (0.25, 0.5, 0.25)
    assert found.gradient_shares == pytest.approx((0.4, 0.5, 0.1)) and found.effective == (0, 2)
    assert [each.estimate for each in found.lengths] == [4, 6, 1]
    assert found.paths_between((0, 1)) == 3


def test_what_is_too_large_is_said() -> None:
    from explorer.training.data import DataSet  # noqa: PLC0415

    for config in racers(DataSet.FASHION, (20, 56, 110)):
        assert paths_macs(config) < MOST_MACS and not why_too_large(paths_macs(config))
    huge = replace(preset("resnet152"), stem="cifar")
    assert "too large" in why_too_large(paths_macs(huge))
