"""Pictures and things that are none, as people and attackers upload them; all made here, by Pillow or by hand."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

SECRET = "taken at 48.8584 north"  # what a file says besides its pixels, and no log may repeat


@cache
def photo(width: int = 96, height: int = 64) -> Image.Image:
    """A picture with no two quarters alike."""
    y, x = np.ogrid[0:height, 0:width]
    waves = 128 + 100 * np.sin((x / 7 + y / 5).astype(np.float32))
    planes = np.broadcast_arrays(x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), waves)
    return Image.fromarray(np.stack([plane.astype(np.uint8) for plane in planes], axis=-1))


def large(width: int, height: int) -> Image.Image:
    """``photo`` stretched, since computing so many pixels would take gigabytes."""
    return photo(320, 320).resize((width, height), Image.Resampling.BILINEAR)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The file that Pillow writes, as quickly as it can."""
    out = io.BytesIO()
    picture.save(out, kind, **{"compress_level": 1, "method": 0, **options})
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 0, before: bytes = b"") -> bytes:
    """A PNG from its filtered rows, with the chunks ``before`` its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(pixels, 1))
    return b"\x89PNG\r\n\x1a\n" + header + before + rows + chunk(b"IEND", b"")


def exif(orientation: int, *, order: str = "<", count: int = 1, long: bool = False) -> bytes:
    """EXIF data with an orientation and nothing else; ``count`` entries are announced."""
    entry = struct.pack(f"{order}HHI", 0x0112, 4 if long else 3, 1) + struct.pack(
        f"{order}I" if long else f"{order}HH", *((orientation,) if long else (orientation, 0))
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, count) + entry + bytes(4)


def animated(kind: str, **options: object) -> bytes:
    """Three frames, of which the first is ``photo``."""
    others = [Image.new("RGB", photo().size, colour) for colour in ("red", "blue")]
    return saved(photo(), kind, save_all=True, append_images=others, duration=50, **options)


def deep(most: int = 65_535) -> Image.Image:
    """16-bit grey from 0 to ``most``, left to right."""
    return Image.fromarray(np.tile(np.linspace(0, most, 256).astype(np.uint16), (8, 1)))


def transparent_palette() -> bytes:
    """A palette picture, its left half fully and a stripe half transparent."""
    picture = Image.new("P", (16, 16), 1)
    picture.putpalette([255, 0, 0, 0, 0, 255, 0, 128, 0])
    picture.paste(0, (0, 0, 8, 16))
    picture.paste(2, (12, 0, 14, 16))
    return saved(picture, "PNG", transparency=bytes([0, 255, 128]))


def commented() -> bytes:
    """A PNG and its text, one part of which unpacks to 64 MB."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    text = chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(64_000_000)))
    picture = saved(photo(), "PNG", pnginfo=info)
    return picture[:33] + text + picture[33:]


def profiled(kind: str) -> bytes:
    """With a colour profile, as cameras write it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(photo(), kind, icc_profile=profile)


def with_noise(size: int) -> bytes:
    """A PNG of so many bytes and more, since noise does not compress."""
    side = int((size / 3) ** 0.5) + 1
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return saved(Image.fromarray(noise), "PNG", compress_level=0)


def segment(marker: int, content: bytes) -> bytes:
    """One segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg_with(*segments: bytes) -> bytes:
    """A JPEG with segments before all others."""
    whole = saved(photo(), "JPEG")
    return whole[:2] + b"".join(segments) + whole[2:]


