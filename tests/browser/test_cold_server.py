"""A server that nobody has visited yet: whichever address is asked for first opens whole, and so do all others."""

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, expect_healthy, wait_idle

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


def test_the_start_page_opens_whole_on_a_cold_server(cold_server: Server, open_page: OpenPage) -> None:
    """And so do other pages that are opened while it still waits for the server's libraries."""
    expect_all_whole(cold_server, open_page, "", "ideas", "compare", "classroom")


def test_a_link_of_before_opens_architecture_in_its_state_on_a_cold_server(
    cold_server: Server, open_page: OpenPage
) -> None:
    """And other pages open whole beside it."""
    page = open_page(address(cold_server.url, **OLD))
    expect_all_whole(cold_server, open_page, "gradients", "architecture", "cam", "training", "paths", beside=page)
    expect_the_old_links_state(page, cold_server)


def expect_all_whole(server: Server, open_page: OpenPage, *paths: str, beside: Page | None = None) -> None:
    pages: list[Page] = []
    for path in paths:
        pages.append(open_page(address(server.url, path), beside=beside or (pages[0] if pages else None)))
    for page, path in zip(pages, paths, strict=True):
        expect_whole(page, path, address(server.url, path))
