"""Following: a teacher's page and address are told to the class, and students' screens go there."""

import random
import time
from contextlib import suppress
from pathlib import Path

import streamlit as st

from explorer.classroom.rooms import classroom
from explorer.classroom.values import Scene, View
from explorer.text.errors import Refusal
from explorer.ui.classroom.membership import CODE, member, state
from explorer.ui.state import url

CLASS_PAGE = "classroom"  # nobody follows the teacher there: it is where a class is led from
SECONDS_A_STUDENT = 0.08  # pages a second are as many as one server draws
AT_ONCE = 15  # students whose screens need not wait for each other
SEEDS_PAGE, SEED, SEEDS = "training", "recorded_seed", 20  # the page of the recorded runs, a name in its address
Pages = tuple[tuple[str, str], ...]

# In the session: what was told, where one has gone, when to go, and whether one goes one's own ways.
_TOLD, _GONE, _DUE, _AWAY, _PAGE, _GOES = "told", "gone", "due", "away", "page", "goes"


def tell() -> None:
    """Tell the class what its teacher sees now; nothing for anybody else, and nothing twice."""
    leader = member()
    if leader is None or not leader.leads:
        return
    page = state().get(_PAGE, "")
    try:
        view = View(page, tuple((name, value) for name, values in url.everything().items() for value in values))
    except Refusal:
        return
    if page not in ("", CLASS_PAGE) and view != state().get(_TOLD):
        state()[_TOLD] = view
        with suppress(Refusal):  # the class is over, which the bar says
            classroom().say(leader.code, leader.key, view=view)


def arrive(page: str, scene: Scene | None) -> None:
    """Take note of the page that is shown. A student who goes to another one than the teacher's goes their own ways."""
    mine = state()
    gone = not mine.pop(_GOES, False) and mine.get(_PAGE, page) != page
    mine[_PAGE] = page
    if gone and scene and scene.following and scene.view.page not in ("", page):
        stray(scene)


def stray(scene: Scene) -> None:
    """Go one's own ways, until the teacher calls everybody back."""
    state()[_AWAY] = scene.gathered


def come_back() -> None:
    """Go where the class is."""
    state().pop(_AWAY, None)
    state().pop(_GONE, None)
    state().pop(_DUE, None)


def is_away(scene: Scene) -> bool:
    """Whether this student goes their own ways."""
    return state().get(_AWAY) == scene.gathered


def is_going(scene: Scene) -> bool:
    """Whether this student's screen is about to follow."""
    mine = state()
    return scene.following and scene.view.page != "" and not is_away(scene) and mine.get(_GONE) != scene.moves


def follow(scene: Scene, pages: Pages, *, at_once: bool = False) -> None:
    """Show what the teacher shows, once it is this student's turn; that ends the run.

    A class that moves all at once would wait for the last one's page: each waits a random part of the time it takes.
    """
    mine = state()
    if not is_going(scene):
        return
    if _GONE in mine and not at_once and not _is_due(scene.students):
        return
    mine.pop(_DUE, None)
    mine[_GONE] = scene.moves
    file = next((path for path, _ in pages if Path(path).stem == scene.view.page), None)
    query = _query(scene)
    if file is None or (mine.get(_PAGE), query) == (scene.view.page, _here()):
        return
    mine[_GOES] = True
    url.follow()
    st.switch_page(file, query_params=query)


def _is_due(students: int) -> bool:
    wait = max(students - AT_ONCE, 0) * SECONDS_A_STUDENT
    due: float = state().setdefault(_DUE, time.monotonic() + random.uniform(0, wait))
    return time.monotonic() >= due


def _here() -> dict[str, list[str]]:
    return {name: values for name, values in url.everything().items() if name != CODE}


def _query(scene: Scene) -> dict[str, list[str]]:
    """The address to go to; where each has a seed, with this student's own."""
    query: dict[str, list[str]] = {}
    for name, value in scene.view.query:
        query.setdefault(name, []).append(value)
    query.pop(CODE, None)
    if scene.seeds and scene.seat is not None and scene.view.page == SEEDS_PAGE:
        query[SEED] = [str(scene.seat % SEEDS)]
    return query
