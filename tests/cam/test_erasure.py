"""Masks of erased cells, what stands in their place, and the sentences about it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.cam.erasure import (
    Fill,
    HiddenRegion,
    Mask,
    change_sentence,
    erased,
    filled,
    painted_side,
    region_sentence,
    searched_sides,
)
from explorer.text.errors import Refusal

NAMES = ("cat", "dog", "boot")


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    side = draw(st.integers(1, 56))
    return Mask(side, draw(st.frozensets(st.integers(0, side**2 - 1))))


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


@given(masks())
def test_a_mask_comes_back_from_its_text(mask: Mask) -> None:
    assert Mask.of_text(mask.side, mask.text) == mask
    assert len(mask.text) <= 524


@given(st.one_of(st.none(), st.integers(), st.text(max_size=40), st.binary(max_size=40), st.lists(st.integers())))
def test_what_is_no_mask_is_refused(text: object) -> None:
    with pytest.raises(Refusal, match="no mask"):
        Mask.of_text(28, text)


@pytest.mark.parametrize("text", ["A" * 10_000_000, "//8=", "é" * 8])
def test_long_masks_and_wrong_ones_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        Mask.of_text(3, text)


def test_cells_that_there_are_not_are_refused() -> None:
    with pytest.raises(Refusal, match="the cells 0 to 48"):
        Mask(7, frozenset({49}))


@given(masks(), st.integers(1, 120), st.integers(1, 120))
def test_each_pixel_belongs_to_the_cell_that_it_lies_in(mask: Mask, height: int, width: int) -> None:
    pixels = mask.pixels(height, width)
    for row, column in ((0, 0), (height - 1, width - 1), (height // 2, width // 3)):
        cell = row * mask.side // height * mask.side + column * mask.side // width
        assert pixels[row, column] == (cell in mask.cells)


@given(st.integers(1, 300), st.data())
def test_a_searched_region_covers_the_same_pixels_when_it_is_painted(pixels: int, data: st.DataObject) -> None:
    painted = painted_side(pixels)
    side = data.draw(st.sampled_from(searched_sides(pixels)))
    region = Mask(side, data.draw(st.frozensets(st.integers(0, side**2 - 1))))
    fine = region.refined(painted)
    assert painted <= pixels and fine.share == pytest.approx(region.share)
    assert np.array_equal(fine.pixels(pixels, pixels), region.pixels(pixels, pixels))


def test_the_grids_of_the_networks_that_we_know() -> None:
    assert [painted_side(pixels) for pixels in (224, 56, 32, 28, 8, 5)] == [56, 56, 28, 28, 7, 5]
    assert [searched_sides(pixels) for pixels in (224, 32, 28, 8, 5)] == [(7,), (7, 14), (7, 14), (7,), (5,)]


@pytest.mark.parametrize("fill", list(Fill))
def test_nothing_erased_and_everything_erased(fill: Fill) -> None:
    picture = noise(28, 28)
    assert erased(picture, Mask(28), filled(picture, fill)).tobytes() == picture.tobytes()
    everything = Mask(7, frozenset(range(49)))
    assert erased(picture, everything, filled(picture, fill)).tobytes() == filled(picture, fill).tobytes()


@given(masks(), st.sampled_from(Fill))
def test_only_the_erased_pixels_are_replaced(mask: Mask, fill: Fill) -> None:
    picture = noise(30, 20)
    hidden = filled(picture, fill)
    found, before, fills = (np.asarray(each) for each in (erased(picture, mask, hidden), picture, hidden))
    where = mask.pixels(20, 30)
    assert np.array_equal(found[where], fills[where]) and np.array_equal(found[~where], before[~where])


def test_grey_is_the_mean_colour_and_blur_hides_detail() -> None:
    picture = noise(64, 64)
    grey = np.asarray(filled(picture, Fill.GREY))
    assert np.array_equal(grey[0, 0], np.rint(np.asarray(picture, float).mean((0, 1))))
    assert (grey == grey[0, 0]).all()
    assert np.asarray(filled(picture, Fill.BLUR)).std() < 0.2 * np.asarray(picture).std()


def logits(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("after", "cells", "said"),
    [
        (logits(3, 0, 0), 0, "Nothing is erased yet."),
        (logits(1, 0, 0), 9, "With 56 % of the picture erased, the network still says cat: 91 % before, 58 % now."),
        (
            logits(0, 1, 0),
            16,
            "With 100 % of the picture erased, the network says dog (58 %). For cat: 91 % before, 21",
        ),
    ],
)
def test_what_erasing_did_is_said(after: np.ndarray, cells: int, said: str) -> None:
    found = change_sentence(NAMES, logits(3, 0, 0), after, Mask(4, frozenset(range(cells))))
    assert found.startswith(said)


def test_what_the_search_found_is_said() -> None:
    found = HiddenRegion(7, 0, Mask(7, frozenset({3, 4})), logits(0, 1, 0))
    assert region_sentence(NAMES, found).startswith("Hide 2 of 49 cells (4 % of the picture), and the network says dog")
    nothing = HiddenRegion(7, 0, None, logits(3, 0, 0))
    assert region_sentence(NAMES, nothing).startswith("No region of this grid changes it")
