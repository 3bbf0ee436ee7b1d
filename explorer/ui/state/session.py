"""This browser tab's session: its name, whether it is still open, and what it holds beside its widgets."""

from contextvars import ContextVar
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_ALL = "held"
# What the session holds, in this run's thread: thirty looks into the session at every rerun would take 0.3 ms.
_HELD: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("held", default=None)


def owner() -> str:
    """Returns this session's name, for work done on its behalf."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def held(name: str) -> dict[str, Any]:
    """Returns one of this session's dictionaries, empty at first. Whoever changes it changes the session.

    Streamlit looks through all entries of a session whenever it draws a list or a field of text. What is no widget's
    therefore stands in these dictionaries, and all of them in one entry.
    """
    mine = _HELD.get()
    if mine is None:
        _HELD.set(mine := st.session_state.setdefault(_ALL, {}))
    return mine.setdefault(name, {})


def is_open(session: str) -> bool:
    """Whether that session's browser tab is still open; without a server (in a test), every session is."""
    return not Runtime.exists() or Runtime.instance().is_active_session(session)


def is_local() -> bool:
    """Whether the reader's browser runs on the server's own computer, and nothing stands between the two."""
    return Runtime.exists() and st.context.ip_address is None
