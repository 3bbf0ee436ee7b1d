"""One value of the address: what the reader asked for with it, and what the page writes back.

A link that differs from what this session last saw, an absent value included, is the reader's wish: a shared link
opened, the browser's back button. An arrival from another page is not: its address starts empty, and choices survive.
"""

import streamlit as st

ARRIVED = "shell.arrived"


def read(key: str) -> tuple[str | None, bool]:
    """The value in the address, and whether the reader changed it since this session last looked."""
    now, mark = st.query_params.get(key), f"{key}.link"
    kept = now is None and st.session_state.get(ARRIVED, False)
    changed = not kept and (mark not in st.session_state or st.session_state[mark] != now)
    st.session_state[mark] = now
    return now, changed


def write(key: str, value: str) -> None:
    """Put a value into the address; where it is there already nothing is sent to the browser."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    st.session_state[f"{key}.link"] = value
