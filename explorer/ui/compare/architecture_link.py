"""From a chart to the Architecture page: a callback cannot lead to another page itself, so the next run does."""

import streamlit as st

_GO = "compare.go"


def open_in_architecture(net: str, at: str = "") -> None:
    """Open this network from a callback, a layer or block of it selected; both as they stand in a link."""
    st.session_state[_GO] = {"net": net, "at": at} if at else {"net": net}


def follow_click() -> None:
    """Go where a callback wanted to."""
    asked = st.session_state.pop(_GO, None)
    if asked:
        st.switch_page("pages/architecture.py", query_params=asked)
