"""The roles' colours: distinct, visible on light and dark, and told apart by colour-blind eyes."""

import math
from itertools import combinations, product

import pytest

from explorer.charts.palette import ROLE_COLOURS, ROLE_PATTERNS
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Role

Colour = tuple[float, ...]

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency":
# complete deficiency, on linear RGB.
SIGHT = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE_POINT = (0.95047, 1.0, 1.08883)
BACKGROUNDS = ("#FFFFFF", "#12151C")  # of the light and the dark theme

# CIE 1976 distance in L*a*b*. About 2.3 is just noticeable with patches side by side (Mahy et al. 1994); bars and a
# legend are apart, small, and on a projector, so four times that is asked for.
APART = 10.0
ROLES_APART = 15.0  # a role is looked up in a legend, with others between
VISIBLE = 3.0  # contrast with the background (WCAG 2.2, 1.4.11)


def linear(colour: str) -> Colour:
    """Linear RGB of ``#RRGGBB`` (IEC 61966-2-1)."""
    values = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return tuple(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)


def times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    return tuple(sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)


def lab(colour: Colour) -> Colour:
    """L*a*b* of linear RGB, which is first brought back into what a screen can show."""
    xyz = times(TO_XYZ, tuple(min(max(value, 0.0), 1.0) for value in colour))
    x, y, z = (_cube_root(value / white) for value, white in zip(xyz, WHITE_POINT, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else 841 / 108 * value + 4 / 29


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    darker, lighter = sorted(times(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_each_role_has_one_colour_and_one_label_of_its_own() -> None:
    for words in (ROLE_COLOURS, ROLE_LABELS):
        assert list(words) == list(Role)
        assert len(set(words.values())) == len(Role)


def test_the_ruler_measures_what_is_known() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert lab(linear("#FFFFFF")) == pytest.approx((100, 0, 0), abs=0.02)
    assert lab(linear("#FF0000")) == pytest.approx((53.24, 80.09, 67.20), abs=0.02)


@pytest.mark.parametrize(("role", "background"), [*product(Role, BACKGROUNDS)])
def test_every_colour_is_visible_on_light_and_dark(role: Role, background: str) -> None:
    assert contrast(ROLE_COLOURS[role], background) >= VISIBLE


@pytest.mark.parametrize("sight", SIGHT)
def test_every_eye_can_tell_the_roles_apart(sight: str) -> None:
    seen = {role: lab(times(SIGHT[sight], linear(colour))) for role, colour in ROLE_COLOURS.items()}
    close = {pair: math.dist(seen[pair[0]], seen[pair[1]]) for pair in combinations(Role, 2)}
    assert {pair: distance for pair, distance in close.items() if distance < ROLES_APART} == {}


STAGE = (Role.CONV3X3, Role.REDUCE, Role.EXPAND, Role.SHORTCUT, Role.NORM)


@pytest.mark.parametrize(("one", "other"), [*combinations(STAGE, 2), (Role.STEM, Role.NORM)])
def test_parts_of_a_bar_that_may_touch_differ_in_pattern_or_in_grey(one: Role, other: Role) -> None:
    grey = [lab((times(TO_XYZ, linear(ROLE_COLOURS[role]))[1],) * 3)[0] for role in (one, other)]
    assert ROLE_PATTERNS.get(one) != ROLE_PATTERNS.get(other) or abs(grey[0] - grey[1]) >= APART
