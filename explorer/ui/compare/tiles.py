"""Clicks on the tiles of treemaps, which Streamlit does not report."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from explorer.ui.widgets.component_data import packed

_TILES = st.components.v2.component(
    "resnet_explorer_tiles",
    html="<span></span>",
    js=Path(__file__).with_name("tiles.js").read_text(encoding="utf-8"),
)
_KEY = "tiles"


def on_tile_click(charts: Sequence[str], on_pick: Callable[[str, str], None]) -> None:
    """Watch the treemaps with these keys; ``on_pick`` gets the chart's key and the id of a clicked innermost tile."""

    def picked() -> None:
        found = st.session_state[_KEY].pick
        if isinstance(found, dict) and found.get("chart") in charts and isinstance(found.get("id"), str):
            on_pick(found["chart"], found["id"])

    _TILES(key=_KEY, data=packed({"charts": list(charts)}), on_pick_change=picked)
