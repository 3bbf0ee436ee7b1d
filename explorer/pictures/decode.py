"""Pictures that people upload, hostile until proven otherwise: bytes to an upright RGB picture, or to a sentence.

Nothing is written to disk or logged. What does not make pixels never reaches Pillow (``file_headers``); sizes
are checked before anything is decoded; and Pillow's global settings stay as they are, so threads may read at once.

Colour profiles are left aside: the pictures that ImageNet's networks were trained on were read without theirs, too.
"""

import io
import math
from collections.abc import Mapping
from threading import BoundedSemaphore

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.pictures.file_headers import PictureError, PictureFile, damaged, inspect

__all__ = ["LONGEST", "MAX_BYTES", "MAX_SIDE", "PictureError", "crops", "read_picture"]

MAX_BYTES = 25_000_000
MAX_SIDE = 65_535  # JPEG's own limit
LONGEST = 1600  # pixels of the longer side that are kept: more than a page shows or a network sees
_MAX_DECODED = 200_000_000  # bytes that decoding one picture may hold
_AT_ONCE = BoundedSemaphore(2)  # so that a class that uploads together does not need thirty times as much
_STRIP = 4_000_000  # pixels that are converted at a time

_UPRIGHT: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(data: bytes) -> Image.Image:
    """The picture in a PNG, JPEG or WebP file, whatever its name: upright, mode RGB, at most ``LONGEST`` pixels long.

    Of an animated one the first frame. What is transparent becomes white; 16 bits are scaled to 8 over their whole
    range. Larger pictures are scaled down, pictures of a single pixel or of 20,000 x 1 are read like any other.

    Raises:
        PictureError: the file is empty, larger than ``MAX_BYTES``, no picture, one of too many pixels, or damaged.
    """
    if not data:
        raise PictureError(
            f"The file is empty: choose a PNG, JPEG or WebP picture of at most {MAX_BYTES // 10**6} MB, and upload it "
            "again if it should not be."
        )
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"The file has {math.ceil(len(data) / 1e5) / 10:,.1f} MB and {MAX_BYTES // 10**6} MB is the most: save the "
            "picture as JPEG, or with fewer pixels, and upload that."
        )
    file = inspect(data)
    _check_size(file)
    with _AT_ONCE:
        picture = _decoded(file)
    picture.info.clear()  # a WebP's EXIF data would go on into whatever is made of the picture
    method = _UPRIGHT.get(file.orientation)
    return picture if method is None else picture.transpose(method)


def _check_size(file: PictureFile) -> None:
    width, height, most = file.width, file.height, _MAX_DECODED // file.cost
    if not (width and height):
        raise damaged(file.kind)
    if max(width, height) > MAX_SIDE:
        raise PictureError(
            f"The picture is {width:,} × {height:,} pixels and {MAX_SIDE:,} is the most for a side: cut a part out of "
            "it, or save it smaller, and upload that."
        )
    if width * height > most:
        raise PictureError(
            f"The picture is {width:,} × {height:,} pixels, {math.ceil(width * height / 1e5) / 10:,.1f} million, and "
            f"{most / 1e6:g} million is the most for a {file.kind} of this kind: save it smaller and upload that."
        )


