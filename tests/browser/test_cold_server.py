"""A server that nobody has visited yet: whichever address is asked for first opens whole, and so do all others."""

import pytest
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
}


def expect_whole(page: Page, path: str, url: str) -> None:
    title, words = WHOLE[path]
    expect(page.get_by_test_id("stMain").get_by_text(words).first).to_be_visible()
    wait_idle(page)
    expect_healthy(page)
    assert page.url == url  # nothing is written that "back" would have to undo
    expect(page).to_have_title(f"{title} · ResNet Explorer")


@pytest.mark.parametrize(
    ("first", "then"), [("", ("ideas", "compare")), ("gradients", ("architecture", "cam", "training"))]
)
def test_each_address_opens_whole_on_a_cold_server(
    cold_server: Server, open_page: OpenPage, first: str, then: tuple[str, ...]
) -> None:
    """The others are opened while the first still waits for the server's libraries."""
    opened = [(path, address(cold_server.url, path)) for path in (first, *then)]
    page = open_page(opened[0][1])
    pages = [page, *(open_page(url, beside=page) for _, url in opened[1:])]
    for page, (path, url) in zip(pages, opened, strict=True):
        expect_whole(page, path, url)
