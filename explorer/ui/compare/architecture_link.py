"""From a chart to the Architecture page. A callback cannot change the page, so the next run does."""

import streamlit as st

_GO = "compare.go"


def open_in_architecture(net: str, at: str = "") -> None:
    """Open this network from a callback, and select a layer or block of it; both are written as in a link."""
    st.session_state[_GO] = {"net": net, "at": at} if at else {"net": net}


def follow_click() -> None:
    """Change to the page that a callback asked for, if one did."""
    asked = st.session_state.pop(_GO, None)
    if asked:
        st.switch_page("pages/architecture.py", query_params=asked)
