"""How others come into a class: the address that they can open, and its QR code."""

import io
from functools import lru_cache
from urllib.parse import urlencode

import segno

from explorer.ui.classroom.membership import CODE
from explorer.ui.state.reachable import app_address


def address(code: str = "") -> str:
    """Returns the address of this server for other devices, with the class's code where one is given.

    It is empty where the server listens to its own computer alone.
    """
    place = app_address()
    return f"{place}?{urlencode({CODE: code})}" if place and code else place


@lru_cache(maxsize=32)
def qr_code(text: str) -> str:
    """Returns the QR code of a text (ISO/IEC 18004) as SVG, with the quiet border that cameras need."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=10, border=4, light="#ffffff", xmldecl=False)
    return drawn.getvalue().decode("utf-8")
