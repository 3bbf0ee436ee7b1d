"""Every sentence is the numbers beside it, for any landscapes."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from explorer.training.landscape.sentences import (
    told_height,
    told_landscapes,
    told_limits,
    told_minima,
    told_plane,
    told_radius,
    told_recalibrated,
    told_shares,
    told_steps,
)
from explorer.training.landscape.values import LIVE_SIDE, RADII, SIDE, Landscape, Landscapes
from tests.training.landscape.made import landscape, landscapes, surface

BOWL = surface(lambda x, y: 0.2 + 40 * (x**2 + y**2))
WAVES = surface(lambda x, y: 1.5 + np.cos(5 * np.pi * x) + x**2)


def kind(network: str, *found: Landscape) -> Landscapes:
    return Landscapes(network, found, tuple(f"plane {number + 1}" for number in range(len(found))))


PLAIN, RESIDUAL = kind("plain-8", WAVES), kind("residual-8", BOWL, BOWL)


def test_the_higher_landscape_can_be_the_less_chaotic_one() -> None:
    said = told_height(PLAIN, RESIDUAL)
    assert said.startswith("Height is no measure of chaos.")
    assert said.endswith("here the higher landscape is the one that bends down less.")


def test_chaos_is_told_within_each_radius_and_beside_the_paper() -> None:
    """Waves of cos(5πx) bend down everywhere, the rim of a hat only from 0.7 on."""
    assert told_shares(PLAIN, RESIDUAL).endswith("found deep plain networks the more chaotic ones: so are these.")
    assert "here it is the other way round within 1 and 0.3." in told_shares(kind("p", BOWL), kind("r", WAVES))
    hat = kind("plain-8", surface(lambda x, y: np.minimum(x**2 + y**2, 0.5)))
    said = told_shares(hat, RESIDUAL)
    assert (
        "(every plane of plain-8 has more than any of the other); 0 % in both within 0.3 (the planes overlap)" in said
    )
    assert said.endswith("here that holds within 1 only.")
    assert told_shares(PLAIN, kind("residual-8", WAVES, BOWL)).endswith("these planes do not decide it.")


def test_the_higher_one_can_be_the_more_chaotic_one_too() -> None:
    high = landscape(np.array(WAVES.losses) + 100)
    assert "bends down more, but a bowl can be as high" in told_height(kind("plain-8", high), RESIDUAL)
    assert told_height(PLAIN, PLAIN).endswith(": a bowl can be as high as you like and bend down nowhere.")


def test_ranges_are_told_with_their_ends() -> None:
    assert "in plain-8 and 0 % in residual-8 within 1 of the trained weights (every plane" in told_shares(
        PLAIN, RESIDUAL
    )
    assert "1 in residual-8" in told_minima(PLAIN, RESIDUAL)
    assert "ln 10 ≈ 2.303" in told_radius(PLAIN, RESIDUAL) and "0.28 in residual-8" in told_radius(PLAIN, RESIDUAL)
    assert "21 × 21 points: what is narrower than 0.1 is not seen" in told_limits(PLAIN)
    assert "more than the plane shows" in told_radius(kind("plain-8", surface(lambda x, y: 0 * x)), RESIDUAL)


def test_one_plane_is_told() -> None:
    assert told_plane(BOWL, "Residual-8") == (
        "Residual-8, plane 1, running statistics: the trained weights have a loss of 0.2 and 0 of 100 training "
        "pictures right. Over steps of 0.1, 0 % within 1 and 0 % within 0.3 bends down, with 1 minimum; no better than "
        "guessing from a distance of 0.28."
    )
    assert "0 minima" in told_plane(surface(lambda x, y: x), "It")


def test_why_a_coarser_plane_has_other_numbers_than_the_recorded_one() -> None:
    """Waves of a length of 0.2, of which every second point has the same height."""

    def waves(side: int) -> Landscape:
        return surface(lambda x, y: np.cos(10 * np.pi * x) + x**2 + y**2, side)

    said, live = told_steps(waves(SIDE)), waves(LIVE_SIDE)
    assert "bends down" in said and live.non_convex_shares == (0, 0)
    fine, coarse = said.split(" At its points that are measured here, too, ")
    share = round(100 * waves(SIDE).non_convex_shares[0], 1)
    assert fine.startswith(f"The recorded plane is the same one over steps of 0.1: there {share} % within 1 and ")
    assert coarse.startswith("0 % within 1 and 0 % within 0.3 bends down, with 1 minimum. Longer steps skip")
    assert share > 20
    assert "steps of 0.1, which skip fewer narrow bends and valleys" in told_steps(None)


def test_what_recalibration_takes_of_the_height() -> None:
    def lower(part: float) -> str:
        fresh = replace(
            BOWL, losses=tuple(tuple(part * each for each in row) for row in BOWL.losses), recalibrated=True
        )
        return told_recalibrated(fresh, BOWL)

    assert "most of the height came from running" in lower(0.1)
    assert "part of the height came from running" in lower(0.7)
    assert told_recalibrated(WAVES, landscape(np.array(BOWL.losses) + 9)).endswith(
        " Lower, and bent down more: height is no measure of chaos."
    )
    assert told_recalibrated(landscape(np.array(BOWL.losses) + 9), WAVES).endswith(
        " Higher, and bent down less: height is no measure of chaos."
    )
    assert "height is no measure" not in lower(0.1)
    assert "no matter of running statistics" in lower(1.0) and "no matter of running statistics" in lower(1.3)


@pytest.mark.slow
@given(landscapes("plain"), landscapes("residual"))
def test_any_landscapes_are_told_from_their_numbers(plain: Landscapes, residual: Landscapes) -> None:
    said = told_landscapes(plain, residual)
    assert all("nan" not in each and each.endswith(".") for each in said)
    shares, minima, radius, height, _ = said
    signs = []
    for place in range(len(RADII)):
        one, other = ([each.non_convex_shares[place] for each in shown.found] for shown in (plain, residual))
        signs.append((min(one) > max(other)) - (max(one) < min(other)))
    assert shares.count("every plane of plain-8 has") == signs.count(1)
    assert shares.count("every plane of residual-8 has") == signs.count(-1)
    assert ("so are these" in shares) == (signs == [1, 1])
    assert ("the other way round" in shares) == (-1 in signs)
    assert ("do not decide it" in shares) == (signs == [0, 0])
    counts = [each.minima for each in (*plain.found, *residual.found)]
    assert ("several" in minima) == (max(counts) > 1)
    assert f"{min(counts)}" in minima and f"{max(counts)}" in minima
    for each in (*plain.found, *residual.found):
        assert each.radius is None or each.radius == 0 or re.search(r"\d\.\d\d", radius)
    heights = [[each.median for each in shown.found] for shown in (plain, residual)]
    higher = (min(heights[0]) > max(heights[1])) - (max(heights[0]) < min(heights[1]))
    assert ("bends down less" in height) == (higher * signs[0] == -1)
    assert ("bends down more" in height) == (higher * signs[0] == 1)
    for each in plain.found:
        assert "nan" not in told_plane(each, "It") + told_recalibrated(each, residual.found[0])
