"""The key read back: its colours are the map's, its numbers the scale's."""

import numpy as np
import plotly.colors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cam.saliency_map import Method
from explorer.cam.words import METHOD_UNITS
from explorer.charts.cam.colour_key import colour_key, key_image, key_words, meaning
from explorer.charts.cam.overlay import Colours, colour_table
from tests.charts.reading import plain


@given(st.floats(1e-30, 1e30), st.booleans())
def test_numbers_are_the_ends_and_the_middle(scale: float, signed: bool) -> None:
    start, middle, end = (float(words.replace("−", "-")) for words in key_words(scale, signed=signed))
    assert end == pytest.approx(scale, rel=6e-3)
    assert start == (pytest.approx(-scale, rel=6e-3) if signed else 0)
    assert middle == (0 if signed else pytest.approx(scale / 2, rel=6e-3))


def test_a_scale_of_nothing_has_no_minus() -> None:
    assert key_words(0.0, signed=True) == key_words(0.0, signed=False) == ("0", "0", "0")


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("colours", Colours)
def test_the_figures_colours_are_the_maps(colours: Colours, signed: bool) -> None:
    figure = colour_key(2.5, "evidence for <b>", colours=colours, signed=signed)
    strip = figure.data[0]
    found = plotly.colors.sample_colorscale(
        [colour for _, colour in strip.colorscale], np.linspace(0, 1, 257), colortype="tuple"
    )
    assert np.abs(255 * np.asarray(found) - colour_table(colours, signed=signed)).max() <= 0.5 + 1e-9
    assert (strip.zmin, strip.zmax) == (strip.z[0][0], strip.z[0][-1]) == ((-1 if signed else 0), 1)
    axis = figure.layout.xaxis
    assert [plain(tick) for tick in axis.ticktext] == list(key_words(2.5, signed=signed))
    assert list(axis.tickvals) == [strip.x[0], (strip.x[0] + 1) / 2, 1]
    assert axis.range[0] < strip.x[0] and axis.range[1] > 1  # room for the numbers at the ends
    assert plain(axis.title.text) == "evidence for <b> (logits)" and "<b>" not in axis.title.text
    assert figure.layout.height == figure.layout.margin.t + figure.layout.margin.b + 18


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("width", [100, 640, 3000])
def test_the_pictures_colours_are_the_maps(width: int, signed: bool) -> None:
    image = np.asarray(key_image(width, 2.5, "evidence for a cat", signed=signed))
    table = colour_table(Colours.VIRIDIS, signed=signed)
    assert image.shape[1] == width
    assert tuple(image[0, 0]) == tuple(table[0]) and tuple(image[0, -1]) == tuple(table[-1])
    rows = (image < 100).all(axis=2).any(axis=1)
    assert rows[image.shape[0] // 3 :].any() and not rows[-1]  # words, not cut


def test_what_has_no_unit_has_none() -> None:
    assert plain(
        colour_key(1.0, "evidence for cat", unit=METHOD_UNITS[Method.GUIDED_GRAD_CAM]).layout.xaxis.title.text
    ) == ("evidence for cat")


def test_names_of_any_script_are_in_the_picture_and_long_ones_break() -> None:
    short, long = key_image(300, 1.0, "고양이 \u0e41"), key_image(300, 1.0, "evidence for " + "cat " * 40)
    assert long.height > short.height


def test_words_say_what_the_colours_mean() -> None:
    assert meaning("cat") == "evidence for cat"
    assert meaning("cat", signed=True) == "evidence against (below 0) and for cat (above 0)"
    assert meaning("cat", "dog") == "evidence for cat and not dog"
    assert meaning("cat", "dog", signed=True) == "evidence for cat (above 0) or dog (below 0)"
