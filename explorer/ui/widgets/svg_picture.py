"""An SVG that can be pointed at, clicked, zoomed, and saved as SVG or PNG."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from explorer.ui.state.caching import shared
from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_FIGURE = st.components.v2.component(
    "resnet_explorer_picture",
    html=(_HERE / "svg_picture.html").read_text(encoding="utf-8"),
    css=(_HERE / "svg_picture.css").read_text(encoding="utf-8"),
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("figure_file.js", "svg_picture.js")),
)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What svg_picture.js reads."""

    wide: str
    tall: str
    filename: str
    legend: tuple[tuple[str, str], ...]
    title: str
    about: str
    notes: tuple[str, ...]


def svg_picture(
    wide: str,
    tall: str,
    *,
    key: str,
    filename: str,
    about: str,
    on_pick: Callable[[str], None],
    notes: Sequence[str] = (),
    legend: Sequence[tuple[str, str]] = (),
    title: str = "",
) -> None:
    """Show ``wide`` on a screen and ``tall`` on a phone; ``on_pick`` gets the ``data-pick`` of the clicked part.

    ``legend`` pairs colours with words. ``filename`` is the name of downloads, without an ending; they have the title
    ``about``, the legend, and ``notes`` on how to read them. A ``title`` in the picture's own frame spares the page a
    heading.
    """

    def picked() -> None:
        name = st.session_state[key].pick
        if isinstance(name, str):
            on_pick(name)

    drawing = _Drawing(wide, tall, filename, tuple(legend), title, about, tuple(notes))
    _FIGURE(key=key, data=_packed(drawing), on_pick_change=picked)


@shared(64)
def _packed(drawing: _Drawing) -> bytes:
    return packed(asdict(drawing))
