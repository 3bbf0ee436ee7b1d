"""JPEG (ITU-T T.81, annex B): the segments that make the pixels."""

import re
import struct
from collections.abc import Iterator

from explorer.pictures.headers.exif import orientation
from explorer.pictures.headers.picture_file import (
    FileFormat,
    PictureError,
    PictureFile,
    damaged,
    overloaded,
)

_MAX_SEGMENTS = 10_000
_MAX_SCANS = 24  # Pillow writes 10, mozjpeg at most about 20; each is a walk over the whole picture
_MARKER = re.compile(rb"\xff([\xc0-\xfe])")
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive, all with Huffman codes
_RARE = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)  # lossless, hierarchical, arithmetic codes
_TABLES = (0xC4, 0xDB, 0xDD)


def read_jpeg(data: bytes) -> PictureFile:
    """A JPEG of its tables, frame and scans, and of what says how its colours are meant (JFIF, Adobe)."""
    kept, exif, frame, found = [data[:2]], b"", b"", 0
    for marker, start, end in _jpeg_segments(data):
        content = data[start:end]
        if marker in _RARE:
            raise _rare()
        if marker in _FRAMES and not frame:
            frame, found = content, marker
        elif marker == 0xE1 and content.startswith(b"Exif\0\0"):
            exif = exif or content
        meant = content[:5] == {0xE0: b"JFIF\0", 0xEE: b"Adobe"}.get(marker) and len(content) >= 12
        if meant or marker in _TABLES or marker in _FRAMES:
            kept.append(data[start - 4 : end])
        elif marker == 0xDA:
            kept.append(data[start - 4 :])
            first_scan = content
            break
    else:
        raise damaged(FileFormat.JPEG)
    if len(frame) < 9 or not first_scan:
        raise damaged(FileFormat.JPEG)
    scans = kept[-1].count(b"\xff\xda")  # coded data write 0xFF as 0xFF00
    if scans > _MAX_SCANS:
        raise overloaded(FileFormat.JPEG, f"{scans:,} scans")
    _, height, width, parts = struct.unpack_from(">BHHB", frame)
    whole = found == 0xC2 or first_scan[0] < parts  # then libjpeg holds all coefficients, at full size
    return PictureFile(FileFormat.JPEG, width, height, orientation(exif), 8 if whole else 4, b"".join(kept))


def _rare() -> PictureError:
    return PictureError(
        "This JPEG picture is lossless, hierarchical or arithmetic-coded, which is not read here: baseline and "
        "progressive ones are. Open it in a picture program, save it again as PNG, JPEG or WebP, and upload that."
    )


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the content of each segment, until the picture ends or nothing more arrived."""
    place = 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(data, place)
        if not found or found[1] == b"\xd9" or found.end() + 2 > len(data):
            return
        marker, place = found[1][0], found.end()
        if 0xD0 <= marker <= 0xD8:  # these stand alone
            continue
        (length,) = struct.unpack_from(">H", data, place)
        if length < 2 or place + length > len(data):
            return
        yield marker, place + 2, place + length
        place += length
    raise overloaded(FileFormat.JPEG, f"more than {_MAX_SEGMENTS:,} segments")
