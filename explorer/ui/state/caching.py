"""How pages avoid computing the same thing twice. One rule, with one way for each case:

- ``shared``: a value that follows from its arguments alone (a figure, a sentence, a table) is kept for everybody;
- ``in_session``: a value made from what the reader brought along (a picture, weights) stays in their session;
- ``replayed``: elements without a callback that follow from a key alone, sent again as they were;
- ``kept``: a value that is the reader's own or the same for all, which only its inputs tell;
- work that takes longer than a click goes to the job queue, which keeps its results (``widgets.job_progress``).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

import streamlit as st

P = ParamSpec("P")
T = TypeVar("T")

_PER_SESSION = 32  # values that are kept for one session
_DRAWN = 128  # tables
_FOR_EVERYBODY = 256  # pictures and figures of the samples, some ten kilobytes each


def shared(max_entries: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep a function's last ``max_entries`` results for every session; its arguments must be hashable.

    Nobody may change a result. ``lru_cache`` rather than ``st.cache_resource``, which hashes the arguments' contents
    at each call: 0.5 ms for one configuration, several times in each run of a page.
    """

    def keep(function: Callable[P, T]) -> Callable[P, T]:
        kept_results = lru_cache(maxsize=max_entries)(function)
        _SHARED.append((f"{function.__module__}.{function.__qualname__}", kept_results.cache_info))
        return cast("Callable[P, T]", kept_results)

    return keep


_SHARED: list[tuple[str, Callable[[], Any]]] = []  # functions, and what tells their hits and misses


def lookups() -> Mapping[tuple[str, str], int]:
    """Returns how often what is kept for everybody was found (function, "hit") and was not (function, "miss")."""
    found: Counter[tuple[str, str]] = Counter()
    for name, info in (*_SHARED, ("kept", _for_everybody.cache_info)):
        found[name, "hit"] += info().hits
        found[name, "miss"] += info().misses
    return found


def kept(key: object, make: Callable[[], T], *, private: bool) -> T:
    """Returns ``make()``, or what it returned for an equal ``key`` before: in this session where it is ``private``,
    in any session otherwise. ``repr(key)`` must tell keys apart, and the key must name everything that was used."""
    if private:
        return in_session(key, make)
    with _LOOKING:
        place = _for_everybody(repr(key))
    with place.lock:  # a class that asks for the same at once gets what the first one makes
        if not place.made:
            place.made.append(make())
    return cast("T", place.made[0])


def replayed(key: object, draw: Callable[[], object]) -> None:
    """Call ``draw``, or send again what it drew for an equal ``key`` before, in any session: a table is written down
    once. ``repr(key)`` must tell keys apart. Nothing that a reader can choose from may be drawn."""
    _replayed(key=repr(key), _draw=draw)


def in_session(key: object, make: Callable[[], T]) -> T:
    """Returns ``make()``, or what it returned for an equal ``key`` before in this session.

    Streamlit drops all of a session's values when its browser tab closes. ``repr(key)`` must tell keys apart.
    """
    made: T = _in_session(key=repr(key), _make=make)
    return made


# These are called by name: for a positional argument Streamlit inspects the function's signature at each call.
@st.cache_resource(scope="session", max_entries=_PER_SESSION, show_spinner=False)
def _in_session(key: str, _make: Callable[[], T]) -> T:  # an argument with an underscore is not part of the key
    return _make()


_LOOKING = Lock()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value is kept: in ``made``, once it is."""

    lock: Lock = field(default_factory=Lock)
    made: list[object] = field(default_factory=list)


@lru_cache(maxsize=_FOR_EVERYBODY)  # quicker than ``st.cache_resource``, which pages ask several times in each run
def _for_everybody(_key: str) -> _Place:
    return _Place()


@st.cache_resource(max_entries=_DRAWN, show_spinner=False)
def _replayed(key: str, _draw: Callable[[], object]) -> None:
    _draw()
