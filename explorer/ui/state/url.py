"""The address of the page: what the reader asked for with it, and what the page writes back.

A link that differs from what this session last saw is the reader's wish: a shared link was opened, or the browser's
back button was used. An absent value counts, too, except on arrival from another page: there the address starts empty,
and the session's choices stay. ``visit`` goes to a page with a whole link, in which absent values count there, too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn, TypeVar

import streamlit as st

from explorer.ui.state.session import held

_PENDING: ContextVar[dict[str, "str | tuple[str, ...]"] | None] = ContextVar("link.pending", default=None)
_SEEN = "link.seen"  # in the session: what it last saw in the address, by name
# In the session: the page's title, whether the reader has just come to it, and whether with a whole link.
_PAGE = "link.page"
_NEVER = object()
OWN_NAMES: set[str] = set()  # of what is the reader's own and no part of what a page shows: their path, their class
T = TypeVar("T")


def turn_to(page: str) -> None:
    """Take note of the page that is shown in this run."""
    mine = held(_PAGE)
    mine["arrived"] = mine.get("title", page) != page
    mine["whole"] = mine.pop("visits", False)
    mine["title"] = page


def visit(page: str, query: Mapping[str, str | Sequence[str]], *, leave: Set[str] = frozenset()) -> NoReturn:
    """End this run and go to ``pages/<page>.py`` as a new browser with this link would find it.

    Choices that ``query`` leaves out are at their defaults there, whatever this session chose before. What is the
    reader's own goes along, but for the names to ``leave``.
    """
    held(_PAGE)["visits"] = True
    own = {name: values for name, values in everything().items() if name in OWN_NAMES - leave}
    st.switch_page(f"pages/{page}.py", query_params={**own, **query})


def arrived() -> bool:
    """Whether the reader came from another page with this run."""
    return bool(held(_PAGE).get("arrived"))


def read(key: str) -> tuple[str | None, bool]:
    """The value in the address, and whether the reader changed it since this session last looked."""
    return _compared(key, st.query_params.get(key))


def read_all(key: str) -> tuple[tuple[str, ...] | None, bool]:
    """The same for a name that may stand in the address several times: all its values, in their order."""
    return _compared(key, tuple(st.query_params.get_all(key)) or None)


def everything() -> dict[str, list[str]]:
    """Returns all of the address: its names, each with its values in their order."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def pairs(apart: Set[str]) -> tuple[tuple[str, str], ...]:
    """Returns the address as pairs of a name and a value, in their order, without the names in ``apart``."""
    return tuple((key, value) for key, values in everything().items() if key not in apart for value in values)


def by_name(given: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Returns each name of such pairs with all its values, as ``visit`` takes them."""
    query: dict[str, list[str]] = {}
    for key, value in given:
        query.setdefault(key, []).append(value)
    return query


def is_pending() -> bool:
    """Whether changes wait to be written (see ``together``)."""
    return bool(_PENDING.get())


def _compared(key: str, now: T | None) -> tuple[T | None, bool]:
    absent, whole = now is None, held(_PAGE).get("whole")
    changed = held(_SEEN).get(key, _NEVER) != now
    _seen(key, now)
    if absent and arrived():
        return now, bool(whole)
    return now, changed


def write(key: str, value: str | tuple[str, ...]) -> None:
    """Put a value, or several under one name, into the address; an unchanged one is not sent to the browser."""
    here = st.query_params.get(key) if isinstance(value, str) else tuple(st.query_params.get_all(key))
    if here != value:
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


def _seen(key: str, value: object) -> None:
    held(_SEEN)[key] = value


@contextmanager
def together() -> Iterator[None]:
    """Collect the changes made meanwhile into one: each change of the address is a step of the back button."""
    pending: dict[str, str | tuple[str, ...]] = {}
    token = _PENDING.set(pending)
    try:
        yield
    finally:
        _PENDING.reset(token)
    if pending:
        st.query_params.update(pending)
