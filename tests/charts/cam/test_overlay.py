"""Maps as colours read back: Pillow's and PyTorch's arithmetic, colours that every eye can order, nothing blank."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colormaps
from PIL import Image

from explorer.cam.map_description import place_sentence
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam.overlay import (
    SHOWN,
    SMALL,
    Colours,
    colour_table,
    displayed,
    missing_words,
    overlay,
    overlay_alt_text,
    overlay_rows,
    scale_of,
)
from tests.cam.maps import blob, maps, of, photo
from tests.charts import test_palette as ruler

SPOT = blob(0.3, 0.7, below=0.2)
EDGES = photo(224, 150)


def numbers(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def map_alone(size: tuple[int, int], saliency: SaliencyMap, **options: Any) -> Image.Image:
    """The map alone, over a black picture of which nothing is seen."""
    return overlay(Image.new("RGB", size), saliency, opacity=1, **options)


def lightness(table: np.ndarray, sight: str = "normal") -> list[float]:
    return [ruler.lab(ruler.times(ruler.SIGHT[sight], ruler.linear(_hex(row))))[0] for row in table]


def _hex(row: np.ndarray) -> str:
    return "#{:02X}{:02X}{:02X}".format(*map(int, row))


@pytest.mark.parametrize("colours", Colours)
def test_colours_are_those_that_their_authors_published(colours: Colours) -> None:
    """matplotlib has all 256 of them, plotly ten to go between."""
    table = colour_table(colours)
    theirs = np.rint(255 * colormaps[str(colours)](np.linspace(0, 1, len(table)))[:, :3])
    pairs = [
        (ruler.lab(ruler.linear(_hex(a))), ruler.lab(ruler.linear(_hex(b)))) for a, b in zip(table, theirs, strict=True)
    ]
    far = [math.dist(*pair) for pair in pairs]
    assert max(far) < 7 and float(np.mean(far)) < 2.3  # just noticeable, side by side


@pytest.mark.parametrize("sight", ruler.SIGHT)
@pytest.mark.parametrize("colours", Colours)
def test_every_eye_sees_a_larger_value_lighter_in_even_steps(colours: Colours, sight: str) -> None:
    steps = [after - before for before, after in pairwise(lightness(colour_table(colours)[::16], sight))]
    assert min(steps) > 0
    if sight == "normal":
        assert max(steps) < 2 * float(np.mean(steps))


@pytest.mark.parametrize("sight", ruler.SIGHT)
def test_signed_colours_are_darker_the_farther_from_zero_and_every_eye_tells_for_from_against(sight: str) -> None:
    table = colour_table(Colours.VIRIDIS, signed=True)
    middle = len(table) // 2
    assert tuple(table[middle]) == (247, 247, 247) and len(table) % 2
    for side in (table[middle::-16], table[middle::16]):
        assert all(after < before for before, after in pairwise(lightness(side, sight)))
    seen = [ruler.lab(ruler.times(ruler.SIGHT[sight], ruler.linear(_hex(row)))) for row in table]
    assert min(math.dist(seen[middle - away], seen[middle + away]) for away in range(32, middle + 1)) >= ruler.APART
    assert all(np.array_equal(table, colour_table(colours, signed=True)) for colours in Colours)
    red, _, blue = table[-20].astype(int)
    assert red > blue  # what speaks for the class


@pytest.mark.slow
@given(maps(), st.floats(0, 1), st.sampled_from(list(Colours)), st.booleans(), st.none() | st.floats(0.1, 2000))
def test_each_pixel_is_the_mean_of_picture_and_colour(
    saliency: SaliencyMap, opacity: float, colours: Colours, signed: bool, scale: float | None
) -> None:
    if missing_words(saliency, signed=signed):
        return
    image = overlay(EDGES, saliency, opacity=opacity, colours=colours, signed=signed, scale=scale)
    heat = map_alone(EDGES.size, saliency, colours=colours, signed=signed, scale=scale)
    assert image.size == EDGES.size and image.mode == "RGB"
    mean = (1 - opacity) * numbers(EDGES) + opacity * numbers(heat)
    assert np.abs(numbers(image) - mean).max() <= 1 + 1e-9
    kept = saliency.values.astype(np.float64) if signed else np.maximum(saliency.values, 0).astype(np.float64)
    scaled = torch.nn.functional.interpolate(torch.from_numpy(kept)[None, None], EDGES.size[::-1], mode="bilinear")
    shares = np.clip(scaled[0, 0].numpy() / (scale or np.abs(kept).max()), -1, 1)
    table = colour_table(colours, signed=signed).astype(int)
    steps = 256 * ((shares + 1) / 2 if signed else shares)
    near = [table[np.clip(np.rint(steps + off).astype(int), 0, 256)] for off in (-0.01, 0.01)]  # at a rounding edge
    assert np.minimum(*(np.abs(numbers(heat) - each).max(axis=2) for each in near)).max() == 0


def test_no_opacity_is_the_picture_and_all_of_it_the_map() -> None:
    assert np.array_equal(numbers(overlay(EDGES, SPOT, opacity=0)), numbers(EDGES))
    assert np.array_equal(numbers(overlay(EDGES, SPOT, opacity=1)), numbers(map_alone(EDGES.size, SPOT)))


@pytest.mark.slow
@given(maps(finite=False), st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_whatever_the_map_the_picture_is_a_picture(
    saliency: SaliencyMap, width: int, height: int, signed: bool
) -> None:
    picture = photo(width, height)
    words = missing_words(saliency, signed=signed)
    image = overlay(picture, saliency, signed=signed, opacity=0.5)
    assert image.size == displayed(picture).size
    known = np.isfinite(saliency.values)
    assert ("not finite" in words or "no numbers" in words) == (not known.all())
    assert ("zero everywhere" in words) == (known.any() and not saliency.values[known].any())
    if known.all() and not signed:
        assert ("nothing here speaks for this class" in words) == (saliency.all_negative and saliency.values.any())
    if known.all() and saliency.values.any() and signed:
        assert not words


def test_what_is_no_number_is_hatched_and_nothing_else() -> None:
    values = SPOT.values.copy()
    values[1:3, 4:6] = np.nan
    hurt, whole = overlay(EDGES, of(values)), overlay(EDGES, SPOT)
    rows, columns = slice(round(150 / 7) + 1, round(450 / 7) - 1), slice(4 * 32 + 1, 6 * 32 - 1)
    inside, far = numbers(hurt)[rows, columns], numbers(hurt)[:, :64]
    assert np.array_equal(far, numbers(whole)[:, :64])  # two places away
    picture = numbers(EDGES)[rows, columns]
    striped = (inside != picture).any(axis=2)
    assert 0.3 < striped.mean() < 0.7
    assert missing_words(of(values)) == "4 of 49 values are not finite numbers"


def test_what_has_no_evidence_is_striped_with_words_and_never_plain() -> None:
    nothing = of(-np.ones((7, 7)))
    with_words, without = (overlay(EDGES, nothing, words=words) for words in (True, False))
    changed = (numbers(with_words) != numbers(without)).any(axis=2)
    assert changed[-20:].mean() > 0.5 and not changed[:-40].any()
    assert not np.array_equal(numbers(without), numbers(EDGES))
    stripes = np.unique(numbers(map_alone((224, 224), nothing))[:100].reshape(-1, 3), axis=0)
    assert len(stripes) == 2
    thumb = overlay(photo(7, 3), nothing)  # too low for words
    assert thumb.size == (448, 192)


@pytest.mark.parametrize("side", [1, 3, 28, 32, 64, 199])
def test_small_pictures_are_shown_in_whole_pixels_and_their_map_is_smooth(side: int) -> None:
    picture = photo(side, max(side // 2, 1))
    large = displayed(picture)
    factor = large.width // side
    assert large.width == side * factor and large.height == picture.height * factor and large.width >= SHOWN
    assert large.width - side < SHOWN  # no larger than needed
    assert np.array_equal(numbers(large), np.kron(numbers(picture), np.ones((factor, factor, 1), int)))
    smooth = numbers(overlay(picture, SPOT, opacity=1))
    assert np.abs(np.diff(smooth, axis=1)).max() < 30


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_pictures_of_the_usual_size_stay_as_they_are_in_rgb(mode: str) -> None:
    picture = photo(SMALL, 90).convert(mode)
    assert displayed(picture).size == picture.size and overlay(picture, SPOT).mode == "RGB"


def test_a_large_picture_is_shown_smaller_in_its_own_shape() -> None:
    """Two of 2048 pixels took half a second to draw and to encode, in the page's own script."""
    picture = Image.linear_gradient("L").resize((2048, 1024)).convert("RGB")
    assert displayed(picture).size == overlay(picture, SPOT).size == (640, 320)
    exact = numbers(picture.resize((640, 320), Image.Resampling.BOX))
    assert np.abs(numbers(displayed(picture)).astype(int) - exact).mean() < 3
    assert picture.size == (2048, 1024)


