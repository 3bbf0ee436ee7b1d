"""What axe-core finds wrong with a page, apart from what is Streamlit's own."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.driver import wait_idle

_SCRIPT = (Path(inspect.getfile(axe_playwright_python)).parent / "axe.min.js").read_text(encoding="utf-8")
# In an order in which each step changes one of both.
LOOKS: tuple[tuple[Literal["light", "dark"], int, int], ...] = (
    ("light", 1440, 900),
    ("light", 390, 844),
    ("dark", 390, 844),
    ("dark", 1440, 900),
)

# By rule and a part of the element's markup that names it: what Streamlit draws in a way that no option of its changes.
STREAMLITS: Mapping[tuple[str, str], str] = {
    ("region", 'data-testid="stSkipToContent"'): "its link to the main part stands before all landmarks, as it must",
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'): "what it names stands on its button, too",
    (
        "scrollable-region-focusable",
        '<pre class="st-emotion',
    ): "browsers let the arrow keys scroll st.code by themselves",
    ("empty-table-header", 'class="blank '): "st.table leaves the corner above the rows' names empty",
}


def faults_in_every_look(page: Page, settle: Callable[[Page], object] = wait_idle) -> list[str]:
    """Returns a line for each violation of the open page in light and dark, on a screen and on a phone.

    ``settle`` waits until the page has taken on a look."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found: list[str] = []
    for scheme, width, height in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        found += [f"{scheme}, {width} px: {fault}" for fault in _faults(page)]
    return found


def _faults(page: Page) -> Iterator[str]:
    results: dict[str, Any] = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    for violation in results["violations"]:
        for node in violation["nodes"]:
            if not any(violation["id"] == rule and part in node["html"] for rule, part in STREAMLITS):
                yield f"{violation['id']}: {node['failureSummary']} {node['target']} {node['html'][:300]}"
