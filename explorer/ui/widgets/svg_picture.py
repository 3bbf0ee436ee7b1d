"""An SVG that can be pointed at, clicked, zoomed, and saved as SVG or PNG."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from explorer.ui.state.caching import shared

_HERE = Path(__file__).parent
_FIGURE = st.components.v2.component(
    "resnet_explorer_picture",
    html=(_HERE / "svg_picture.html").read_text(encoding="utf-8"),
    css=(_HERE / "svg_picture.css").read_text(encoding="utf-8"),
    js=(_HERE / "svg_picture.js").read_text(encoding="utf-8"),
)


def svg_picture(
    wide: str,
    tall: str,
    *,
    key: str,
    filename: str,
    on_pick: Callable[[str], None],
    legend: Sequence[tuple[str, str]] = (),
    title: str = "",
) -> None:
    """Show ``wide`` on a screen and ``tall`` on a phone; ``on_pick`` gets the ``data-pick`` of the clicked part.

    ``legend`` pairs colours with words. ``filename`` is the name of downloads, without an ending. A ``title`` in the
    picture's own frame spares the page a heading.
    """

    def picked() -> None:
        name = st.session_state[key].pick
        if isinstance(name, str):
            on_pick(name)

    _FIGURE(key=key, data=_packed(wide, tall, filename, tuple(legend), title), on_pick_change=picked)


@shared(64)
def _packed(wide: str, tall: str, filename: str, legend: tuple[tuple[str, str], ...], title: str) -> bytes:
    """Returns the component's data as JSON, made once: Streamlit would serialise it anew at every rerun."""
    drawing = {"wide": wide, "tall": tall, "filename": filename, "legend": legend, "title": title}
    return json.dumps(drawing).encode()
