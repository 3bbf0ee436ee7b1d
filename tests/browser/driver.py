"""What browser tests do with a page besides clicking: wait until it is idle, and look for what must not be there."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode, urlparse

from playwright.sync_api import ConsoleMessage, Page, Request, expect

PATIENCE_MS = 60_000
# Long enough for streamlit to notice an action (about 210 ms); a shorter calm can be the one before the storm.
QUIET_MS = 400
_IDLE = '[data-testid="stApp"][data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
# On a deep link streamlit's own frontend asks for these below the page's address first, and is told that they are not.
_PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)")
_CALM_FOR = """
([idle, quiet]) => {
  const now = performance.now();
  if (!document.querySelector(idle)) { window.calmSince = null; return false; }
  window.calmSince ??= now;
  return now - window.calmSince >= quiet;
}
"""
# Notes that the app runs, which it begins a moment later: on a busy machine the calm before that can be long. A run of
# a few milliseconds may be over before the page shows it.
_FOLLOW = """
(url) => {
  window.hasRun = false;
  clearTimeout(window.runTimer);
  window.runTimer = setTimeout(() => { window.hasRun = true; }, 1000);
  const watch = new MutationObserver(() => { window.hasRun = true; watch.disconnect(); });
  watch.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
  history.pushState(null, "", url);
  dispatchEvent(new PopStateEvent("popstate"));
}
"""
# Red, green and blue of the page's background, from 0 to 1 each, added up.
_BACKGROUND = (
    "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
    ".match(/\\d+/g).slice(0, 3).reduce((sum, each) => sum + each / 255, 0)"
)


@dataclass
class Problems:
    """What went wrong in a page, in words; a test that provokes an error clears what it expected."""

    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note the page's console errors, uncaught exceptions, failed requests and requests to other hosts."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"uncaught in the page: {error}"))
        page.on("crash", lambda _: self.found.append("the page crashed"))
        page.on("request", self._request)

    def clear(self) -> None:
        """Forget what was found so far."""
        self.found.clear()

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not _PROBE.fullmatch(urlparse(url).path):
            self.found.append(f"console error: {message.text} ({url})")

    def _request(self, request: Request) -> None:
        host = urlparse(request.url).hostname
        if host not in (None, "127.0.0.1"):
            self.found.append(f"asks another host: {request.url}")


def address(server_url: str, page: str = "", **query: Any) -> str:
    """The link to a page in a state: ``address(server.url, "architecture", net="resnet50")``."""
    return f"{server_url}/{page}" + (f"?{urlencode(query)}" if query else "")


def follow(page: Page, url: str) -> None:
    """Go to another link of the same server as "back" and "forward" do: without loading the app's scripts again, which
    is most of the work of opening a page. The session stays the same. Returns once the page is idle."""
    page.evaluate(_FOLLOW, url)
    page.wait_for_function("window.hasRun", timeout=PATIENCE_MS, polling=50)
    wait_idle(page)


def wait_idle(page: Page, *, quiet_ms: int = QUIET_MS) -> None:
    """Return once the app is connected and has not run for ``quiet_ms``.

    Raises:
        playwright.sync_api.TimeoutError: that did not happen within a minute.
    """
    page.evaluate("() => { window.calmSince = null; }")
    page.wait_for_function(_CALM_FOR, arg=[_IDLE, quiet_ms], timeout=PATIENCE_MS, polling=50)


def expect_healthy(page: Page) -> None:
    """The page shows no exception box and no dialog, and is not still a skeleton."""
    for test_id in ("stException", "stDialog", "stAppSkeleton"):
        expect(page.get_by_test_id(test_id)).to_have_count(0)


def expect_no_overflow(page: Page) -> None:
    """Nothing is wider than the screen: the page does not scroll sideways."""
    overflow = page.evaluate(
        "() => { const main = document.querySelector('[data-testid=\"stMain\"]') ?? document.documentElement;"
        " return main.scrollWidth - main.clientWidth; }"
    )
    assert overflow <= 0, f"the page is {overflow} px wider than the screen: {page.url}"


def expect_no_overflow_in_either_scheme(page: Page) -> None:
    """The same in the colour scheme that the page has and, changed while it is open as a phone does in the evening, in
    the other one, which it keeps."""
    expect_no_overflow(page)
    switch_to(page, "light" if page.evaluate(f"{_BACKGROUND} < 1.5") else "dark")
    expect_no_overflow(page)


def switch_to(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Change the colour scheme of an open page; returns once the page has it and is idle."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"{_BACKGROUND} {'> 1.5' if scheme == 'light' else '< 1.5'}")
    wait_idle(page)
