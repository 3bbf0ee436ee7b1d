"""The strip of thumbnails read back: one for each block, in order, stages and what is missing marked and said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.cam.evidence_place import locate_evidence
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam.overlay import Colours, missing_words, overlay
from explorer.charts.cam.strip import LIT, SIDE, strip, strip_alt_text, strip_rows, thumbnail_size
from explorer.charts.palette import MUTED
from tests.cam.maps import blob, maps, of, photo

LAYERS = ("stem", "layer1.0", "layer1.1", "layer2.0", "layer3.0", "layer3.1")


def named(values: SaliencyMap, layer: str) -> SaliencyMap:
    return of(values.values, layer=layer)


@pytest.mark.slow
@given(st.lists(maps(finite=False), min_size=1, max_size=6), st.sampled_from(["", *LAYERS]), st.booleans())
def test_every_map_has_its_thumbnail_in_order(found: list[SaliencyMap], lit: str, signed: bool) -> None:
    shown = [named(one, layer) for one, layer in zip(found, LAYERS, strict=False)]
    thumbnails = strip(photo(60, 40), shown, "cat", lit=lit, signed=signed)
    assert [each.layer for each in thumbnails] == [one.layer for one in shown]
    assert [each.opens for each in thumbnails] == [True, True, False, True, True, False][: len(shown)]
    assert [each.stage for each in thumbnails] == [one.layer.split(".")[0] for one in shown]
    for each, one in zip(thumbnails, shown, strict=True):
        assert each.image.size == (SIDE, 75) and each.image.mode == "RGB"
        assert each.missing == missing_words(one, signed=signed)
        corner, left = each.image.getpixel((SIDE - 1, 0)), each.image.getpixel((0, 37))
        framed = one.layer == lit
        assert (corner == rgb(LIT)) == framed or not framed
        assert not framed or left == rgb(LIT)
        assert framed or not each.opens or left == rgb(MUTED)
        check_alt(each.alt, one, each.missing)
    said = strip_alt_text(thumbnails)
    assert all(each.alt in said for each in thumbnails) and f"Maps of {len(shown)} blocks" in said


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def check_alt(alt: str, one: SaliencyMap, missing: str) -> None:
    found = locate_evidence(one.values)
    assert alt.startswith(f"{one.layer}: ")
    if missing:
        assert missing in alt
    elif found is None:
        assert "nothing here speaks for this class" in alt
    else:
        assert alt.endswith((f"for cat {found.zone}.", "spread over the picture."))


def test_a_large_picture_is_made_small_before_it_is_drawn_for_each_block(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []

    def counted(picture: Image.Image, *args: object, **options: object) -> Image.Image:
        drawn.append(picture.size)
        return overlay(picture, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("explorer.charts.cam.strip.overlay", counted)
    picture, shown = photo(2048, 1024), named(blob(0.3, 0.4), "layer1.1")
    (thumbnail,) = strip(picture, [shown], "cat")
    assert max(max(size) for size in drawn) < 8 * SIDE and thumbnail.image.size == (SIDE, SIDE // 2)
    whole = overlay(picture, shown, opacity=0.6).resize(thumbnail.image.size, Image.Resampling.BILINEAR)
    difference = np.abs(np.asarray(thumbnail.image, dtype=int) - np.asarray(whole, dtype=int))[:, 5:]
    assert difference.mean() < 2


def test_without_marks_a_thumbnail_is_the_overlay_made_small() -> None:
    picture = photo(224, 112)
    shown = [named(blob(0.2, 0.8), "layer1.0"), named(blob(0.8, 0.2), "layer1.1")]
    second = strip(picture, shown, "cat", opacity=0.3, colours=Colours.MAGMA)[1].image
    whole = overlay(picture, shown[1], opacity=0.3, colours=Colours.MAGMA)
    assert np.array_equal(np.asarray(second), np.asarray(whole.resize((112, 56), Image.Resampling.BILINEAR)))


@pytest.mark.parametrize(("size", "small"), [((28, 28), (112, 112)), ((1600, 1), (112, 1)), ((50, 100), (56, 112))])
def test_thumbnails_have_the_pictures_shape(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert thumbnail_size(Image.new("RGB", size)) == small


def test_the_table_says_where_and_why_not() -> None:
    spot = named(blob(0.15, 0.15), "layer1.0")
    first, second, third = strip_rows([spot, of([[-1, -2, 0]], layer="layer2.0"), of([[np.nan]], layer="layer3.0")])
    found = locate_evidence(spot.values)
    assert found is not None
    assert first == {
        "block": "layer1.0",
        "resolution": "7×7",
        "largest value": float(spot.values.max()),
        "smallest value": float(spot.values.min()),
        "half of the evidence in": found.half_area,
        "locate_evidence": "in the upper left",
        "hottest quarter holds": found.hottest_quarter,
    }
    assert (second["locate_evidence"], second["resolution"]) == ("nothing here speaks for this class", "1×3")
    assert third["locate_evidence"] == "the map holds no numbers"
    assert strip_alt_text([]) == "Maps of all blocks: nothing measured yet."
