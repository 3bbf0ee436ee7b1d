"""The picture to take away read back: all panels and words are in it, in any script, and nothing else is."""

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.cam.captioned_png import LEAST_HEIGHT, SOFTWARE, caption_lines, captioned_png
from explorer.cam.saliency_map import Method
from explorer.pictures.decode import read_picture
from tests.cam.maps import photo

LINES = caption_lines(
    model="ResNet-50",
    weights="torchvision IMAGENET1K_V2",
    layer="layer4.2",
    target="tench",
    method=Method.GRAD_CAM,
    against="goldfish",
    picture="china.jpg",
)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=("PNG",))
    image.load()
    return image


def test_the_caption_says_model_weights_layer_class_and_method() -> None:
    assert LINES == (
        "ResNet-50, weights: torchvision IMAGENET1K_V2",
        "Grad-CAM at layer4.2: evidence for tench, not for goldfish",
        "Picture: china.jpg",
    )
    plainer = caption_lines(model="It", weights="own", layer="", target="cat", method=Method.OCCLUSION)
    assert plainer == ("It, weights: own", "Occlusion: evidence for cat")


def test_the_file_is_a_png_that_has_the_words_as_text_and_nothing_personal() -> None:
    picture = photo()
    picture.info["exif"] = b"Exif\0\0GPS: home"
    picture.info["comment"] = b"home"
    data = captioned_png([("Original", picture), ("Evidence", photo())], LINES, title="Tench")
    text = opened(data).text  # type: ignore[attr-defined]
    assert text == {
        "Title": "Tench",
        "Description": "\n".join([*LINES, "From left to right: Original. Evidence."]),
        "Software": SOFTWARE,
    }
    assert b"home" not in data and b"tIME" not in data and b"eXIf" not in data
    assert read_picture(data).size == opened(data).size
    assert captioned_png([("Original", photo()), ("Evidence", photo())], LINES, title="Tench") == data


@pytest.mark.parametrize("sizes", [[(448, 448)], [(448, 448)] * 2, [(500, 400), (400, 400), (448, 300)], [(600, 336)]])
def test_panels_keep_their_order_and_the_highest_its_pixels(sizes: list[tuple[int, int]]) -> None:
    panels = [photo(*size, seed) for seed, size in enumerate(sizes)]
    image = np.asarray(opened(captioned_png([("", panel) for panel in panels], LINES)))
    height = max(panel.height for panel in panels)
    place = -1
    for panel in panels:
        if panel.height == height:
            found = position(image, np.asarray(panel))
            assert found > place
            place = found


def position(image: np.ndarray, panel: np.ndarray) -> int:
    """The column in which the panel stands."""
    height, width = panel.shape[:2]
    first = panel[0, :8]
    for top in range(image.shape[0] - height + 1):
        for left in np.flatnonzero((image[top] == first[0]).all(axis=1)):
            if np.array_equal(image[top : top + height, left : left + width], panel):
                return int(left)
    raise AssertionError("the panel is not in the picture")


def test_small_panels_are_enlarged_and_wide_ones_stay_as_wide() -> None:
    assert opened(captioned_png([("", photo(28, 28))], [])).height >= LEAST_HEIGHT
    strip = opened(captioned_png([("", photo(1600, 1)), ("", photo())], []))
    assert LEAST_HEIGHT <= strip.height < 400 and 1600 + LEAST_HEIGHT < strip.width < 2000


def test_the_key_is_under_the_panels() -> None:
    key = Image.new("RGB", (300, 20), (1, 200, 3))
    image = np.asarray(opened(captioned_png([("Map", photo(448, 448))], LINES, key=key)))
    rows, columns = np.nonzero((image == (1, 200, 3)).all(axis=2))
    assert len(rows) == 300 * 20 and rows.min() > 448
    assert abs((columns.min() + columns.max()) / 2 - image.shape[1] / 2) <= 1


def test_no_word_reaches_out_of_the_picture_however_long() -> None:
    for words in ("W" * 2000, "long words " * 300, "한" * 500):
        image = opened(captioned_png([(words, photo(448, 448)), (words, photo(448, 448))], [words]))
        pixels = np.asarray(image)
        assert (pixels[:, -4:] == 255).all() and (pixels[:, :4] == 255).all() and (pixels[-4:] == 255).all()
        assert image.height < 4000


def test_words_are_written_under_the_panels() -> None:
    few, many = (opened(captioned_png([("", photo(448, 448))], lines)) for lines in (LINES[:1], LINES))
    assert many.height > few.height
    blank = opened(captioned_png([("", photo(448, 448))], []))
    assert (np.asarray(few)[blank.height :] < 100).any()


@pytest.mark.slow
@settings(max_examples=25)
@given(st.text(max_size=40) | st.text(alphabet=st.characters(codec=None), max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    image = opened(captioned_png([(text, photo(60, 60))], [text], title=text))
    assert image.text["Software"] == SOFTWARE  # type: ignore[attr-defined]


def test_there_must_be_a_panel() -> None:
    with pytest.raises(ValueError, match="no panel"):
        captioned_png([], LINES)


def test_neither_torch_nor_streamlit_is_needed() -> None:
    modules = "captioned_png, map_description, check_verdicts"
    charts = "strip, belief_curve, randomisation, guesses, colour_key"
    imports = f"from explorer.cam import {modules}; from explorer.charts.cam import {charts}"
    code = f"import sys; {imports}; print({{'torch', 'streamlit', 'matplotlib'}} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
