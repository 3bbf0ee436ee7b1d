"""The network a person is looking at, in the session and in the link, kept equal at all times.

The link's ``net`` is the truth when the reader changed it (see ``explorer.ui.link``); otherwise the session is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.arithmetic import analyze
from explorer.config import ResNetConfig
from explorer.presets import from_url, to_url
from explorer.ui import link
from explorer.words import FIELD_LABELS

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
    """The network to show in this run; brings link and session to the same state.

    An address without a network is the default's: nothing is written into it, so "back" leads out of the page.
    """
    asked, changed = link.read(key)
    if changed and asked is None:
        _hold(key, DEFAULT)
    elif changed and asked is not None and asked != st.session_state.get(key):
        _open_link(key, asked)
    shown: str = st.session_state.setdefault(key, DEFAULT)
    if asked is not None or shown != DEFAULT:
        link.write(key, shown)
    return from_url(shown)


def _open_link(key: str, asked: str) -> None:
    try:
        checked(asked)
    except ValueError as error:
        shown = st.session_state.get(key) or DEFAULT
        words = f"This link's network cannot be shown. {error} Showing {shown} instead."
        st.session_state[f"{key}.problem"] = Problem("link", words)
    else:
        _hold(key, asked)


def change_network(config: ResNetConfig, key: str = "net") -> None:
    """Show another network from now on.

    Raises:
        ValueError: the network has a layer that does not work; nothing changes.
    """
    analyze(config)
    text = to_url(config)
    _hold(key, text)
    link.write(key, text)


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
        label = FIELD_LABELS.get(field, field)
        st.session_state[f"{key}.problem"] = Problem(field, str(error).replace(f"{field} ", f"{label} ", 1))
