"""What any picture may cost on its way to a network: bounded for every side, size, mode and format."""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.pictures import preprocess
from explorer.pictures.crops import crops
from explorer.pictures.decode import MAX_SIDE, read_picture
from explorer.pictures.headers.picture_file import PictureError
from explorer.pictures.preprocess import Preprocess
from tests.pictures.hostile import photo, png, saved
from tests.pictures.test_decode import MUTABLE, mutations

ROOT = Path(__file__).parents[2]
SIDES = [(1, 1), (1600, 1), (1, 1600), (1600, 5), (7, 1600), (30_000, 1), (1, MAX_SIDE), (1600, 400), (1600, 1600)]


def prepared_for(side: int, channels: int = 3) -> Preprocess:
    """How torchvision prepares pictures for a network of ``side`` pixels."""
    return Preprocess(round(side * 256 / 224), side, (0.5,) * channels, (0.5,) * channels)


def strips(width: int, height: int) -> dict[str, bytes]:
    """A picture of these sides in every format that has them."""
    picture = photo(width, height)
    longest = {"PNG": MAX_SIDE, "JPEG": 65_500, "WEBP": 16_383}  # that libjpeg and libwebp write
    kinds = [kind for kind, most in longest.items() if max(width, height) <= most]
    return {kind: saved(picture, kind) for kind in kinds} | {"1-bit PNG": saved(picture.convert("1"), "PNG")}


_MEASURE = """
import json, pathlib, resource, sys, time, tracemalloc
from explorer.pictures.crops import crops
from explorer.pictures.decode import read_picture
from PIL import Image
from explorer.pictures.preprocess import Preprocess
resource.setrlimit(resource.RLIMIT_AS, (4 * 10**9,) * 2)  # so that a failure does not take the machine with it
sides = [int(side) for side in sys.argv[2:]]
files = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
def prepare(picture, mode, side):
    found = Preprocess(round(side * 256 / 224), side, *[(0.5,) * (1 if mode == "L" else 3)] * 2)
    crop = found.cropped(picture.convert(mode))
    assert crop.size == (side, side)
    found.inverts(picture), found.numbers(crop)
prepare(read_picture(files[0]), "RGB", 32)  # everything is imported
start, slowest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
for data in files:
    begun = time.process_time()
    picture = read_picture(data)
    crops(picture, 2, 224, 3, 0)
    reading = time.process_time() - begun
    for side in sides:
        begun = time.process_time()
        prepare(picture, "RGB", side)
        slowest = max(slowest, reading + time.process_time() - begun)
for side in sides:
    for mode in ("L", "P", "RGBA", "CMYK", "1"):
        prepare(Image.new("RGB", (1600, 1)), mode, side)
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
tracemalloc.start()
picture = read_picture(files[0])
crops(picture, 2, 224, 3, 0)
for side in sides:
    prepare(picture, "RGB", side)
print(json.dumps([slowest, (most - start) / 1000, tracemalloc.get_traced_memory()[1] / 1e6]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the most memory of a process is counted in KB on Linux only")
def test_no_picture_takes_more_than_2_seconds_or_300_mb(tmp_path: Path) -> None:
    """One process prepares them for networks of every size: its peak is that of the costliest."""
    for width, height in SIDES:
        for kind, data in strips(width, height).items():
            (tmp_path / f"{width} x {height} {kind}").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(tmp_path), "224", "1024", "2048"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes, traced = json.loads(done.stdout)
    assert seconds < 2 and megabytes < 300 and traced < 300


def test_a_line_of_pixels_is_cropped_before_it_is_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """86 bytes that took 8.5 GB."""
    picture = read_picture(png(1600, 1, b"\0" + bytes(200), depth=1))
    made: list[int] = []
    scale = Image.Image.resize

    def counted(self: Image.Image, size: tuple[int, int], *args: object, **options: object) -> Image.Image:
        made.append(size[0] * size[1])
        assert made[-1] <= 16_000_000
        return scale(self, size, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "resize", counted)
    for width, height in ((1600, 1), (1, 1600), (1600, 3), (1600, 9)):
        for side in (224, 1024, 2048):
            crop = prepared_for(side).cropped(picture.resize((width, height)))
            assert crop.size == (side, side)
    assert max(made) > 2048**2


@settings(max_examples=80)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 64), st.integers(0, 30))
def test_the_middle_alone_is_what_the_whole_has_there(width: int, height: int, side: int, more: int) -> None:
    noise = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    prepare = Preprocess(side + more, side, (0.5,) * 3, (0.5,) * 3)
    whole = np.asarray(prepare.cropped(Image.fromarray(noise)), dtype=int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preprocess, "_MOST_SCALED", 0)
        middle = np.asarray(prepare.cropped(Image.fromarray(noise)), dtype=int)
    assert np.abs(whole - middle).max() <= 2


@pytest.mark.parametrize("size", [(1600, 1), (1, 1600), (1600, 4)])
def test_a_line_of_pixels_keeps_its_middle(size: tuple[int, int]) -> None:
    colours = np.full((size[1], size[0], 3), 255, dtype=np.uint8)
    colours[size[1] // 2 - size[1] // 4 :, size[0] // 2 - size[0] // 4 :] = (10, 200, 30)
    crop = np.asarray(prepared_for(1024).cropped(Image.fromarray(colours)))
    assert (crop[-1, -1] == (10, 200, 30)).all()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file that was changed, with a bit turned here and there, and cut off."""
    data = bytearray(draw(st.sampled_from(MUTABLE) | mutations()))
    for place in draw(st.lists(st.integers(0, 8 * len(data) - 1), max_size=2)):
        data[place // 8] ^= 1 << place % 8
    return bytes(data[: draw(st.integers(0, len(data))) if draw(st.integers(0, 5)) == 0 else len(data)])


@settings(max_examples=150)
@given(damaged())
def test_damaged_files_are_read_quickly_or_refused(data: bytes) -> None:
    start = process_time()
    try:
        picture = read_picture(data)
    except PictureError as error:
        assert "upload" in str(error)
    else:
        assert prepared_for(224).numbers(prepared_for(224).cropped(picture)).shape == (1, 3, 224, 224)
        assert np.isfinite(crops(picture, 2, 32, 3, 0)).all()
    assert process_time() - start < 2
