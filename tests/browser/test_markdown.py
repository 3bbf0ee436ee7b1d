"""What somebody else wrote stands on a page as it is: a real Chromium makes no link, picture or format of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bench.server import ROOT, Server, serve
from explorer.ui.state.markdown import JOINER
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle
from tests.ui.state.hostile import TEXTS

_SHOWN = """
() => Object.fromEntries([...document.querySelectorAll('[class*="st-key-"]')].map(container => {
  const key = [...container.classList].find(name => name.startsWith('st-key-')).slice('st-key-'.length);
  const shown = container.querySelector('[data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]');
  return [key, [shown.textContent, [...shown.querySelectorAll('*')].map(element => element.tagName)]];
}))
"""


@dataclass(frozen=True)
class Place:
    """Where a text stands: the elements around it, and what is said before and after it."""

    tags: tuple[str, ...] = ("P",)
    before: str = ""
    after: str = ""


PLACES = {"warning": Place(), "caption": Place(), "inside": Place(("P", "STRONG", "STRONG"), "Before. ", " After.")}


@pytest.fixture(scope="module")
def strangers_page() -> Iterator[Server]:
    with serve(ROOT / "tests" / "browser" / "markdown_page.py") as running:
        yield running


def test_a_strangers_text_is_shown_as_it_is(strangers_page: Server, open_page: OpenPage) -> None:
    page = open_page(strangers_page.url)
    wait_idle(page)
    shown: dict[str, Any] = page.evaluate(_SHOWN)
    assert len(shown) == len(TEXTS) * len(PLACES)
    for number, text in enumerate(TEXTS):
        for name, place in PLACES.items():
            said, tags = shown[f"{name}-{number}"]
            assert tuple(tags) == place.tags, (name, text, tags)
            as_it_is = " ".join(text.replace("\0", " ").split())
            assert " ".join(said.replace(JOINER, "").split()) == f"{place.before}{as_it_is}{place.after}", (name, text)


def test_a_links_network_becomes_no_link_on_the_page(server: Server, open_page: OpenPage) -> None:
    links = {
        hostile: address(server.url, "architecture", net=hostile)
        for hostile in ("http://example.org", "www.example.org", "a@example.org", ":material/home:")
    }
    page = open_page(links["http://example.org"])
    wait_idle(page)
    for hostile, url in links.items():
        if url != page.url:
            follow(page, url)
        warning = page.get_by_test_id("stAlert").first
        assert hostile in warning.inner_text().replace(JOINER, "")
        assert warning.locator("a, img, em, strong, code").count() == 0