def scan_bomb() -> bytes:
    """A progressive JPEG whose last scan comes a thousand times."""
    whole = saved(photo(), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * 1000 + whole[-2:]


READ: Mapping[str, Callable[[], bytes]] = {
    "PNG": lambda: saved(photo(), "PNG"),
    "JPEG": lambda: saved(photo(), "JPEG"),
    "progressive JPEG": lambda: saved(photo(), "JPEG", progressive=True),
    "WebP": lambda: saved(photo(), "WEBP"),
    "lossless WebP": lambda: saved(photo(), "WEBP", lossless=True),
    "WebP with alpha": lambda: saved(photo().convert("RGBA"), "WEBP"),
    "1 x 1 PNG": lambda: saved(photo(1, 1), "PNG"),
    "1 x 1 JPEG": lambda: saved(photo(1, 1), "JPEG"),
    "1 x 1 WebP": lambda: saved(photo(1, 1), "WEBP"),
    "20000 x 1 PNG": lambda: saved(photo(20_000, 1), "PNG"),
    "1 x 20000 JPEG": lambda: saved(photo(1, 20_000), "JPEG"),
    "16383 x 1 WebP": lambda: saved(photo(16_383, 1), "WEBP"),
    "animated PNG": lambda: animated("PNG"),
    "animated WebP": lambda: animated("WEBP", lossless=True),
    "CMYK JPEG": lambda: saved(photo().convert("CMYK"), "JPEG"),
    "grey JPEG": lambda: saved(photo().convert("L"), "JPEG"),
    "16-bit PNG": lambda: saved(deep(), "PNG"),
    "16-bit RGBA PNG": lambda: png(4, 4, b"\0" + bytes(range(32)) + (b"\1" + bytes(32)) * 3, depth=16, colour=6),
    "1-bit PNG": lambda: saved(photo().convert("1"), "PNG"),
    "grey and alpha PNG": lambda: saved(photo().convert("LA"), "PNG"),
    "palette PNG": lambda: saved(photo().quantize(16), "PNG"),
    "transparent palette PNG": transparent_palette,
    "colour key PNG": lambda: saved(photo().convert("RGB"), "PNG", transparency=(0, 0, 0)),
    "16-bit colour key PNG": lambda: png(1, 1, b"\0\1\2", depth=16, before=chunk(b"tRNS", b"\1\2")),
    "ICC JPEG": lambda: profiled("JPEG"),
    "ICC PNG": lambda: profiled("PNG"),
    "ICC WebP": lambda: profiled("WEBP"),
    "nonsense ICC": lambda: saved(photo(), "PNG", icc_profile=b"no profile" * 50),
    "text bomb PNG": commented,
    "comment JPEG": lambda: saved(photo(), "JPEG", comment=SECRET.encode()),
    "corrupt EXIF JPEG": lambda: saved(photo(), "JPEG", exif=exif(6)[:16] + b"\xff" * 40),
    "EXIF that announces more": lambda: saved(photo(), "JPEG", exif=exif(6, count=60_000)),
    "EXIF of orientation 77": lambda: saved(photo(), "JPEG", exif=exif(77)),
    "corrupt EXIF WebP": lambda: saved(photo(), "WEBP", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f"),
    "corrupt EXIF PNG": lambda: png(1, 1, b"\0\0", before=chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x09")),
    "broken multi-picture JPEG": lambda: jpeg_with(segment(0xE2, b"MPF\0II*\0" + b"\xff" * 60)),
    "broken JFIF": lambda: jpeg_with(segment(0xE0, b"JFIF\0")),
    "JPEG with junk before its segments": lambda: jpeg_with(segment(0xFE, b"") + b"junk\0\xff\0" * 20),
    "broken animation PNG": lambda: png(1, 1, b"\0\0", before=chunk(b"acTL", b"\0") + chunk(b"fcTL", b"\xff" * 26)),
    "PNG of which 100 MB unpack": lambda: png(1, 1, bytes(100_000_000)),
    "39 million flat pixels": lambda: png(6300, 6300, (b"\0" + bytes(6300)) * 6300),
    "33 million RGBA pixels": lambda: png(7680, 4320, (b"\0" + b"\x80" * 30_720) * 4320, colour=6),
    "19 million 16-bit pixels": lambda: png(4400, 4400, (b"\1" + bytes(35_200)) * 4400, depth=16, colour=6),
    "25 million pixels, progressive": lambda: saved(large(5000, 4990), "JPEG", progressive=True, subsampling=0),
    "49 million pixels": lambda: saved(large(7000, 7000), "JPEG"),
    "12 million pixels, WebP": lambda: saved(large(4000, 3100), "WEBP", method=0),
    "12 million pixels, lossless WebP": lambda: saved(large(4000, 3100), "WEBP", lossless=True, quality=0, method=0),
}
REFUSED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "zero bytes": ("empty", lambda: b""),
    "one byte": ("text", lambda: b"a"),
    "33 MB": ("32 MB is the most", lambda: with_noise(33_000_000)),
    "GIF": ("a GIF", lambda: saved(photo(), "GIF")),
    "animated GIF": ("a GIF", lambda: animated("GIF")),
    "BMP": ("a BMP", lambda: saved(photo(), "BMP")),
    "TIFF": ("a TIFF", lambda: saved(photo(), "TIFF")),
    "AVIF": ("an AVIF", lambda: b"\0\0\0\x20ftypavif" + bytes(200)),
    "HEIC": ("a HEIC", lambda: b"\0\0\0\x18ftypheic" + bytes(200)),
    "video": ("a video", lambda: b"\0\0\0\x18ftypmp42" + bytes(200)),
    "JPEG 2000": ("a JPEG 2000", lambda: saved(photo(), "JPEG2000")),
    "icon": ("an icon", lambda: saved(photo(), "ICO")),
    "PDF": ("a PDF", lambda: saved(photo(), "PDF")),
    "EPS": ("text", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"0 0 moveto\n" * 20),
    "ZIP": ("a ZIP", lambda: b"PK\x03\x04" + bytes(100)),
    "SVG with script": ("an SVG", lambda: b'<?xml version="1.0"?>\n<!-- a --><svg><script>alert(1)</script></svg>'),
    "bare SVG": ("an SVG", lambda: b'\xef\xbb\xbf  <svg xmlns="http://www.w3.org/2000/svg"/>'),
    "HTML": ("a web page", lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
    "text": ("text", lambda: "Un café, s'il vous plaît.\n".encode() * 100),
    "random bytes": ("something else", lambda: np.random.default_rng(0).bytes(10_000)),
    "zeros": ("something else", lambda: bytes(100_000)),
    "PNG's first bytes": ("damaged", lambda: b"\x89PNG\r\n\x1a\n"),
    "JPEG's first bytes": ("damaged", lambda: b"\xff\xd8\xff"),
    "WebP's first bytes": ("damaged", lambda: b"RIFF\0\0\0\0WEBP"),
    "cut off PNG": ("damaged", lambda: READ["PNG"]()[:-200]),
    "cut off JPEG": ("damaged", lambda: READ["JPEG"]()[:-200]),
    "cut off WebP": ("damaged", lambda: READ["WebP"]()[:-200]),
    "PNG without pixels": ("damaged", lambda: png(8, 8, b"")),
    "PNG with a wrong header checksum": ("damaged", lambda: READ["PNG"]()[:29] + bytes(4) + READ["PNG"]()[33:]),
    "PNG of no width": ("damaged", lambda: png(0, 8, b"")),
    "JPEG of no height": ("damaged", lambda: jpeg_with(segment(0xC0, b"\x08\0\0\0\x08\1\1\x11\0"))),
    "JPEG without pixels": ("damaged", lambda: b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9"),
    "lossless JPEG": ("lossless", lambda: jpeg_with(segment(0xC3, b"\x08\0\x08\0\x08\1\1\x11\0"))),
    "60000 x 60000 PNG header": ("million is the most", lambda: png(60_000, 60_000, b"")),
    "2 billion wide PNG header": ("for a side", lambda: png(2**31 - 1, 1, b"")),
    "100000 x 1 PNG": ("for a side", lambda: png(100_000, 1, bytes(100_001))),
    "bomb of 20000 x 20000": ("million is the most", lambda: png(20_000, 20_000, bytes(400_020_000))),
    "65535 x 65535 JPEG header": (
        "million is the most",
        lambda: jpeg_with(segment(0xC0, b"\x08\xff\xff\xff\xff\1\1\x11\0")),
    ),
    "huge WebP canvas": (
        "million is the most",
        lambda: b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xfe\xff\0" * 2,
    ),
    "a million pieces of PNG": ("pieces", lambda: READ["PNG"]()[:33] + chunk(b"IDAT", b"") * 1_000_000),
    "a million pieces of WebP": ("pieces", lambda: READ["WebP"]() + b"JUNK\0\0\0\0" * 1_000_000),
    "a million segments of JPEG": ("segments", lambda: jpeg_with(segment(0xFE, b"") * 1_000_000)),
    "JPEG of 24 MB of 0xFF": ("damaged", lambda: b"\xff\xd8" + b"\xff" * 24_000_000),
    "a thousand scans": ("scans", scan_bomb),
}
