"""Pictures of the same width side by side, also on a phone, where Streamlit's columns would stack."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from PIL import Image

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_PANELS = st.components.v2.component(
    "resnet_explorer_panels",
    html='<div class="panels"></div>',
    css=(_HERE / "image_panels.css").read_text(encoding="utf-8"),
    js=(_HERE / "image_panels.js").read_text(encoding="utf-8"),
)


def image_panels(row: Sequence[tuple[str, str, str]], *, key: str) -> None:
    """Draw pictures, each given by its address (``source_of``), the words under it, and its alternative text."""
    drawn = [{"source": source, "words": words, "alt": alt} for source, words, alt in row]
    _PANELS(key=key, data=packed({"panels": drawn}))


def source_of(image: Image.Image, *, small: bool = False) -> str:
    """Returns the picture as a data address: lossless, or compressed if it is to be ``small``.

    The data go to this session's browser only.
    """
    data = io.BytesIO()
    image.save(data, "WEBP", lossless=not small, quality=82 if small else 30, method=1)
    return f"data:image/webp;base64,{base64.b64encode(data.getvalue()).decode()}"
