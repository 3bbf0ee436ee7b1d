"""What is made once in a session: pictures made from the reader's own, which no other session may have."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

_KEPT = "kept"
MOST = 16
T = TypeVar("T")


def once(key: Hashable, make: Callable[[], T]) -> T:
    """``make()``, or what it gave for this key before; the ``MOST`` last used are kept."""
    kept: dict[Hashable, Any] = st.session_state.setdefault(_KEPT, {})
    found: T = kept.pop(key) if key in kept else make()
    kept[key] = found  # the last used last
    while len(kept) > MOST:
        del kept[next(iter(kept))]
    return found
