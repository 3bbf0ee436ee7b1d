"""A server of this app, a Chromium, and pages that fail their test on any console error."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.server import ROOT, Server, serve
from tests.browser.chromium import find_chromium
from tests.browser.driver import PATIENCE_MS, Problems
from tests.browser.profiles import Profiles, Screen

OpenPage = Callable[..., Page]

SCREENSHOTS = ROOT / "build" / "browser"
# No sandbox because containers run tests as root; the rest keeps the browser from work of its own.
ARGUMENTS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",  # a camera where there is none
    "--use-fake-ui-for-media-stream",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--process-per-site",
    "--js-flags=--single-threaded",  # compiles and collects where it runs: a tenth less work for a page
)
TRACEBACK = "Traceback (most recent call last)"
_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that ``-m "not browser"`` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember that a test failed, for the fixtures that clean up after it."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed  # type: ignore[attr-defined]
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server of the app for all tests; it must get through them without a traceback."""
    with serve() as running:
        yield running
        log = running.log
    assert TRACEBACK not in log, log


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. There is no skipping: without a browser this is an error."""
    path = find_chromium()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture
def problems() -> Problems:
    """What goes wrong in this test's pages; ask for it to clear an error the test provokes."""
    return Problems()


@pytest.fixture(scope="session")
def profiles(browser: Browser, server: Server) -> Profiles:
    """What all tests of this session open their pages in."""
    return Profiles(browser, server)


@pytest.fixture
def open_page(profiles: Profiles, problems: Problems, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """A function that opens an address in a browser profile of its own, ``open_page(url, width=390, dark=True)``, or
    ``beside`` another page in that one's profile, which has the app's scripts already.

    At the end of the test every page must be free of ``problems``; a test that failed leaves screenshots in
    build/browser.
    """
    pages: list[tuple[Screen, Page]] = []

    def open_page(
        url: str, *, width: int = 1440, height: int = 900, dark: bool = False, beside: Page | None = None
    ) -> Page:
        screen = Screen(width, height, dark)
        page = screen.show((beside.context if beside else profiles.take(screen)).new_page())
        problems.watch(page)
        if not beside:
            pages.append((screen, page))
        page.goto(url)
        return page

    yield open_page
    failed = request.node.stash.get(_FAILED, False) or bool(problems.found)
    for number, (screen, page) in enumerate(pages):
        if failed and not page.is_closed():
            _screenshot(page, f"{request.path.stem}-{request.node.name}-{number}")
        profiles.give_back(screen, page, clean=not failed)
    assert not problems.found, "\n".join(problems.found)


def _screenshot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    filename = re.sub(r"[^\w.-]+", "_", name)
    page.screenshot(path=SCREENSHOTS / f"{filename}.png")
