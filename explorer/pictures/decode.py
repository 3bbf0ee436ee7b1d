"""Uploaded bytes, hostile until proven otherwise, to an upright RGB picture or to a sentence that refuses them.

Nothing is written to disk or logged. Only what makes pixels reaches Pillow (``pictures.headers``), sizes are checked
before anything is decoded, and Pillow's global settings stay untouched, so that threads may read at once.

Colour profiles are ignored: the pictures that ImageNet's networks were trained on were read without theirs, too.
"""

import io
import math
from collections.abc import Mapping
from threading import BoundedSemaphore

import numpy as np
from PIL import Image

from explorer.pictures.headers.picture_file import PictureError, PictureFile, damaged
from explorer.pictures.headers.read_headers import read_headers

ENDINGS = ("png", "jpg", "jpeg", "webp")  # of names of picture files
MEGABYTE = 1_000_000
MAX_BYTES = 32 * MEGABYTE
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
            f"The file is empty: choose a PNG, JPEG or WebP picture of at most {MAX_BYTES // MEGABYTE} MB, and upload "
            "it again if it should not be."
        )
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"The file has {math.ceil(len(data) / 1e5) / 10:,.1f} MB and {MAX_BYTES // MEGABYTE} MB is the most: save "
            "the picture as JPEG, or with fewer pixels, and upload that."
        )
    file = read_headers(data)
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
