"""What an uploaded file is, by its content and never by its name: kind, size, orientation, without decoding a pixel.

Of PNG and JPEG files only the chunks that make the pixels are handed on. Comments, profiles, thumbnails, animations
and EXIF data never reach a decoder: they hold most of what such files can do harm with (a megabyte of text in a
kilobyte of file, profiles that need a colour engine), make Pillow warn, and tell more about people than a picture
needs to (where it was taken).

Sources: PNG, third edition (W3C 2025); JPEG, ITU-T T.81, annex B; WebP, RFC 9649; EXIF 2.32, section 4.6.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from explorer.text.errors import Refusal

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_MAX_CHUNKS = 100_000  # an encoder that writes pieces of 1 KB needs 25,000 for the largest file
_MAX_SEGMENTS = 10_000
_MAX_SCANS = 24  # Pillow writes 10, mozjpeg at most about 20; each is a walk over the whole picture


class PictureError(Refusal):
    """Why a file gives no picture, as a sentence for the person who sent it: what is wrong, what to do."""


class FileFormat(StrEnum):
    """The kinds of pictures that are read."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file whose outside is in order; whether its pixels are, only decoding tells.

    ``orientation`` is EXIF's, 1 to 8, and 1 where there is none or it is nonsense. ``data`` is what a decoder needs.
    ``cost`` weighs decoding: about the bytes that are held for each pixel, more where it takes longer than that.
    """

    kind: FileFormat
    width: int
    height: int
    orientation: int
    cost: int
    data: bytes


def inspect(data: bytes) -> PictureFile:
    """The file's kind, size and orientation.

    Raises:
        PictureError: it is no PNG, JPEG or WebP, or is one whose outside is damaged or out of all proportion.
    """
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise PictureError(
        f"This file is {_other(data)}: only PNG, JPEG and WebP pictures are read here, whatever the file's name says. "
        "Save it as one of these, or take a screenshot of it, and upload that."
    )


def damaged(kind: FileFormat) -> PictureError:
    """The error for a file that began well."""
    return PictureError(
        f"This {kind} picture is damaged or cut off and cannot be read: open it in a picture program, save it again as "
        "PNG, JPEG or WebP, and upload that."
    )


def _overloaded(kind: FileFormat, what: str) -> PictureError:
    return PictureError(
        f"This {kind} picture is made of {what}, more than any camera or picture program writes: open it in a picture "
        "program, save it again as PNG, JPEG or WebP, and upload that."
    )


# What people upload besides, by what the file begins with.
_OTHERS: tuple[tuple[bytes, str], ...] = (
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


def _other(data: bytes) -> str:
    """What a file is that is no picture for us, as the end of "This file is ..."."""
    start = data[:4096]
    found = next((name for pattern, name in _OTHERS if re.match(pattern, start, re.DOTALL)), "")
    if found:
        return found
    control = bytes(range(9)) + bytes(range(14, 32))
    return "something else than a picture" if start.translate(None, control) != start else "text"


def _png(data: bytes) -> PictureFile:
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
    parts = [_PNG, *(kept[name] for name in (b"IHDR", b"PLTE", b"tRNS") if name in kept)]
    parts += [_png_chunk(b"IDAT", b"".join(pixels)), _png_chunk(b"IEND", b"")]
    clear = colour in (4, 6) or b"tRNS" in kept
    cost = 10 if depth == 16 else 6 if clear else 5
    return PictureFile(FileFormat.PNG, width, height, orientation(exif), cost, b"".join(parts))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk's content, up to the end of the picture or of what arrived of it."""
    place = len(_PNG)
    for _ in range(_MAX_CHUNKS):
        if place + 8 > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, place)
        yield name, place + 8, min(place + 8 + length, len(data))
        place += 12 + length
        if name == b"IEND":
            return
    raise _overloaded(FileFormat.PNG, f"more than {_MAX_CHUNKS:,} pieces")


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))


_MARKER = re.compile(rb"\xff([\xc0-\xfe])")
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive, all with Huffman codes
_RARE = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)  # lossless, hierarchical, arithmetic codes
_TABLES = (0xC4, 0xDB, 0xDD)


def _jpeg(data: bytes) -> PictureFile:
    """A JPEG of its tables, frame and scans, and of what says how its colours are meant (JFIF, Adobe)."""
    kept, exif, frame, found = [data[:2]], b"", b"", 0
    for marker, start, end in _jpeg_segments(data):
        content = data[start:end]
        if marker in _RARE:
            raise _rare_jpeg()
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
        raise _overloaded(FileFormat.JPEG, f"{scans:,} scans")
    _, height, width, parts = struct.unpack_from(">BHHB", frame)
    whole = found == 0xC2 or first_scan[0] < parts  # then libjpeg holds all coefficients, at full size
    return PictureFile(FileFormat.JPEG, width, height, orientation(exif), 8 if whole else 4, b"".join(kept))


def _rare_jpeg() -> PictureError:
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
    raise _overloaded(FileFormat.JPEG, f"more than {_MAX_SEGMENTS:,} segments")


def _webp(data: bytes) -> PictureFile:
    """A WebP as it came: libwebp needs its chunks, and Pillow does nothing with the others unless asked."""
    chunks: dict[bytes, bytes] = {}
    place = 12
    for _ in range(_MAX_CHUNKS):
        if place + 8 > len(data):
            break
        name, length = struct.unpack_from("<4sI", data, place)
        if name in (b"VP8 ", b"VP8L", b"VP8X", b"EXIF"):
            chunks.setdefault(name, data[place + 8 : place + 8 + (length if name == b"EXIF" else min(length, 10))])
        place += 8 + length + length % 2
    else:
        raise _overloaded(FileFormat.WEBP, f"more than {_MAX_CHUNKS:,} pieces")
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


def orientation(exif: bytes) -> int:
    """EXIF's orientation, 1 to 8; 1, which changes nothing, where there is none or the data make no sense."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for place in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", tiff, place)
        if tag == 0x0112 and kind in (3, 4):  # one SHORT, as the standard has it, or one LONG, as some write it
            (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", tiff, place + 8)
            return value if 1 <= value <= 8 else 1
    return 1
