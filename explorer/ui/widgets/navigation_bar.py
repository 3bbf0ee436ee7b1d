"""The bar above every page: where one is, where else one can go, and the link to this very state.

One element for all of it, however many pages there are: each element of its own costs every rerun of every page.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_BAR = st.components.v2.component(
    "resnet_explorer_bar",
    html=(_HERE / "navigation_bar.html").read_text(encoding="utf-8"),
    css=(_HERE / "navigation_bar.css").read_text(encoding="utf-8"),
    js=(_HERE / "navigation_bar.js").read_text(encoding="utf-8"),
)


def navigation_bar(pages: Sequence[tuple[str, str]], here: str, mark: str) -> None:
    """Draw it; ``pages`` pairs files in ``pages/`` with titles, ``here`` is the title shown, ``mark`` an SVG.

    A click on another page ends this run and begins that page's.
    """
    files = {Path(path).stem: path for path, _ in pages}
    entries = [[Path(path).stem, title] for path, title in pages]
    answer = _BAR(
        data={"pages": entries, "here": here, "mark": mark},
        on_go_change=lambda: None,  # asks for the trigger; a callback itself could not lead to another page
    )
    if answer.go in files:
        st.switch_page(files[answer.go])
