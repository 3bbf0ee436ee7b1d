"""A picture's file as a value, and the refusals that every format shares."""

from dataclasses import dataclass
from enum import StrEnum

from explorer.text.errors import Refusal

MAX_CHUNKS = 100_000  # an encoder that writes pieces of 1 KB needs 25,000 for the largest file


class PictureError(Refusal):
    """Why a file gives no picture, as a sentence for the person who sent it: what is wrong, what to do."""


class FileFormat(StrEnum):
    """The formats that are read."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file whose structure is in order; only decoding tells whether its pixels are.

    ``orientation`` is EXIF's, 1 to 8; 1 also where there is none or it makes no sense. ``data`` is what a decoder
    needs. ``cost`` weighs decoding: about the bytes that are held for each pixel, more where decoding is slow.
    """

    kind: FileFormat
    width: int
    height: int
    orientation: int
    cost: int
    data: bytes


def damaged(kind: FileFormat) -> PictureError:
    """The error for a file that began well."""
    return PictureError(
        f"This {kind} picture is damaged or cut off and cannot be read: open it in a picture program, save it again as "
        "PNG, JPEG or WebP, and upload that."
    )


def overloaded(kind: FileFormat, what: str) -> PictureError:
    return PictureError(
        f"This {kind} picture is made of {what}, more than any camera or picture program writes: open it in a picture "
        "program, save it again as PNG, JPEG or WebP, and upload that."
    )
