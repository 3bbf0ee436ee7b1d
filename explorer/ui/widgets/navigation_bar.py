"""The bar above every page: the pages, and buttons that copy the link to this state.

It is one component: each further element would cost every rerun of every page. It also brings what every page needs for
readers without a mouse or a screen: the live region (``live_region.js``), and focus that reruns do not lose
(``keep_focus.js``); and what every page needs of the browser's back button (``one_step_back.js``).
"""

import json
from pathlib import Path

import streamlit as st

from explorer.ui.state.caching import shared
from explorer.ui.state.reachable import for_other_devices
from explorer.ui.state.session import held, is_local
from explorer.ui.state.url_control import LIDS
from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_STYLES = ("page.css", "print.css")
_SCRIPTS = ("live_region.js", "keep_focus.js", "one_step_back.js", "navigation_bar.js")
_LAYOUT, _CODE = (
    "".join((_HERE / name).read_text(encoding="utf-8") for name in names) for names in (_STYLES, _SCRIPTS)
)
_BAR = st.components.v2.component(
    "resnet_explorer_bar",
    html=(_HERE / "navigation_bar.html").read_text(encoding="utf-8"),
    css=(_HERE / "navigation_bar.css").read_text(encoding="utf-8"),
    js=f"const LAYOUT = {json.dumps(_LAYOUT)};\n{_CODE}",
)
_KEY = "navigation"

Pages = tuple[tuple[str, str], ...]


def navigation_bar(pages: Pages, here: str, mark: str, *, can_be_taken: bool) -> None:
    """Draw the bar; ``pages`` pairs files in ``pages/`` with titles, ``here`` is this page's title, ``mark`` an SVG.

    A page whose view ``can_be_taken`` home has a button for that: see ``wished_home``.

    The app's name leads to the first of the pages, the menu to the others. A click on another page ends this run and
    starts that page's.
    """
    data = _content(pages, here, mark, tuple(sorted(LIDS)), _others(), taken=can_be_taken)
    _BAR(key=_KEY, data=data, on_go_change=_note_click, on_take_change=lambda: _wish_home(here))
    wanted = held(_KEY).pop("go", None)
    if wanted:
        for path, _ in pages:
            if wanted == Path(path).stem:
                st.switch_page(path)


def _note_click() -> None:
    """Keep what was clicked: a fragment that ends while this run begins takes the click's own value away."""
    held(_KEY)["go"] = st.session_state[_KEY].go


def _wish_home(here: str) -> None:
    """Take note that this page's view is to be taken home, or that it is not any more."""
    mine = held(_KEY)
    mine["home"] = "" if mine.get("home") == here else here


def wished_home() -> str:
    """Returns the title of the page whose view the reader wants to take home, if they want that."""
    title: str = held(_KEY).get("home", "")
    return title


def _others() -> str:
    """The address for other devices, where the reader needs one; found out once a session, since it costs a socket."""
    mine = held("reach")
    if "others" not in mine:
        mine["others"] = for_other_devices() if is_local() else ""
    others: str = mine["others"]
    return others


@shared(32)
def _content(pages: Pages, here: str, mark: str, lids: tuple[str, ...], others: str, *, taken: bool) -> bytes:
    entries = [[Path(path).stem, title] for path, title in pages]
    return packed({"pages": entries, "here": here, "mark": mark, "lids": lids, "others": others, "taken": taken})
