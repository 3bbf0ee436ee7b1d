"""The sentences of the paths tab, against the numbers they are computed from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.paths.sentences import (
    paths_words,
    told_estimate,
    told_gradient,
    told_modest,
    told_paths,
    told_sum,
    told_veit,
)
from tests.training.paths.made import made

SHORT = [1.0, 0.5, 0.2, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
NORMS = st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=60)


def test_the_paths_of_twenty_layers() -> None:
    found = made(SHORT)
    assert told_paths(found, "residual-20") == (
        "Residual-20 has 9 blocks, and a path takes the branch or the shortcut of each: 2⁹ = 512 paths. 96.1 % of them "
        "have length 2 to 7, and the mean is 4.5."
    )
    assert told_gradient(found) == (
        "At least 95 % of the gradient comes by paths of length 0 to 2: 46 of the 512 paths, 9.0 %. The mean length by "
        "which it comes is 0.6: shorter than that of all paths, 4.5."
    )
    assert told_sum(found) == (
        "A share here is one of the sum of the lengths' norms, and norms do not add up: they sum to 1.8 times the norm "
        "of the whole gradient, for the lengths' gradients point in different directions. The gradients themselves do: "
        "their sum is PyTorch's own gradient, to within 10⁻⁷ of it."
    )
    assert "0.09 to 0.31 branches; here it is 0.00 to 0.22" in told_veit(found) and "0.45 %" in told_veit(found)


def test_the_estimate_is_told_with_what_it_leaves_out() -> None:
    said = told_estimate(made([1.0, 1.0, 0.3], [1.0, 0.9, 0.25]))
    assert "up to 2 paths" in said and "lengths 0 to 2" in said
    assert "changes by × 0.5 a branch" in said
    assert "at length 1 it is 1.8 times the exact norm" in said
    assert "exact norm" not in told_estimate(made([1.0, 1.8, 0.3], [1.0, 0.9, 0.25]))


@given(NORMS)
def test_longer_and_shorter_are_said_as_they_are(norms: list[float]) -> None:
    found = made(norms)
    mean = sum(length * norm for length, norm in enumerate(norms)) / sum(norms)
    said = told_gradient(found)
    if "shorter" in said:
        assert mean < found.blocks / 2
    elif "longer" in said:
        assert mean > found.blocks / 2
    else:
        assert "about that of all paths" in said and mean == pytest.approx(found.blocks / 2, abs=0.05 * found.blocks)
    for told in (told_sum, told_estimate, told_veit, told_modest):
        assert told(found)


def test_a_plain_network_is_told_apart() -> None:
    found = made([0.0, 0.0, 0.2], norm=0.2, plain=True)
    assert (
        told_paths(found, "plain-8")
        == "Plain-8 has no shortcuts: a single path, which takes the branches of all 2 blocks."
    )
    assert told_gradient(found) == ("All of the gradient comes by this one path: its norm at the stem's output is 0.2.")
    assert not any(told(found) for told in (told_sum, told_estimate, told_veit, told_modest))


def test_no_gradient_is_told_as_that() -> None:
    found = made([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], norm=0.0)
    assert told_gradient(found) == "No gradient arrives at the stem's output, by any path."
    assert not told_sum(found) and not told_estimate(found) and not told_veit(found)


def test_large_numbers_of_paths_are_powers_of_ten() -> None:
    assert [paths_words(2**blocks) for blocks in (0, 9, 54)] == ["1 path", "512 paths", "1.8·10¹⁶ paths"]
