"""Browser profiles that tests use one after the other: two thirds of the work of opening a page is its scripts, which
a profile keeps once they are loaded. Cookies, storage and permissions are cleared in between."""

from collections import defaultdict
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from bench.server import Server
from tests.browser.driver import PATIENCE_MS

PERMISSIONS = ("clipboard-read", "clipboard-write")
_FORGET = "() => { if (location.protocol.startsWith('http')) { localStorage.clear(); sessionStorage.clear(); } }"


class Screen(NamedTuple):
    """What a page is seen on."""

    width: int
    height: int
    dark: bool

    @property
    def has_touch(self) -> bool:
        """Whether it is a phone's: all else of a screen can be another for each page of a profile."""
        return self.width < 600

    def show(self, page: Page) -> Page:
        """The page, on this screen."""
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(color_scheme="dark" if self.dark else "light", reduced_motion="reduce")
        return page


class Profiles:
    """The profiles that no test has at the moment, of phones and of others; two pages of one test never share one."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser, self._server = browser, server
        self._free: dict[bool, list[BrowserContext]] = defaultdict(list)

    def take(self, screen: Screen) -> BrowserContext:
        """A profile for one page."""
        free = self._free[screen.has_touch]
        context = free.pop() if free else self._new(screen)
        context.clear_cookies()  # only now: a page may set one while it closes
        context.grant_permissions(list(PERMISSIONS))
        return context

    def give_back(self, screen: Screen, page: Page, *, clean: bool) -> None:
        """Clear the profile of ``page`` for the next test; after a test that failed it is thrown away."""
        context = page.context
        if not clean or page.is_closed():
            context.close()
            return
        page.evaluate(_FORGET)
        for each in context.pages[1:]:
            each.close()
        context.clear_permissions()
        self._free[screen.has_touch].append(context)

    def _new(self, screen: Screen) -> BrowserContext:
        """A profile whose first page stays open: what the browser compiled of the app's scripts lives as long as the
        process of a page of the same host (``--process-per-site``)."""
        context = self._browser.new_context(has_touch=screen.has_touch)
        context.set_default_timeout(PATIENCE_MS)
        context.new_page().goto(f"{self._server.url}/_stcore/health")
        return context
