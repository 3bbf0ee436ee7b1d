"""What to take home: buttons that have a path's files made, and download them; the same for the view of a page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import streamlit as st

from explorer.paths.handouts.notebook import notebook
from explorer.paths.handouts.offline import offline_page
from explorer.paths.handouts.worksheet import worksheet
from explorer.paths.values import Path
from explorer.text.errors import Refusal
from explorer.ui.paths.draft import this_view
from explorer.ui.state.markdown import escaped
from explorer.ui.state.reachable import app_address
from explorer.ui.state.url_control import on_off
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import chosen_device

if TYPE_CHECKING:
    from explorer.paths.handouts.values import Handout

LANE = "handouts"  # a minute of one core, before which nobody's measurement waits
TEACHER = on_off("teacher_files", "With the notes for the teacher")
_FILES: tuple[tuple[str, str, str, Callable[..., bytes]], ...] = (
    ("Offline page", "html", "text/html", offline_page),
    ("Worksheet with answers", "worksheet.html", "text/html", worksheet),
    ("Notebook", "ipynb", "application/x-ipynb+json", notebook),
)
_PATH = job_progress.Work("path_files", "Measuring", "Make the files", aside=True, icon=":material/home:")
_VIEW = job_progress.Work("view_file", "Measuring", "This view as a file", automatic=True, icon=":material/home:")


def path_files(path: Path) -> None:
    """Draw a button that has the files of ``path`` made and, once they are, the choice of version and three downloads.

    ``TEACHER`` has to be among the controls that the page opens. Several paths may stand on one page.
    """
    name = path.key or "own"
    work = replace(_PATH, key=f"{_PATH.key}.{name}")
    made = _made(work, path)
    if made:
        teacher = TEACHER.toggle(place=name)
        with st.container(horizontal=True):
            for *kind, write in _FILES:
                _download(work, made, kind, partial(write, made, address(), teacher=teacher))


def view_file(title: str, page: str) -> None:
    """Draw a button that has the view of ``page``, a file in ``pages/``, made as an offline page called ``title``."""
    try:
        path = Path(title, (this_view(page, title),))
    except Refusal as error:
        st.caption(escaped(str(error)))
        return
    made = _made(_VIEW, path)
    if made:
        *kind, write = _FILES[0]
        _download(_VIEW, made, kind, partial(write, made, address()))


def address() -> str:
    """Returns where this app is, ending with a slash: for other devices, else as the reader's browser has it; empty
    where that is not known."""
    return app_address() or (urljoin(st.context.url, ".") if st.context.url else "")


def file_name(path: Path) -> str:
    """Returns what a file of ``path`` is called, without its ending: the path's title in small letters."""
    return path.key or re.sub(r"[\W_]+", "-", path.title.lower()).strip("-") or "path"


def _made(work: job_progress.Work, path: Path) -> "Handout | None":
    """Returns the path with all that its files hold; None until somebody wanted it and it is measured."""
    if not job_progress.wait_for_libraries("the files can be made"):
        return None
    from explorer.paths.handouts.job import handout

    device = chosen_device()
    request = (path, device)
    spot = st.empty()
    with spot.container():
        made: Handout | None = work.known(request) or work.run(request, handout, path, device, lane=LANE)
    if made:
        spot.empty()  # the button that started it
    return made


def _download(work: job_progress.Work, made: "Handout", kind: Sequence[str], write: Callable[[], bytes]) -> None:
    label, ending, mime = kind
    name, key = f"{file_name(made.path)}.{ending}", f"{work.key}.{ending}"
    st.download_button(label, write, name, mime, icon=":material/download:", on_click="ignore", key=key)
