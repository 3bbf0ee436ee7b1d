"""Pictures of the same width side by side, also on a phone, where Streamlit's columns would stack."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageChops
from PIL.WebPImagePlugin import WebPImageFile

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_PANELS = st.components.v2.component(
    "resnet_explorer_panels",
    html='<div class="panels"></div>',
    css=(_HERE / "image_panels.css").read_text(encoding="utf-8"),
    js=(_HERE / "image_panels.js").read_text(encoding="utf-8"),
)
_SMALL, _CLOSE = 82, 98  # qualities of WebP
_UNSEEN = 8  # of 255: nobody sees so small a change


def image_panels(row: Sequence[tuple[str, str, str]], *, key: str) -> None:
    """Draw pictures, each given by its address (``source_of``), the words under it, and its alternative text."""
    drawn = [{"source": source, "words": words, "alt": alt} for source, words, alt in row]
    _PANELS(key=key, data=packed({"panels": drawn}))


def source_of(image: Image.Image, *, small: bool = False) -> str:
    """Returns the picture as a data address: as it is for every eye, or compressed further if it is to be ``small``.

    Each rerun hashes all of it, twice. The data go to this session's browser only.
    """
    data = _webp(image, quality=_SMALL if small else _CLOSE)
    if not small and _largest_change(image, data) > _UNSEEN:
        data = _webp(image, lossless=True, quality=30)
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def _webp(image: Image.Image, **how: int) -> bytes:
    data = io.BytesIO()
    image.save(data, "WEBP", method=1 if "lossless" in how else 4, **how)
    return data.getvalue()


def _largest_change(image: Image.Image, data: bytes) -> int:
    """The most by which a channel of a pixel has changed, of 255."""
    with WebPImageFile(io.BytesIO(data)) as written:
        change = ImageChops.difference(image.convert("RGB"), written.convert("RGB"))
    return int(np.asarray(change).max())
