"""The pages, what each begins with (page setup and navigation), and what stands before the server."""

from copy import copy
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from explorer.paths.values import PAGES as STEP_PAGES
from explorer.ui.classroom import follow
from explorer.ui.classroom.bar import class_bar
from explorer.ui.command import app_file
from explorer.ui.old_links import OldLinks
from explorer.ui.paths.draft import making_bar
from explorer.ui.paths.handouts import view_file
from explorer.ui.paths.path_bar import path_bar
from explorer.ui.serving.lifespan import while_it_runs
from explorer.ui.serving.replica import Replica
from explorer.ui.state import late_timers, url
from explorer.ui.state.message_guard import guard_messages
from explorer.ui.state.message_hashes import remember_hashes
from explorer.ui.state.upload_guard import UploadGuard
from explorer.ui.widgets.navigation_bar import navigation_bar, wished_home

# A block and its shortcut. Drawn here because streamlit fetches named icons for the browser's tab from the internet.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="9" y="14" width="14" height="14" rx="3" '
    'fill="#0072B2"/><path d="M4 21V8q0-4 4-4h16q4 0 4 4v13" fill="none" stroke="#00AB52" stroke-width="3"/></svg>'
)

# A new page is added here and in pages/. The first one has the bare address, the others are in the menu.
PAGES = (
    ("pages/start.py", "Start"),
    ("pages/architecture.py", "Architecture"),
    ("pages/compare.py", "Compare"),
    ("pages/gradients.py", "Gradient flow"),
    ("pages/training.py", "Training"),
    ("pages/cam.py", "Grad-CAM"),
    ("pages/ideas.py", "Ideas"),
    ("pages/paths.py", "Paths"),
    ("pages/classroom.py", "Class"),
)

_HOME = app_file().parent
MIDDLEWARE = (Middleware(Replica), Middleware(OldLinks), Middleware(UploadGuard))
LIFESPAN = while_it_runs


# Left to itself, Streamlit would look through pages/ at every rerun. It has to know before the first session begins:
# a session that finds out from st.navigation opens its link on the wrong page.
PagesManager.uses_pages_directory = False
guard_messages()
remember_hashes()
late_timers.install()


def run_page() -> None:
    """Run the page at this session's address."""
    st.navigation([copy(page) for page in _pages()], position="hidden").run()
    follow.tell()


@cache
def _pages() -> tuple[st.Page, ...]:
    """Returns all pages, made once, for Streamlit looks for the file of each; it marks the copies that it runs."""
    first, *others = (_HOME / file for file, _ in PAGES)
    return (st.Page(first, url_path="", default=True), *map(st.Page, others))


def address_of(file: str) -> str:
    """Returns a page's path in the address: ``compare`` of ``pages/compare.py``; the first page has none."""
    return "" if file == PAGES[0][0] else Path(file).stem


def start(title: str) -> None:
    """Set the page up and draw the navigation. The first streamlit call of a page."""
    st.set_page_config(page_title=f"{title} · ResNet Explorer", page_icon=ICON, layout="wide")
    url.turn_to(title)
    page = next(Path(file).stem for file, name in PAGES if name == title)
    navigation_bar(PAGES, title, ICON, can_be_taken=page in STEP_PAGES)
    class_bar(PAGES, title)
    path_bar(page)
    making_bar(page, title)
    if wished_home() == title:
        view_file(title, page)
