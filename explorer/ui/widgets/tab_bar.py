"""A page's tabs as one element. Streamlit's own send a container for each tab and one around them at every rerun."""

from pathlib import Path

import streamlit as st

from explorer.ui.state.url_control import Control
from explorer.ui.widgets.component_data import packed

_BAR = st.components.v2.component(
    "resnet_explorer_tabs",
    html='<div role="tablist"></div>',
    js=Path(__file__).with_name("tab_bar.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # page.css says how tabs look
)
_KEY = "tabs"


def tab_bar(control: Control) -> str:
    """Draw the control's options as tabs; returns the open one, whose part of the page follows."""

    def picked() -> None:
        name = st.session_state[_KEY].pick
        if name in control.options:
            control.put(name)

    _BAR(key=_KEY, data=packed({"tabs": control.options, "open": control.value}), on_pick_change=picked)
    return control.value
