"""How a picture is turned (EXIF 2.32, section 4.6)."""

import struct


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