def test_one_scale_for_two_maps_makes_equal_values_equal() -> None:
    weak, strong = of(np.full((3, 3), 1.0)), of([[1.0, 4.0], [1.0, 2.0]])
    scale = scale_of([weak, strong])
    assert scale == 4
    table = colour_table(Colours.MAGMA)
    flat = numbers(map_alone((8, 8), weak, colours=Colours.MAGMA, scale=scale))
    assert (flat == table[64]).all()
    corner = numbers(map_alone((8, 8), strong, colours=Colours.MAGMA, scale=scale))
    assert tuple(corner[0, 0]) == tuple(table[64]) and tuple(corner[0, -1]) == tuple(table[256])
    assert scale_of([of([[-3.0, 2.0]])]) == 2 and scale_of([of([[-3.0, 2.0]])], signed=True) == 3
    assert scale_of([]) == scale_of([of([[-3.0, np.nan]])]) == 0


@pytest.mark.parametrize("size", [1e-45, 1e-30, 3.4e38])
def test_maps_of_any_size_have_all_colours(size: float) -> None:
    shown = numbers(map_alone((224, 224), of(SPOT.values / SPOT.values.max() * size)))
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > (1 if size < 1e-40 else 100)
    tiny = numbers(map_alone((8, 8), of(np.full((2, 2), 3e38)), scale=1e-300))
    assert (tiny == colour_table(Colours.VIRIDIS)[-1]).all()


@pytest.mark.parametrize("wrong", [{"opacity": -0.1}, {"opacity": math.nan}, {"scale": -1.0}, {"scale": math.inf}])
def test_nonsense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^(opacity|scale) is .*: it must be"):
        overlay(EDGES, SPOT, **wrong)  # type: ignore[arg-type]


def test_words_and_rows_say_where_the_evidence_is() -> None:
    assert (
        overlay_alt_text(SPOT, "cat")
        == f"Grad-CAM for cat at layer3.1, over the picture. {place_sentence(SPOT, 'cat')}"
    )
    rows = overlay_rows(SPOT)
    assert [row["rows"] for row in rows] == ["upper", "middle", "lower"]
    shares = np.array([[row[name] for name in ("left", "middle", "right")] for row in rows], float)
    assert shares.sum() == pytest.approx(1) and shares.argmax() == 6
    assert overlay_rows(of(-np.ones((2, 2)))) == []


def test_every_choice_of_colours_has_a_label_of_its_own() -> None:
    assert len({colours.label for colours in Colours}) == len(Colours)
