"""The palette's colours of networks, lines and tiles: contrast, and whether every eye tells them apart."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.compare.budget import BRANCH
from explorer.charts.compare.landscape_points import BEST
from explorer.charts.palette import MUTED, NETWORKS, ROLE_COLOURS, contrast, ink_on, network_style
from tests.charts import test_palette as ruler

TILES = [*ROLE_COLOURS.values(), BRANCH]


@pytest.mark.parametrize(("one", "other"), [("#FFFFFF", "#000000"), ("#777777", "#FFFFFF"), ("#0072B2", "#12151C")])
def test_contrast_is_that_of_the_palettes_ruler(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(ruler.contrast(one, other), rel=1e-3)


@pytest.mark.parametrize("colour", TILES)
def test_words_on_tiles_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.5


@given(st.integers(0, 0xFFFFFF))
def test_black_or_white_can_be_read_on_any_colour(number: int) -> None:
    colour = f"#{number:06X}"
    assert contrast(ink_on(colour), colour) >= 4.5


@pytest.mark.parametrize("colour", [*(style.colour for style in NETWORKS), MUTED, BEST, BRANCH])
@pytest.mark.parametrize("background", ruler.BACKGROUNDS)
def test_colours_of_networks_and_lines_are_visible_on_light_and_dark(colour: str, background: str) -> None:
    # Tiles that hold others are as large as the chart and need no contrast with the page, only their words do.
    assert contrast(colour, background) >= (1.5 if colour == BRANCH else ruler.VISIBLE)


@pytest.mark.parametrize("sight", ruler.SIGHT)
def test_every_eye_tells_the_networks_from_each_other_and_from_the_roles(sight: str) -> None:
    def seen(colour: str) -> ruler.Colour:
        return ruler.lab(ruler.times(ruler.SIGHT[sight], ruler.linear(colour)))

    colours = [style.colour for style in NETWORKS]
    apart = {(a, b): math.dist(seen(a), seen(b)) for a, b in combinations(colours, 2)}
    assert min(apart.values()) >= 3 * ruler.APART, apart
    assert min(math.dist(seen(a), seen(b)) for a in colours for b in ROLE_COLOURS.values()) >= ruler.APART


def test_networks_differ_without_any_colour() -> None:
    for field in ("pattern", "symbol", "dash"):
        assert len({getattr(style, field) for style in NETWORKS}) == len(NETWORKS)


def test_no_one_grey_can_be_read_on_both_themes() -> None:
    """Why words take the colour of the text around them: no fixed colour does what is asked."""
    white, dark = ruler.BACKGROUNDS
    greys = [f"#{level:02X}{level:02X}{level:02X}" for level in range(256)]
    assert max(min(contrast(grey, white), contrast(grey, dark)) for grey in greys) < 4.5


def test_styles_of_eight_networks_differ() -> None:
    assert [network_style(number) for number in range(4)] == list(NETWORKS)
    for one, other in combinations(map(network_style, range(8)), 2):
        assert (one.colour, one.symbol) != (other.colour, other.symbol)
        assert one.colour != other.colour or one.dash != other.dash
