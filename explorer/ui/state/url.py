"""One value of the address: what the reader asked for with it, and what the page writes back.

A link that differs from what this session last saw, an absent value included, is the reader's wish: a shared link
opened, the browser's back button. An arrival from another page is not: its address starts empty, and choices survive.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

ARRIVED = "shell.arrived"
_PENDING: ContextVar[dict[str, str] | None] = ContextVar("link.pending", default=None)
_NEVER = object()


def read(key: str) -> tuple[str | None, bool]:
    """The value in the address, and whether the reader changed it since this session last looked."""
    now, mark = st.query_params.get(key), f"{key}.link"
    kept = now is None and st.session_state.get(ARRIVED, False)
    before = st.session_state.get(mark, _NEVER)
    if before != now:  # writing what is there already would cost every later run
        st.session_state[mark] = now
    return now, not kept and before != now


def write(key: str, value: str) -> None:
    """Put a value into the address; where it is there already nothing is sent to the browser."""
    if st.query_params.get(key) != value:
        pending = _PENDING.get()
        if pending is None:
            st.query_params[key] = value
        else:
            pending[key] = value
    _seen(key, value)


def clear(key: str) -> None:
    """Take a value out of the address."""
    if key in st.query_params:
        del st.query_params[key]
    _seen(key, None)


def _seen(key: str, value: str | None) -> None:
    if st.session_state.get(f"{key}.link", _NEVER) != value:
        st.session_state[f"{key}.link"] = value


def note(name: str, value: object) -> None:
    """Keep a value in the session; where it is there already, writing it again would cost the run.

    Not for widgets: theirs must be written before each time they are drawn, or streamlit may fall back to the first
    option and take that for the reader's choice.
    """
    if st.session_state.get(name, _NEVER) != value:
        st.session_state[name] = value


@contextmanager
def together() -> Iterator[None]:
    """Make all that is written meanwhile one change of the address: each is a step of the browser's back button."""
    pending: dict[str, str] = {}
    token = _PENDING.set(pending)
    try:
        yield
    finally:
        _PENDING.reset(token)
    if pending:
        st.query_params.update(pending)
