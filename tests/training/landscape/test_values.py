"""The shape of known functions in closed form: bowls, a saddle, waves, noise."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.landscape.values import RADII
from tests.training.landscape.made import landscape, surface


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.floats(-0.99, 0.99), st.floats(0, 2))
def test_a_bowl_bends_down_nowhere_and_has_one_minimum(a: float, b: float, tilt: float, low: float) -> None:
    """a x² + 2 c x y + b y² with c² < a b is convex; its gradient is zero in the middle alone."""
    c = tilt * math.sqrt(a * b)
    found = surface(lambda x, y: low + a * x**2 + 2 * c * x * y + b * y**2)
    assert found.non_convex_shares == (0.0, 0.0)
    assert found.trained_loss == pytest.approx(low, abs=1e-12)
    if abs(tilt) < 0.3 and 0.5 < a / b < 2:  # a narrow oblique valley falls between the points of a grid
        assert found.minima == 1


@pytest.mark.parametrize("radius", [0.15, 0.45, 0.63, 0.95, 1.3])
def test_the_radius_of_a_round_bowl(radius: float) -> None:
    """It reaches the loss of guessing at ``radius``: the nearest point of the grid from there on is told."""
    found = surface(lambda x, y: math.log(10) * (x**2 + y**2) / radius**2)
    steps = [math.hypot(x, y) / 10 for x in range(11) for y in range(11)]
    assert found.radius == pytest.approx(min(each for each in steps if each >= radius))


def test_a_plane_better_than_guessing_has_no_radius_and_a_worse_middle_has_none_left() -> None:
    assert surface(lambda x, y: 0 * x + 2.3).radius is None
    assert surface(lambda x, y: 0 * x + 2.31).radius == 0
    assert surface(lambda x, y: 0 * x).guess == math.log(10)


def test_half_of_a_saddle_bends_down() -> None:
    found = surface(lambda x, y: x**2 - y**2)
    assert found.non_convex_shares == (0.5, 0.5) and found.minima == 0


@pytest.mark.parametrize("radius", [*RADII, 0.55, 2.0])
def test_waves_bend_down_where_they_are_above_zero(radius: float) -> None:
    """The second difference of cos(5πx) is a negative number times cos(5πx), and along y nothing bends."""
    found = surface(lambda x, y: 2 + np.cos(5 * np.pi * x))
    places = [step / 10 for step in range(-10, 11)]
    inside = [(x, y) for x in places[1:-1] for y in places if math.hypot(x, y) <= radius + 1e-9]
    above = sum(math.cos(5 * math.pi * x) > 1e-9 for x, _ in inside)
    assert found.non_convex_share(radius) == above / (2 * len(inside))


def test_the_minima_of_an_egg_box() -> None:
    """cos(5πx) is lowest at ±0.2, ±0.6 and at the border, which does not count."""
    found = surface(lambda x, y: 3 + np.cos(5 * np.pi * x) + np.cos(5 * np.pi * y))
    assert found.minima == 16


def test_rounding_is_no_shape() -> None:
    noise = np.random.default_rng(0).normal(size=(21, 21))
    flat = landscape(2.3 * (1 + 1e-7 * noise))
    assert flat.non_convex_shares == (0.0, 0.0) and flat.minima == 0
    rounded = landscape(np.vectorize(lambda each: float(f"{each:.6g}"))(2 + 1e-9 * noise + 0.1234567))
    assert rounded.non_convex_shares == (0.0, 0.0)


def test_infinite_losses_have_no_differences_and_are_no_better_than_guessing() -> None:
    losses = np.full((5, 5), 1.0)
    losses[0, :] = math.inf
    losses[3, 3] = 0.5
    found = landscape(losses)
    assert found.radius == 1 and found.minima == 1
    middle = [(row, column) for row in range(5) for column in range(5)]
    bends = []
    for row, column in middle:
        for dr, dc in ((0, 1), (1, 0)):
            ends = [(row - dr, column - dc), (row, column), (row + dr, column + dc)]
            if all(0 <= r < 5 and 0 <= c < 5 for r, c in ends):
                before, at, after = (losses[each] for each in ends)
                if np.isfinite([before, at, after]).all():
                    bends.append(before - 2 * at + after)
    assert found.non_convex_share(2) == sum(bend < 0 for bend in bends) / len(bends) > 0


def test_every_second_point_is_a_plane_of_fewer() -> None:
    def wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.cos(3 * x) + x * y

    found, fewer = surface(wave), surface(wave, 11)
    assert found.thinned(21) == found
    assert np.allclose(found.thinned(11).losses, fewer.losses) and found.thinned(11).places == fewer.places
    assert replace(fewer, losses=found.thinned(11).losses) == found.thinned(11)
    with pytest.raises(ValueError, match="A plane of 9 points has others"):
        found.thinned(9)
