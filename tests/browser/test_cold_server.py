"""A server that nobody has visited yet: whichever address is asked for first opens whole, and so do all others."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from bench.client import Visitor
from bench.server import ROOT, Server, serve
from tests.browser.conftest import TRACEBACK, OpenPage
from tests.browser.driver import address, expect_healthy, follow, wait_idle
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


def test_each_address_opens_whole_on_a_cold_server_and_so_does_a_link_of_before(
    cold_server: Server, open_page: OpenPage
) -> None:
    """All are asked for while the first still waits for the server's libraries: two by a browser, the others by
    visitors who see what the server sends. Afterwards the browser's page goes from one to the next."""
    first, *others = ("gradients", *(path for path in WHOLE if path != "gradients"))
    page = open_page(address(cold_server.url, first))
    old = open_page(address(cold_server.url, **OLD), beside=page)
    with ExitStack() as stack:
        visitors = [stack.enter_context(Visitor(cold_server, path)) for path in others]
        for visitor in visitors:
            visitor.visit()
        expect_whole(page, first, address(cold_server.url, first))
        expect_the_old_links_state(old, cold_server)
        for visitor in visitors:
            visitor.settle()
    for path in others:
        url = address(cold_server.url, path)
        follow(page, url)
        expect_whole(page, path, url)
    expect_a_link_for_others(old, cold_server)


def test_the_bare_address_may_be_the_first() -> None:
    with serve() as server, Visitor(server) as visitor:
        visitor.visit()
        assert any(WHOLE[""][1] in str(element) for element in visitor.shown.values())
