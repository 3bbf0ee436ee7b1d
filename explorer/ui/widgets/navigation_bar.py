"""The bar above every page: the pages, and buttons that copy the link to this state.

It is one component: each further element would cost every rerun of every page. It also brings what every page needs for
readers without a mouse or a screen: the live region (``live_region.js``), and focus that reruns do not lose
(``keep_focus.js``).
"""

import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from explorer.ui.state.reachable import for_other_devices
from explorer.ui.state.session import is_local
from explorer.ui.state.url_control import LIDS
from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_STYLES = ("page.css", "print.css")
_SCRIPTS = ("live_region.js", "keep_focus.js", "navigation_bar.js")
_LAYOUT, _CODE = (
    "".join((_HERE / name).read_text(encoding="utf-8") for name in names) for names in (_STYLES, _SCRIPTS)
)
_BAR = st.components.v2.component(
    "resnet_explorer_bar",
    html=(_HERE / "navigation_bar.html").read_text(encoding="utf-8"),
    css=(_HERE / "navigation_bar.css").read_text(encoding="utf-8"),
    js=f"const LAYOUT = {json.dumps(_LAYOUT)};\n{_CODE}",
)


def navigation_bar(pages: Sequence[tuple[str, str]], here: str, mark: str) -> None:
    """Draw the bar; ``pages`` pairs files in ``pages/`` with titles, ``here`` is this page's title, ``mark`` an SVG.

    A click on another page ends this run and starts that page's.
    """
    files = {Path(path).stem: path for path, _ in pages}
    entries = [[Path(path).stem, title] for path, title in pages]
    answer = _BAR(
        data=packed(
            {
                "pages": entries,
                "here": here,
                "mark": mark,
                "lids": sorted(LIDS),
                "others": for_other_devices() if is_local() else "",
            }
        ),
        on_go_change=lambda: None,  # makes ``answer.go`` a trigger; a callback itself cannot change the page
    )
    if answer.go in files:
        st.switch_page(files[answer.go])
