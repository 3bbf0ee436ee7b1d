"""Which format a file has, and what else it is if it has none of them."""

import re

from explorer.pictures.headers.jpeg import read_jpeg
from explorer.pictures.headers.picture_file import PictureError, PictureFile
from explorer.pictures.headers.png import PNG_SIGNATURE, read_png
from explorer.pictures.headers.webp import read_webp

_JPEG = b"\xff\xd8\xff"


def read_headers(data: bytes) -> PictureFile:
    """The file's format, size and orientation, and the bytes that a decoder needs.

    Raises:
        PictureError: the file is no PNG, JPEG or WebP, or is one whose structure is damaged or excessive.
    """
    if data.startswith(PNG_SIGNATURE):
        return read_png(data)
    if data.startswith(_JPEG):
        return read_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return read_webp(data)
    raise PictureError(
        f"This file is {_other(data)}: only PNG, JPEG and WebP pictures are read here, whatever the file's name says. "
        "Save it as one of these, or take a screenshot of it, and upload that."
    )


# Other files that people upload, by their first bytes.
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"GIF8", "a GIF"),
        (rb"BM.{4}\0\0\0\0", "a BMP picture"),
        (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "a TIFF picture, or a camera's raw file"),
        (rb".{4}ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", "a HEIC picture, as iPhones take them"),
        (rb".{4}ftypavi[fs]", "an AVIF picture"),
        (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", "a video"),
        (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (rb"\0\0\0\x0cjP|\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (rb"\0\0\x01\0", "an icon"),
        (rb"8BPS", "a Photoshop file"),
        (rb"%PDF", "a PDF"),
        (rb"PK\x03\x04", "a ZIP archive or an office document"),
        (rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", "a web page"),
        (rb"(?i)(?:\xef\xbb\xbf)?\s*(?:<[?!].{,2000}?)?<svg[\s>]", "an SVG drawing"),
    )
)


def _other(data: bytes) -> str:
    """What another file is, as the end of "This file is ..."."""
    start = data[:4096]
    found = next((name for pattern, name in _OTHERS if pattern.match(start)), "")
    if found:
        return found
    control = bytes(range(9)) + bytes(range(14, 32))
    return "something else than a picture" if start.translate(None, control) != start else "text"
