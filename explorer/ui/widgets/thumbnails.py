"""A row of small pictures to look at, or to choose from with the mouse or the keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_ROW = st.components.v2.component(
    "resnet_explorer_thumbnails",
    html='<div class="thumbnails" role="group"></div><p class="told" aria-hidden="true"></p>',
    css=(_HERE / "thumbnails.css").read_text(encoding="utf-8"),
    js=(_HERE / "thumbnails.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Thumb:
    """One picture of the row: ``name`` is what is picked, ``label`` stands under it.

    ``source`` is its address (``explorer.ui.widgets.image_panels.source_of``). A gap stands before one that ``opens`` a
    group.
    """

    name: str
    label: str
    source: str
    alt: str
    opens: bool = False


def thumbnails(
    row: Sequence[Thumb],
    *,
    key: str,
    label: str,
    lit: str = "",
    worded: bool = False,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw the row; with ``on_pick``, as buttons with the one called ``lit`` pressed.

    ``on_pick`` gets the name of the clicked one. Labels of several words, ``worded``, get more room and break.
    """
    names = {each.name for each in row}

    def picked() -> None:
        name = st.session_state[key].pick
        if on_pick and name in names:
            on_pick(name)

    drawn = [
        {
            "name": each.name,
            "label": each.label,
            "source": each.source,
            "alt": each.alt,
            "lit": each.name == lit,
            "opens": each.opens,
        }
        for each in row
    ]
    chooses = on_pick is not None
    _ROW(
        key=key,
        data=packed({"label": label, "chooses": chooses, "worded": worded, "thumbnails": drawn}),
        on_pick_change=picked,
    )
