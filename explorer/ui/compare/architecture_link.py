"""From a chart to the Architecture page. A callback cannot change the page, so the next run does."""

import streamlit as st

from explorer.ui.state.session import held

_GO = "compare.go"  # in the session: what the link to the other page asks for


def open_in_architecture(net: str, at: str = "") -> None:
    """Open this network from a callback, and select a layer or block of it; both are written as in a link."""
    held(_GO).update({"net": net, "at": at} if at else {"net": net})


def follow_click() -> None:
    """Change to the page that a callback asked for, if one did."""
    asked = dict(held(_GO))
    if asked:
        held(_GO).clear()
        st.switch_page("pages/architecture.py", query_params=asked)
