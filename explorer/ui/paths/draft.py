"""A path that the reader makes: steps are views of the app, collected on any page. It is in the link, on every page.

It stays out of copied links, which are about the page; the path's own link is made on the page of paths.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.paths.links import MOST_LINK, from_link, to_link
from explorer.paths.values import PAGES, RESERVED, Path, Step
from explorer.text.errors import Refusal
from explorer.text.quantities import counted
from explorer.ui.state import url
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.state.url_control import LIDS, Control
from explorer.ui.state.url_value import open_all

OWN = Control("own_path", "", (), "Your path", longest=MOST_LINK)
LIDS.add(OWN.key)
url.OWN_NAMES.add(OWN.key)
EMPTY = "empty"  # of OWN: a path is made and has no step yet
_TITLE = "My path"
_read = shared(32)(from_link)


def is_made() -> bool:
    """Whether the reader makes a path at present."""
    return bool(OWN.value)


def drafted() -> Path | None:
    """Returns the path that is made, None while it has no step; a broken one in the link is told of, and dropped."""
    if OWN.value in ("", EMPTY):
        return None
    try:
        return _read(OWN.value)
    except Refusal as error:
        OWN.put("")
        st.warning(escaped(str(error)), icon=":material/error:")
        return None


def put(path: Path | None) -> None:
    """Make this path from now on; None for one without a step."""
    tell("")
    try:
        OWN.put(to_link(replace(path, key="")) if path else EMPTY)
    except Refusal as error:
        tell(str(error))


def change(place: int, **changes: Any) -> None:
    """Change a step; what it cannot be is told with ``problem``."""
    path = drafted()
    if path:
        try:
            put(with_steps(path, (replace(s, **changes) if n == place else s for n, s in enumerate(path.steps))))
        except Refusal as error:
            tell(str(error))


def with_steps(path: Path, steps: Iterable[Step]) -> Path | None:
    """The same path with these steps, None for none."""
    kept = tuple(steps)
    return replace(path, steps=kept) if kept else None


def add(step: Step) -> None:
    """Put a step behind the others; there may be too many."""
    path = drafted()
    try:
        put(replace(path, steps=(*path.steps, step)) if path else Path(_TITLE, (step,)))
    except Refusal as error:
        tell(str(error))


def problem() -> str:
    """What the last change could not be, as a sentence; nothing where it could."""
    said: str = held("own_path").get("problem", "")
    return said


def tell(sentence: str) -> None:
    """Have the page say what cannot be, until the next change."""
    held("own_path")["problem"] = sentence


def making_bar(page: str, title: str) -> None:
    """Draw what collects this view, while a path is made; ``page`` is the page's file without its ending."""
    if not OWN.concerns:
        return
    open_all(OWN)
    if not is_made() or page not in PAGES:
        return
    path = drafted()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="making_bar"):
        st.markdown(f"**Your path:** {counted(len(path.steps) if path else 0, 'step')}.")
        st.button("Add this view", icon=":material/add:", key="own_path.add", on_click=_add_view, args=(page, title))
        st.page_link("pages/paths.py", label="Edit it", icon=":material/edit:")
    if problem():
        st.warning(escaped(problem()), icon=":material/error:")


def this_view(page: str, title: str) -> Step:
    """Returns what the reader has before them as a step without a question.

    Raises:
        Refusal: its link is too long.
    """
    return Step(title, page, url.pairs(url.OWN_NAMES | LIDS | RESERVED))


def _add_view(page: str, title: str) -> None:
    try:
        add(this_view(page, title))
    except Refusal as error:
        tell(str(error))
