"""PNG (third edition, W3C 2025): the chunks that make the pixels."""

import struct
import zlib
from collections.abc import Iterator

from explorer.pictures.headers.exif import orientation
from explorer.pictures.headers.picture_file import (
    MAX_CHUNKS,
    FileFormat,
    PictureFile,
    damaged,
    overloaded,
)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_png(data: bytes) -> PictureFile:
    """A PNG of its header, palette, transparency and pixels: the still picture of an animated one."""
    kept: dict[bytes, bytes] = {}
    pixels: list[memoryview] = []
    view, exif = memoryview(data), b""
    for name, start, end in _png_chunks(data):
        if name == b"IDAT":
            pixels.append(view[start:end])
        elif name == b"eXIf":
            exif = exif or data[start:end]
        elif name in (b"IHDR", b"PLTE", b"tRNS") and not pixels:
            kept.setdefault(name, data[start - 8 : end + 4])  # with its checksum, for the decoder to check
    header = kept.get(b"IHDR", b"")
    if len(header) != 25:
        raise damaged(FileFormat.PNG)
    width, height, depth, colour = struct.unpack_from(">IIBB", header, 8)
    if depth == 16:
        kept.pop(b"tRNS", None)  # one colour out of 2^48 that is transparent: decoders differ, and nobody writes it
    parts = [PNG_SIGNATURE, *(kept[name] for name in (b"IHDR", b"PLTE", b"tRNS") if name in kept)]
    parts += [_png_chunk(b"IDAT", b"".join(pixels)), _png_chunk(b"IEND", b"")]
    clear = colour in (4, 6) or b"tRNS" in kept
    cost = 10 if depth == 16 else 6 if clear else 5
    return PictureFile(FileFormat.PNG, width, height, orientation(exif), cost, b"".join(parts))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk's content, up to the end of the picture or of what arrived of it."""
    place = len(PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if place + 8 > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, place)
        yield name, place + 8, min(place + 8 + length, len(data))
        place += 12 + length
        if name == b"IEND":
            return
    raise overloaded(FileFormat.PNG, f"more than {MAX_CHUNKS:,} pieces")


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
