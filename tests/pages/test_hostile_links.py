"""Whatever a link brings along, under every name that a page reads, no page formats or links it."""

from pathlib import Path
from typing import Any

import pytest

from explorer.ui.shell import PAGES
from explorer.ui.state import url
from explorer.ui.state.url import OWN_NAMES
from tests.pages.helpers import opened

# Each within the 60 characters that a field takes, so that a page shows it.
HOSTILE = ("http://evil.example", "www.evil.example evil@evil.example", "[evil](x) **evil** :material/evil:")
ACTIVE = ("http://evil", "www.evil", "evil@evil", "[evil]", "**evil**", ":material/evil")
SAYS = ("markdown", "caption", "info", "warning", "error", "success", "header", "subheader", "title", "status")


def names_read(page: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that a page looks for in its link."""
    seen: set[str] = set()
    for reader in ("read", "read_all"):
        real = getattr(url, reader)

        def noted(key: str, real: Any = real) -> Any:
            seen.add(key)
            return real(key)

        monkeypatch.setattr(url, reader, noted)
    opened(page)
    monkeypatch.undo()
    return seen


@pytest.mark.parametrize("page", [Path(path).stem for path, _ in PAGES])
def test_no_name_in_a_link_reaches_a_pages_markdown(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = names_read(page, monkeypatch) | OWN_NAMES  # every page looks for the latter, once they are in a link
    said = 0
    for hostile in HOSTILE:
        shown = opened(page, **dict.fromkeys(names, hostile))
        for kind in SAYS:
            for element in shown.get(kind):
                body = str(getattr(element, "value", None) or getattr(element, "label", ""))
                said += "evil" in body
                assert not [each for each in ACTIVE if each in body], (kind, body)
    assert said  # or this test looks in the wrong place
