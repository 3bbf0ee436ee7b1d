"""A grid of small pictures with words under each, to choose from with the mouse or the keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_GALLERY = st.components.v2.component(
    "resnet_explorer_gallery",
    html='<ul class="gallery" aria-label="Your pictures"></ul>',
    css=(_HERE / "gallery.css").read_text(encoding="utf-8"),
    js=(_HERE / "gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """One picture: ``key`` is what is picked, ``source`` its address (``image_panels.source_of``), ``guess`` stands
    under its ``name``. One that is ``strange`` is marked."""

    key: str
    name: str
    source: str
    guess: str
    strange: bool


def gallery(cards: Sequence[Card], *, key: str, on_pick: Callable[[str], None]) -> None:
    """Draw the cards; ``on_pick`` gets the key of the clicked one."""
    keys = {each.key for each in cards}

    def picked() -> None:
        chosen = st.session_state[key].pick
        if isinstance(chosen, str) and chosen in keys:
            on_pick(chosen)

    _GALLERY(key=key, data=packed({"cards": [asdict(each) for each in cards]}), on_pick_change=picked)
