"""Pictures on their way to the browser: small where nobody sees it, unchanged otherwise."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageChops

from explorer.cam.saliency_map import Method, SaliencyMap
from explorer.charts.cam.overlay import Colours, overlay
from explorer.pictures.samples import PictureKind, sample_bytes, samples
from explorer.ui.widgets.image_panels import source_of

RANDOM = np.random.default_rng(7)


def arrived(source: str) -> tuple[Image.Image, int]:
    """The picture that a browser gets, and its bytes."""
    head, _, body = source.partition(",")
    assert head == "data:image/webp;base64"
    data = base64.b64decode(body)
    return Image.open(io.BytesIO(data)).convert("RGB"), len(data)


def change(first: Image.Image, second: Image.Image) -> int:
    return int(np.asarray(ImageChops.difference(first, second)).max())


@pytest.mark.parametrize("colours", Colours)
@pytest.mark.parametrize("signed", [False, True])
def test_a_map_over_a_small_picture_is_short_and_looks_the_same(colours: Colours, signed: bool) -> None:
    picture = Image.open(io.BytesIO(sample_bytes(samples(PictureKind.FASHION)[0].key)))
    values = np.outer(np.hanning(7), np.hanning(9)[1:-1]).astype(np.float32) - 0.3
    drawn = overlay(picture, SaliencyMap(Method.GRAD_CAM, "layer3.2", 0, values), colours=colours, signed=signed)
    shown, length = arrived(source_of(drawn))
    assert shown.size == drawn.size
    assert change(drawn, shown) <= 8
    assert length < 20_000  # without any loss 40,000


def test_what_compression_would_change_is_sent_as_it_is() -> None:
    coloured = Image.fromarray(RANDOM.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    shown, _ = arrived(source_of(coloured))
    assert change(coloured, shown) == 0


def test_a_thumbnail_is_small() -> None:
    drawn = Image.fromarray(RANDOM.integers(0, 256, (112, 112, 3), dtype=np.uint8)).resize((112, 112))
    assert arrived(source_of(drawn, small=True))[1] < arrived(source_of(drawn))[1] / 2