def _decoded(file: PictureFile) -> Image.Image:
    """The picture as it lies in the file, not yet turned."""
    try:
        with Image.open(io.BytesIO(file.data), formats=(file.kind.upper(),)) as image:
            if image.size != (file.width, file.height):  # then what was checked is not what would be decoded
                raise damaged(file.kind)
            if max(image.size) <= LONGEST:
                return _rgb(image)
            size = _fitted(image.size)
            drafted = image.draft(None, size)  # libjpeg can decode at a half, a quarter or an eighth
            return _shrunk(image, size, drafted[1][2:] if drafted else image.size)
    except PictureError:
        raise
    except Exception as error:  # Pillow raises whatever its decoders do: OSError, SyntaxError, ValueError, MemoryError
        raise damaged(file.kind) from error


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height with ``LONGEST`` for the longer one."""
    scale = LONGEST / max(size)
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _shrunk(image: Image.Image, size: tuple[int, int], extent: tuple[float, float]) -> Image.Image:
    """In RGB and scaled to ``size``; the picture ends at ``extent``, which may be within the last row and column.

    Scaled by a whole number first, strip by strip: a second copy at full size could be 200 MB.
    """
    width, height = image.size
    factor = max(image.size) // LONGEST
    small = Image.new("RGB", (math.ceil(width / factor), math.ceil(height / factor)))
    rows = max(_STRIP // width // factor, 1) * factor
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        small.paste(_rgb(strip).reduce(factor), (0, top // factor))
    return small.resize(size, Image.Resampling.LANCZOS, box=(0, 0, extent[0] / factor, extent[1] / factor))


def _rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB, on white."""
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((deep + 128) // 257).astype(np.uint8))  # 65,535 = 255 · 257 (PNG, section 13.12)
    if not image.has_transparency_data:
        return image.convert("RGB")
    white, clear = Image.new("RGB", image.size, "white"), image.convert("RGBA")
    white.paste(clear.convert("RGB"), mask=clear.getchannel("A"))
    return white


# How much of the picture a crop covers, and how much wider than high it is, both drawn evenly on a logarithm's scale.
# torchvision's RandomResizedCrop starts at 0.08; a quarter leaves in what the picture is of.
_LEAST_COVERED, _WIDEST = 0.25, 4 / 3


def crops(picture: Image.Image, count: int, side: int, channels: int, seed: int) -> NDArray[np.float32]:
    """``count`` different views of one picture, (count, channels, side, side): a batch norm needs different images.

    Each is a random part of the picture, stretched to a square and in half of the cases mirrored, as in
    torchvision's RandomResizedCrop and RandomHorizontalFlip; the seed decides which, and no global random state is
    touched. Three channels are red, green and blue; one is grey (luma); any other number repeats red, green, blue,
    red ... as often as needed. Each channel has mean 0 over the batch, and the whole batch variance 1, so that
    channels keep their contrast against each other; a picture of one colour gives zeros.

    Raises:
        ValueError: less than one view, pixel or channel, or a negative seed.
    """
    for name, value, least in (("count", count, 1), ("side", side, 1), ("channels", channels, 1), ("seed", seed, 0)):
        if value < least:
            raise ValueError(f"{name} is {value:,}: it must be a whole number from {least}.")
    random = np.random.default_rng(seed)
    source = _near(picture.convert("L" if channels == 1 else "RGB"), side)
    views = np.stack([_view(source, side, random) for _ in range(count)]).reshape(count, side, side, -1)
    planes = views.transpose(0, 3, 1, 2)[:, np.arange(channels) % views.shape[3]]
    return _standardised(planes.astype(np.float32, order="C"))


def _near(picture: Image.Image, side: int) -> Image.Image:
    """The picture at no more pixels than its views can show: a quarter of it still has ``side`` of them."""
    return picture.reduce(max(min(picture.size) // (4 * side), 1))


def _view(picture: Image.Image, side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """One random part of the picture as (side, side) or (side, side, 3)."""
    width, height = picture.size
    area = width * height * math.exp(random.uniform(math.log(_LEAST_COVERED), 0))
    aspect = math.exp(random.uniform(-math.log(_WIDEST), math.log(_WIDEST)))
    wide, high = min(math.sqrt(area * aspect), width), min(math.sqrt(area / aspect), height)
    left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
    box = (left, top, min(left + wide, width), min(top + high, height))
    view = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, box=box))
    return view[:, ::-1] if random.random() < 0.5 else view


def _standardised(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """The batch itself: each channel minus its mean, all divided by one number, so that the variance is 1 if any."""
    batch -= batch.mean(axis=(0, 2, 3), keepdims=True, dtype=np.float64).astype(np.float32)
    spread = math.sqrt(np.mean(np.square(batch), dtype=np.float64))
    batch /= np.float32(spread or 1)
    return batch
