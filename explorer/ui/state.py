"""The network a person is looking at, in the session and in the link, kept equal at all times.

The link's ``net`` is the truth when it differs from what the session last wrote (a shared link, the browser's back
button); otherwise the session is, so choices survive a change of page.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.arithmetic import analyze
from explorer.config import ResNetConfig
from explorer.presets import from_url, to_url

DEFAULT = "resnet50"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the reader entered that no network has: where, and a sentence for them."""

    field: str
    message: str


def checked(text: str) -> ResNetConfig:
    """The configuration of a link, known to have every layer.

    Raises:
        ValueError: no such configuration, or one whose feature map would vanish.
    """
    config = from_url(text)
    analyze(config)
    return config


def open_network(key: str = "net") -> ResNetConfig:
    """The network to show in this run; brings link and session to the same state."""
    asked, held = st.query_params.get(key), st.session_state.get(key)
    if asked is not None and asked != held:
        try:
            checked(asked)
        except ValueError as error:
            shown = held or DEFAULT
            words = f"This link's network cannot be shown. {error} Showing {shown} instead."
            st.session_state[f"{key}.problem"] = Problem("link", words)
        else:
            _hold(key, asked)
    if key not in st.session_state:
        st.session_state[key] = DEFAULT
    if asked != st.session_state[key]:  # each assignment is a message to the browser
        st.query_params[key] = st.session_state[key]
    return from_url(st.session_state[key])


def change_network(config: ResNetConfig, key: str = "net") -> None:
    """Show another network from now on.

    Raises:
        ValueError: the network has a layer that does not work; nothing changes.
    """
    analyze(config)
    text = to_url(config)
    _hold(key, text)
    st.query_params[key] = text


def _hold(key: str, text: str) -> None:
    held = st.session_state.get(key)
    if held is not None and held != text:
        st.session_state[f"{key}.before"] = held
    st.session_state[key] = text
    st.session_state.pop(f"{key}.problem", None)


def previous_network(key: str = "net") -> ResNetConfig | None:
    """The network shown before this one, if any."""
    text = st.session_state.get(f"{key}.before")
    return from_url(text) if text else None


def problem(key: str = "net") -> Problem | None:
    """What was wrong with the reader's last entry, until a valid one follows."""
    found: Problem | None = st.session_state.get(f"{key}.problem")
    return found


def attempt(field: str, change: Callable[[], ResNetConfig], key: str = "net") -> None:
    """Apply an edit; one that no network allows becomes a sentence and leaves the network as it was."""
    try:
        change_network(change(), key)
    except ValueError as error:
        st.session_state[f"{key}.problem"] = Problem(field, str(error))
