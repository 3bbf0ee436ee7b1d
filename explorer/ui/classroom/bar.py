"""The bar of a class on every page of whoever is in one: nothing else of the page runs when the class changes."""

import json
from pathlib import Path

import streamlit as st

from explorer.classroom.rooms import classroom
from explorer.classroom.values import ENDED, Scene
from explorer.ui.classroom import follow, membership
from explorer.ui.classroom.actions import GOES_TO_SEEDS, REDRAWS, act
from explorer.ui.classroom.content import content
from explorer.ui.classroom.membership import UNSEATED, Member, state
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.component_data import packed

POLL_SECONDS = 1.5
_KEY = "class_bar"
_SCENE, _SAID, _AT_PAGE = "scene", "said", "at_page"  # in the session: what is shown, a refusal, and where
_HERE = Path(__file__).parent
_PAGE_STYLE = (_HERE / "page.css").read_text(encoding="utf-8")
_BAR = st.components.v2.component(
    "resnet_explorer_class",
    html=(_HERE / "bar.html").read_text(encoding="utf-8"),
    css=(_HERE / "bar.css").read_text(encoding="utf-8"),
    js=f"const PAGE_STYLE = {json.dumps(_PAGE_STYLE)};\n"
    + "".join((_HERE / name).read_text(encoding="utf-8") for name in ("poll.js", "bar.js")),
)


def class_bar(pages: follow.Pages, title: str) -> None:
    """Draw the bar where this session is in a class; a screen that is to follow goes to its teacher's page instead.

    ``pages`` pairs files in ``pages/`` with titles, ``title`` is this page's.
    """
    found = membership.enter()
    said = membership.refusal()
    if said:
        st.warning(escaped(said), icon=":material/error:")
    if found is None:
        return
    page = next((Path(file).stem for file, name in pages if name == title), "")
    state().pop(_SCENE, None)  # a page's bar is drawn from the present
    scene = _newest(found)
    follow.arrive(page, None if found.leads else scene)
    if not found.leads:
        follow.follow(scene, pages)
    state()[_AT_PAGE] = False  # the address is whole when the page is
    _watch(found, pages)
    state()[_AT_PAGE] = True


@st.fragment(run_every=POLL_SECONDS)
def _watch(found: Member, pages: follow.Pages) -> None:
    if membership.member() != found:
        st.rerun()
    if state().pop(GOES_TO_SEEDS, False):
        follow.show_seeds()
    if state().pop(REDRAWS, False):
        st.rerun()
    scene = _newest(found)
    if found.leads and state().get(_AT_PAGE):
        follow.tell()
    elif not found.leads:
        follow.follow(scene, pages)
    _BAR(key=_KEY, data=_content(found, scene), on_do_change=lambda: _do(found))


def _do(found: Member) -> None:
    state()[_SAID] = act(found, _newest(found), st.session_state[_KEY].do)
    state().pop(_SCENE, None)  # who has come back to their place is told so at once


def _newest(found: Member) -> Scene:
    mine = state()
    known: Scene | None = mine.get(_SCENE)
    now = classroom().watch(found.code, found.key, known.version if known else 0)
    if now is ENDED and not found.leads:
        now = known if known is UNSEATED else membership.seated_again(found)
    if now is not None:
        mine[_SCENE] = now
    return now or known or ENDED


def _content(found: Member, scene: Scene) -> bytes:
    return packed({**content(found, scene), "said": state().get(_SAID) or follow.untold()})
