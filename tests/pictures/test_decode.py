"""Uploaded pictures: each file of ``hostile`` gives a picture or a sentence; the pixels are Pillow's own."""

import io
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps

from explorer.pictures.decode import LONGEST, MAX_BYTES, read_picture
from explorer.pictures.headers.picture_file import PictureError
from explorer.pictures.headers.read_headers import read_headers
from tests.pictures.hostile import READ, REFUSED, SECRET, animated, deep, exif, photo, png, saved, transparent_palette

ROOT = Path(__file__).parents[2]
SMALL = {name: make for name, make in READ.items() if not any(word in name for word in ("million", "100 MB"))}


@contextmanager
def silence() -> Iterator[None]:
    """Fails where a warning is given, even one that would be caught as an error."""
    with warnings.catch_warnings(record=True) as given_ones:
        warnings.simplefilter("always")
        yield
    assert [str(each.message) for each in given_ones] == []


def opened(data: bytes) -> Image.Image | None:
    """What Pillow makes of the whole file, upright; None where it stumbles over what makes no pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        except (OSError, ValueError, SyntaxError):
            return None


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.int16)


@pytest.fixture(scope="module")
def made() -> Callable[[str], bytes]:
    """Each file once for all tests: some have millions of pixels."""
    return cache(lambda name: READ[name]() if name in READ else REFUSED[name][1]())


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_pictures_are_read_and_nothing_warns(name: str, made: Callable[[str], bytes]) -> None:
    data = made(name)
    with silence():
        picture = read_picture(data)
    assert picture.mode == "RGB" and type(picture) is Image.Image and picture.info == {}
    file = read_headers(data)
    scale = min(1, LONGEST / max(file.width, file.height))
    sides = (max(1, round(file.width * scale)), max(1, round(file.height * scale)))
    assert picture.size == (sides if file.orientation < 5 else sides[::-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_gets_a_sentence(name: str, made: Callable[[str], bytes]) -> None:
    words, _ = REFUSED[name]
    data = made(name)
    with silence(), pytest.raises(PictureError) as caught:
        read_picture(data)
    sentence = str(caught.value)
    assert words in sentence
    assert sentence[0].isupper() and sentence.endswith(".") and "upload" in sentence
    assert any(kind in sentence for kind in ("PNG", "JPEG", "WebP", "is the most")) and len(sentence) < 300
    assert "Error" not in sentence and "0x" not in sentence


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_lossless_pictures_keep_every_pixel(kind: str) -> None:
    assert np.array_equal(pixels(read_picture(saved(photo(), kind, lossless=True))), pixels(photo()))


def test_pixels_are_those_that_pillow_reads() -> None:
    compared = 0
    for name, make in SMALL.items():
        image = opened(make())
        if image is None or max(image.size) > LONGEST or image.mode.startswith("I"):
            continue  # Pillow cannot, or another test's matter
        on_white = Image.new("RGBA", image.size, "white")
        on_white.alpha_composite(image.convert("RGBA"))
        assert np.array_equal(pixels(read_picture(make())), pixels(on_white.convert("RGB"))), name
        compared += 1
    assert compared > 25


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("form", [{}, {"order": ">"}, {"long": True}, {"order": ">", "long": True}])
def test_pictures_are_turned_as_exif_says(kind: str, orientation: int, form: dict[str, object]) -> None:
    data = saved(photo(), kind, exif=exif(orientation, **form))  # type: ignore[arg-type]
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    assert np.array_equal(pixels(read_picture(data)), pixels(turned))
    assert turned.size == (photo().size if orientation < 5 else photo().size[::-1])


@given(orientation=st.integers(0, 65_535), order=st.sampled_from("<>"), cut=st.integers(0, 32), count=st.integers(0, 9))
def test_odd_orientations_change_nothing(orientation: int, order: str, cut: int, count: int) -> None:
    data = saved(photo(8, 4), "PNG", exif=exif(orientation, order=order, count=count)[:cut])
    with silence():
        picture = read_picture(data)
    assert picture.size in ((8, 4), (4, 8))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_shown(kind: str) -> None:
    assert np.array_equal(pixels(read_picture(animated(kind, lossless=True))), pixels(photo()))


@pytest.mark.parametrize("most", [65_535, 30_000, 255])
def test_sixteen_bits_are_scaled_over_their_whole_range(most: int) -> None:
    read = pixels(read_picture(saved(deep(most), "PNG")))
    expected = np.asarray(deep(most), dtype=float) * 255 / 65_535
    assert np.abs(read - expected[..., None]).max() <= 0.5
    assert len(np.unique(read)) == round(most / 257) + 1


def test_what_is_transparent_becomes_white() -> None:
    read = pixels(read_picture(transparent_palette()))
    assert read[0, 0].tolist() == [255, 255, 255] and read[0, 8].tolist() == [0, 0, 255]
    assert np.abs(read[0, 12] - (127, 191, 127)).max() <= 1  # green of 128, half over white
    key = pixels(read_picture(saved(Image.new("RGB", (2, 2), (1, 2, 3)), "PNG", transparency=(1, 2, 3))))
    assert (key == 255).all()


def test_cmyk_and_16_bit_colours_keep_their_colours() -> None:
    cmyk = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red, green, blue = pixels(read_picture(saved(cmyk, "JPEG", quality=100)))[8, 8]
    assert red > 250 and green < 5 and blue < 5
    row = b"\0" + b"\xff\xff\x80\x80\0\0"
    assert pixels(read_picture(png(1, 1, row, depth=16, colour=2)))[0, 0].tolist() == [255, 128, 0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(3000, 2001), (1601, 1600), (1600, 1200), (5000, 700), (333, 4801)])
def test_large_pictures_are_scaled_down_without_distortion(kind: str, size: tuple[int, int]) -> None:
    picture = photo(*size)
    read = read_picture(saved(picture, kind, quality=95))
    assert max(read.size) == min(LONGEST, max(size))
    smooth = picture.resize(read.size, Image.Resampling.BOX)
    assert np.abs(pixels(read) - pixels(smooth)).mean() < 3


def test_the_strips_of_a_large_picture_leave_no_seams() -> None:
    wide, high = 4000, 3001
    ramp = np.broadcast_to(np.linspace(0, 255, high, dtype=np.float32)[:, None], (high, wide)).astype(np.uint8)
    column = pixels(read_picture(saved(Image.fromarray(ramp), "PNG", compress_level=1)))[:, 0, 0]
    assert (np.diff(column) >= 0).all() and np.diff(column).max() <= 1 and column[0] == 0 and column[-1] >= 254


def test_a_wrong_name_does_not_matter_since_there_is_none() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        assert read_picture(saved(photo(), kind)).size == photo().size


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    data = saved(photo(), "JPEG")
    assert read_picture(data + bytes(MAX_BYTES - len(data))).size == photo().size
    with pytest.raises(PictureError, match=r"has 32\.1 MB and 32 MB is the most"):
        read_picture(data + bytes(MAX_BYTES - len(data) + 1))


def test_nothing_is_logged_of_what_a_file_says(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("text bomb PNG", "comment JPEG", "corrupt EXIF JPEG", "broken multi-picture JPEG"):
            read_picture(READ[name]())
    assert SECRET not in caplog.text and "Orientation" not in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []


def test_pillow_keeps_its_settings_and_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, ImageFile.MAXBLOCK, list(warnings.filters))
    for make in SMALL.values():
        read_picture(make())
    with pytest.raises(PictureError):
        read_picture(REFUSED["cut off PNG"][1]())
    after = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, ImageFile.MAXBLOCK, list(warnings.filters))
    assert before == after
    assert list(tmp_path.iterdir()) == []


def test_many_threads_read_what_one_does() -> None:
    files = [make() for make in SMALL.values()] * 3
    alone = [pixels(read_picture(data)) for data in files]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda data: pixels(read_picture(data)), files))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


_MEASURE = """
import json, pathlib, sys
from explorer.pictures.decode import read_picture
from explorer.pictures.headers.picture_file import PictureError

