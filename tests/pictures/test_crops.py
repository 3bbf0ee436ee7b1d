"""Random crops of one picture: different, standardised, and the same for the same seed."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.pictures.crops import crops
from explorer.pictures.decode import read_picture
from tests.pictures.hostile import READ, photo


@given(st.integers(1, 6), st.integers(1, 40), st.integers(1, 7), st.integers(0, 2**64))
@settings(max_examples=60)
def test_crops_have_mean_0_and_variance_1(count: int, side: int, channels: int, seed: int) -> None:
    before = repr(np.random.get_state())
    batch = crops(photo(), count, side, channels, seed)
    assert batch.shape == (count, channels, side, side) and batch.dtype == np.float32
    assert batch.flags.c_contiguous and batch.flags.writeable
    assert np.abs(batch.mean(axis=(0, 2, 3), dtype=float)).max() < 1e-4
    assert batch.std(dtype=float) == pytest.approx(1, abs=1e-4) or not batch.any()
    assert np.array_equal(batch, crops(photo(), count, side, channels, seed))
    assert repr(np.random.get_state()) == before


def test_crops_of_one_picture_are_different_pictures() -> None:
    batch = crops(photo(640, 480), 32, 32, 3, seed=0)
    assert all(np.abs(one - other).max() > 0.05 for one, other in combinations(batch, 2))
    assert not np.array_equal(batch, crops(photo(640, 480), 32, 32, 3, seed=1))


def test_crops_show_at_least_a_quarter_of_the_picture_and_half_are_mirrored() -> None:
    y, x = np.mgrid[0:256, 0:256].astype(np.uint8)
    picture = Image.fromarray(np.stack([x, y, x * 0], axis=-1))
    batch = crops(picture, 200, 16, 3, seed=3)
    across, down = np.diff(batch[:, 0], axis=2).mean(axis=(1, 2)), np.diff(batch[:, 1], axis=1).mean(axis=(1, 2))
    mirrored = int((across < 0).sum())
    assert 70 <= mirrored <= 130 and (down > 0).all()
    # The ramp's whole height is 256 steps of which 16 rows show 15/16 of what a crop covers.
    covered = np.abs(across) * down
    assert covered.min() / covered.max() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("size", [(1, 1), (20, 1), (1, 20), (640, 480)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_picture_of_one_colour_gives_zeros(size: tuple[int, int], channels: int) -> None:
    batch = crops(Image.new("RGB", size, (200, 30, 90)), 4, 24, channels, seed=0)
    assert batch.shape == (4, channels, 24, 24) and not batch.any()


def test_channels_are_red_green_blue_again_and_again_or_grey() -> None:
    three, seven = crops(photo(), 2, 16, 3, seed=5), crops(photo(), 2, 16, 7, seed=5)
    scale = three[:, 0].std() / seven[:, 0].std()
    np.testing.assert_allclose(seven * scale, three[:, [0, 1, 2, 0, 1, 2, 0]], atol=1e-5)
    grey = Image.merge("RGB", [photo().convert("L")] * 3)
    np.testing.assert_allclose(crops(photo(), 2, 16, 1, 5), crops(grey, 2, 16, 3, 5)[:, :1], atol=1e-5)


@pytest.mark.parametrize("name", ["1 x 1 PNG", "20000 x 1 PNG", "1 x 20000 JPEG", "grey JPEG", "CMYK JPEG"])
def test_crops_of_odd_pictures_are_finite(name: str) -> None:
    batch = crops(read_picture(READ[name]()), 3, 32, 3, seed=0)
    assert batch.shape == (3, 3, 32, 32) and np.isfinite(batch).all()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_crops_take_any_mode(mode: str) -> None:
    assert crops(photo().convert(mode), 2, 8, 3, seed=0).shape == (2, 3, 8, 8)


@pytest.mark.parametrize(("name", "value"), [("count", 0), ("side", 0), ("channels", -1), ("seed", -1)])
def test_senseless_crops_are_refused_in_words(name: str, value: int) -> None:
    asked = {"count": 1, "side": 8, "channels": 3, "seed": 0, name: value}
    with pytest.raises(ValueError, match=f"{name} is {value}: it must be a whole number from"):
        crops(photo(), **asked)
