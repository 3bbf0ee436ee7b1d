"""The paths that ship with the app, to begin one and to take one home."""

import streamlit as st

from explorer.paths.shipped import SHIPPED
from explorer.paths.values import Path
from explorer.text.quantities import counted
from explorer.ui.paths.finished import finished
from explorer.ui.paths.followed import beginning
from explorer.ui.paths.handouts import path_files
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_control import Control

TAKEN = Control("take", "", (), "Which path")
_OWN = "own"  # of TAKEN: the reader's own path


def shelf() -> None:
    """Draw each path: what it is called, how long it takes, its steps, and the button that begins it."""
    if finished():
        st.success(escaped(finished()), icon=":material/flag:")
    with st.container(horizontal=True, key="shelf"):  # columns would be two messages more of every rerun
        for path in SHIPPED:
            with st.container(border=True):
                _one(path)


def _one(path: Path) -> None:
    st.subheader(escaped(path.title), anchor=False)
    titles = " · ".join(escaped(step.title) for step in path.steps)
    length = f"{counted(len(path.steps), 'step')}, about {counted(path.minutes, 'minute')}, twice that with a class."
    st.markdown(f"{length}  \n{titles}")
    begin(path, "Begin")


def begin(path: Path, label: str) -> None:
    """Draw the button that leads to the path's first step.

    Raises:
        Refusal: the path is too long for a link.
    """
    if st.button(label, key=f"begin.{path.key}", icon=":material/play_arrow:", type="primary"):
        beginning(path).open()


def take_home(own: Path | None) -> None:
    """Draw the choice of a path, one that ships or one's ``own``, and what its files hold."""
    st.subheader("Take one home", anchor=False)
    paths = {path.key: path for path in SHIPPED} | ({_OWN: own} if own else {})
    st.markdown(
        "An offline page, a worksheet with its answers and a notebook, with what is measured for each question."
    )
    chosen = TAKEN.select(tuple(paths), labels={key: path.title for key, path in paths.items()})
    path_files(paths[chosen])