def kilobytes(what):
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.partition(what + ":")[2].split()[0])

files = sorted(pathlib.Path(sys.argv[1]).iterdir())
for path in files:  # Pillow loads its plugins at the first picture of each kind
    if path.stat().st_size < 5_000:
        try:
            read_picture(path.read_bytes())
        except PictureError:
            pass
start, peaks = kilobytes("VmRSS"), {}
for path in files:
    data = path.read_bytes()
    try:
        read_picture(data)
    except PictureError:
        pass
    del data
    peaks[path.name] = (kilobytes("VmHWM") - start) // 1000
print(json.dumps(peaks))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's own count of a process's memory")
def test_no_file_takes_more_than_300_mb(tmp_path: Path, made: Callable[[str], bytes]) -> None:
    assert not READ.keys() & REFUSED.keys()
    for number, name in enumerate([*READ, *REFUSED]):
        (tmp_path / f"{number:03}").write_bytes(made(name))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _MEASURE, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    peaks = json.loads(done.stdout)
    assert len(peaks) == len(READ) + len(REFUSED) and done.stderr == ""
    assert max(peaks.values()) <= 300
    assert max(peaks.values()) >= 100  # the largest pictures that are read were there


MUTABLE = [data for make in SMALL.values() if len(data := make()) < 20_000]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A valid file with bytes replaced, cut out, repeated or inserted."""
    data = bytearray(draw(st.sampled_from(MUTABLE)))
    # Most of what decides about a file stands at its beginning.
    places = st.integers(0, 79) | st.integers(0, len(data) - 1)
    for _ in range(draw(st.integers(1, 4))):
        place, other = sorted((draw(places) % len(data), draw(places) % len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[place : place + 4] = draw(st.binary(min_size=1, max_size=4))
            case 1:
                data[other:other] = data[place:other]
            case 2:
                del data[place : other + 1]
            case 3:
                data[place:place] = draw(st.binary(min_size=1, max_size=40))
        data = data or bytearray(b"\0")
    return bytes(data)


@pytest.mark.slow
@given(mutations())
@settings(max_examples=500)
def test_no_mutation_of_a_file_raises_anything_else(data: bytes) -> None:
    with silence():
        try:
            assert read_picture(data).mode == "RGB"
        except PictureError as error:
            assert "upload" in str(error)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBPVP8 ", b"RIFF....WEBPVP8X", b""]), st.binary()
)
def test_no_bytes_raise_anything_else(start: bytes, rest: bytes) -> None:
    with silence(), pytest.raises(PictureError):
        read_picture(start + rest)
