"""Following: a teacher's page and address are told to the class, and students' screens go there."""

import random
import time
from contextlib import suppress
from pathlib import Path

from explorer.classroom.rooms import classroom
from explorer.classroom.values import Scene, View
from explorer.text.errors import Refusal
from explorer.training.recorded_sets import SEEDS, Shown
from explorer.ui.classroom.membership import member, state
from explorer.ui.state import url
from explorer.ui.state.url import OWN_NAMES
from explorer.ui.training.choices import RECORDED, RECORDED_SEED, VIEW, TrainingView

CLASS_PAGE = "classroom"  # nobody follows the teacher there: it is where a class is led from
SECONDS_A_STUDENT = 0.08  # pages a second are as many as one server draws
AT_ONCE = 30  # students whose screens need not wait for each other: they ask at different moments anyway
SEEDS_PAGE = "training"
SEEDS_QUERY = {VIEW.key: TrainingView.RECORDED, RECORDED.key: Shown.DIGITS}  # where each student has a run of their own
Pages = tuple[tuple[str, str], ...]

# In the session: what was told, or why it was not, where one has gone, when to go, and whether one goes one's own ways.
_TOLD, _UNTOLD, _GONE, _DUE, _AWAY, _PAGE, _GOES = "told", "untold", "gone", "due", "away", "page", "goes"


def tell() -> None:
    """Tell the class what its teacher sees now; nothing for anybody else, and nothing twice."""
    leader, page = member(), state().get(_PAGE, "")
    if leader is None or not leader.leads:
        return
    state().pop(_UNTOLD, None)
    if page in ("", CLASS_PAGE):
        return
    try:
        view = View(page, url.pairs(OWN_NAMES))
    except Refusal as refusal:
        state()[_UNTOLD] = str(refusal)
        return
    if view != state().get(_TOLD):
        state()[_TOLD] = view
        with suppress(Refusal):  # the class is over, which the bar says
            classroom().say(leader.code, leader.key, view=view)


def untold() -> str:
    """Returns why the class could not be told what its teacher sees, as a sentence, or nothing."""
    said: str = state().get(_UNTOLD, "")
    return said


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


def follow(scene: Scene, pages: Pages) -> None:
    """Show what the teacher shows, once it is this student's turn; that ends the run.

    A class that moves all at once would wait for the last one's page: each waits a random part of the time it takes.
    """
    mine = state()
    if not is_going(scene):
        return
    if _GONE in mine and not _is_due(scene.students):
        return
    mine.pop(_DUE, None)
    mine[_GONE] = scene.moves
    file = next((path for path, _ in pages if Path(path).stem == scene.view.page), None)
    query = _query(scene)
    if file is None or (mine.get(_PAGE), query) == (scene.view.page, url.by_name(url.pairs(OWN_NAMES))):
        return
    mine[_GOES] = True
    url.visit(scene.view.page, query)


def show_seeds() -> None:
    """Go to the recorded runs, where each student gets one, and the teacher the band of all."""
    url.visit(SEEDS_PAGE, SEEDS_QUERY)


def _is_due(students: int) -> bool:
    wait = max(students - AT_ONCE, 0) * SECONDS_A_STUDENT
    due: float = state().setdefault(_DUE, time.monotonic() + random.uniform(0, wait))
    return time.monotonic() >= due


def _query(scene: Scene) -> dict[str, list[str]]:
    """The address to go to; where each has a seed, with this student's own."""
    query = url.by_name(scene.view.query)
    if scene.seeds and scene.seat is not None and scene.view.page == SEEDS_PAGE:
        query[RECORDED_SEED.key] = [str(scene.seat % SEEDS)]
    return query
