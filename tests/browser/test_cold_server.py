"""A server that nobody has visited yet: whichever address is asked for first opens whole, and so do all others."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bench.server import ROOT, Server, serve
from tests.browser.conftest import TRACEBACK, OpenPage
from tests.browser.driver import address, expect_healthy, wait_idle
from tests.browser.test_copy_link import HOST, expect_a_link_for_others

# What stands on each page once its first picture is there, and the server's libraries with it.
WHOLE = {
    "": ("Start", "Slide F to 0"),
    "architecture": ("Architecture", "25,557,032"),
    "compare": ("Compare", "16 more weighted layers than ResNet-34 for 1.17 × the parameters"),
    "gradients": ("Gradient flow", "the gradient vanishes"),
    "training": ("Training", "Start the race"),
    "cam": ("Grad-CAM", "What you see."),
    "ideas": ("Ideas", "What you see."),
    "classroom": ("Class", "I am the teacher"),
    "paths": ("Paths", "Begin"),
}


# A link of before there were other pages, and where it leads now.
OLD = {"net": "resnet18", "at": "layer2.0.conv1"}


@pytest.fixture
def cold_server() -> Iterator[Server]:
    """A server that nobody has visited yet. It listens to other devices, too, under a name of its own."""
    with serve(ROOT / "app.py", "--server.address=0.0.0.0", f"--browser.serverAddress={HOST}") as running:
        yield running
        log = running.log
    assert TRACEBACK not in log, log


def expect_whole(page: Page, path: str, url: str) -> None:
    title, words = WHOLE[path]
    expect(page.get_by_test_id("stMain").get_by_text(words).first).to_be_visible()
    wait_idle(page)
    expect_healthy(page)
    assert page.url == url  # nothing is written that "back" would have to undo
    expect(page).to_have_title(f"{title} · ResNet Explorer")


def expect_the_old_links_state(page: Page, server: Server) -> None:
    expect(page.get_by_test_id("stMain").get_by_text("3·3·64·128 = 73,728").first).to_be_visible()
    wait_idle(page)
    expect_healthy(page)
    assert page.url == address(server.url, "architecture", **OLD)
    assert page.evaluate("history.length") == 2  # the blank page and this one: "back" leads out


@pytest.mark.parametrize(
    ("first", "then"),
    [("", ("ideas", "compare", "classroom", "paths")), ("gradients", ("architecture", "cam", "training"))],
)
def test_each_address_opens_whole_on_a_cold_server_and_so_does_a_link_of_before(
    cold_server: Server, open_page: OpenPage, first: str, then: tuple[str, ...]
) -> None:
    """The others are opened while the first still waits for the server's libraries."""
    page = open_page(address(cold_server.url, first))
    old = open_page(address(cold_server.url, **OLD), beside=page) if first else None
    pages = {first: page} | {path: open_page(address(cold_server.url, path), beside=page) for path in then}
    for path, each in pages.items():
        expect_whole(each, path, address(cold_server.url, path))
    if old:
        expect_the_old_links_state(old, cold_server)
        expect_a_link_for_others(old, cold_server)
