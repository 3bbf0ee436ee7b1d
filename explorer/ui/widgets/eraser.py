"""A picture to erase parts of, with mouse, pen, finger or keyboard, beside what that does to the probabilities."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_ERASER = st.components.v2.component(
    "resnet_explorer_eraser",
    html=(_HERE / "eraser.html").read_text(encoding="utf-8"),
    css=(_HERE / "eraser.css").read_text(encoding="utf-8"),
    js=(_HERE / "eraser.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Chance:
    """A class and its probability before and now, from 0 to 1 and in words."""

    name: str
    was: float
    now: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """What eraser.js reads.

    ``picture`` and ``hidden``, whose pixels replace erased ones, are URLs of pictures with ``pixels`` a side.
    ``mask`` and ``region``, which is outlined, are texts of ``explorer.cam.erasure.Mask`` with ``side`` cells. The
    browser's own mask counts while ``turn`` stays the same: a stroke may be painted before the last one is answered.
    """

    picture: str
    hidden: str
    pixels: int
    side: int
    mask: str
    turn: str
    region: str
    chances: tuple[Chance, ...]


def eraser(canvas: Canvas, *, key: str, on_paint: Callable[[object], None]) -> None:
    """Draw it; ``on_paint`` gets the mask's text after each stroke, or whatever a browser sends in its place."""
    _ERASER(
        key=key,
        data=packed(asdict(canvas)),
        on_mask_change=lambda: on_paint(st.session_state[key].mask),
    )
