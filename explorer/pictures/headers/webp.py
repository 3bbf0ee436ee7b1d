"""WebP (RFC 9649): its size and orientation."""

import struct

from explorer.pictures.headers.exif import orientation
from explorer.pictures.headers.picture_file import (
    MAX_CHUNKS,
    FileFormat,
    PictureFile,
    damaged,
    overloaded,
)


def read_webp(data: bytes) -> PictureFile:
    """A WebP as it came: libwebp needs its chunks, and Pillow does nothing with the others unless asked."""
    chunks: dict[bytes, bytes] = {}
    place = 12
    for _ in range(MAX_CHUNKS):
        if place + 8 > len(data):
            break
        name, length = struct.unpack_from("<4sI", data, place)
        if name in (b"VP8 ", b"VP8L", b"VP8X", b"EXIF"):
            chunks.setdefault(name, data[place + 8 : place + 8 + (length if name == b"EXIF" else min(length, 10))])
        place += 8 + length + length % 2
    else:
        raise overloaded(FileFormat.WEBP, f"more than {MAX_CHUNKS:,} pieces")
    width, height = _webp_size(chunks)
    return PictureFile(FileFormat.WEBP, width, height, orientation(chunks.get(b"EXIF", b"")), 16, data)


def _webp_size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    """Width and height of the canvas, or of the one picture there is (RFC 9649, sections 2.5 to 2.7 and 3.4)."""
    canvas, lossless, lossy = (chunks.get(name, b"") for name in (b"VP8X", b"VP8L", b"VP8 "))
    if len(canvas) == 10:
        return int.from_bytes(canvas[4:7], "little") + 1, int.from_bytes(canvas[7:10], "little") + 1
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(lossy) == 10 and lossy[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", lossy, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise damaged(FileFormat.WEBP)
