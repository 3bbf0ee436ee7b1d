"""This browser tab's session: its name, and whether it is still open."""

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def owner() -> str:
    """Returns this session's name, for work done on its behalf."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def is_open(session: str) -> bool:
    """Whether that session's browser tab is still open; without a server (in a test), every session is."""
    return not Runtime.exists() or Runtime.instance().is_active_session(session)


def is_local() -> bool:
    """Whether the reader's browser runs on the server's own computer, and nothing stands between the two."""
    return Runtime.exists() and st.context.ip_address is None
