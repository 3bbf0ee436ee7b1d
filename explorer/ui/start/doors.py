"""Three doors: to learn, to explore, and to check a network of one's own. What they say is in ``doors.html``."""

import re
from html import escape, unescape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from explorer.paths.shipped.twenty_minutes import TWENTY_MINUTES
from explorer.ui.paths.followed import NAMES, beginning
from explorer.ui.state import url

_HERE = Path(__file__).parent
_FIRST = beginning(TWENTY_MINUTES)
LEARN = f"{_FIRST.step.page}?{urlencode(_FIRST.query, doseq=True)}"
_HTML = Template((_HERE / "doors.html").read_text(encoding="utf-8")).substitute(learn=escape(LEARN))
_DOORS = st.components.v2.component(
    "resnet_explorer_doors",
    html=_HTML,
    css=(_HERE / "doors.css").read_text(encoding="utf-8"),
    js=(_HERE / "doors.js").read_text(encoding="utf-8"),
)
LINKS = tuple(map(unescape, re.findall(r'href="([^"]+)"', _HTML)))


def doors() -> None:
    """Draw the doors; a click ends this run and starts the page behind the door."""
    answer = _DOORS(
        data=b"",  # none: left out, it would be sent as JSON
        on_go_change=lambda: None,  # makes ``answer.go`` a trigger; a callback itself cannot change the page
    )
    if answer.go in LINKS:
        page, _, query = answer.go.partition("?")
        if query:
            url.visit(page, dict(parse_qsl(query)), leave=NAMES)
        st.switch_page(f"pages/{page}.py")  # as from the menu: with the choices made there
