"""A page on paper: a handout without controls, with nothing cut off, and with the link to what it shows."""

from typing import Literal

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, switch_to
from tests.browser.test_cam import open_cam, settled

PAPER = {"width": 688, "height": 1017}  # A4 in pixels, without print.css's margins
# What ends right of the paper; a bar can be inside of its chart's frame only.
_CUT_OFF = """
(width) => [...document.querySelectorAll('[data-testid="stMain"] :is(.main-svg, .point path, .legend, table, img, p)')]
  .filter((each) => each.getBoundingClientRect().right > width).map((each) => each.outerHTML.slice(0, 200))
"""
# A badge says something, also to who cannot press it.
_CONTROLS = ":is(button:not(.badge), input, select, textarea, [role=slider], [role=tab]):visible"
PICTURES = ":is(.canvas svg, .js-plotly-plot):visible"  # none is split between two sheets

STATES = {
    "": ({"branch": "0.5"}, ".st-key-start_curves .main-svg"),
    "compare": ({"net2": "resnet101"}, ".st-key-bars .main-svg"),
    "architecture": ({"unit": "layer2.0"}, ".canvas"),
    "training": ({"experiment": "Damage", "damaged": "residual-20-seed0", "cuts": "100000000"}, ".thumb"),
}


def test_pages_on_paper_are_handouts(server: Server, open_page: OpenPage) -> None:
    """One page goes from state to state: most of the work of opening one is the app's scripts."""
    urls = [(address(server.url, name, **query), picture) for name, (query, picture) in STATES.items()]
    page = open_page(urls[0][0])
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for url, picture in urls:
        if page.url != url:
            follow(page, url)
        page.locator(picture).first.wait_for()
        for scheme in schemes:
            switch_to(page, scheme)
            _is_a_handout(page)
        schemes = schemes[::-1]  # the next state begins in the one that the page has


def test_a_belief_test_on_paper_has_no_empty_frames_and_words_as_wide_as_the_paper(
    server: Server, open_page: OpenPage
) -> None:
    asked = {"weights": "fashion-resnet20", "look": "Believe it?", "sample": "ankle-boot-1"}
    page = open_cam(open_page, server, **asked, curve_numbers="true", random_numbers="true")
    page.get_by_role("button", name="Put the map to the test").click()
    tables = page.get_by_test_id("stDataFrame")
    expect(tables).to_have_count(2)
    settled(page)
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    expect(page.locator('[data-testid="stExpander"]:visible')).to_have_count(0)
    assert page.evaluate(_CUT_OFF, PAPER["width"]) == []
    words = page.get_by_text("Three tests can prove it").first.bounding_box()
    assert words and words["width"] > 0.9 * PAPER["width"]


def _is_a_handout(page: Page) -> None:
    screen = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    expect(page.locator(".printed")).to_have_text(page.url)
    expect(page.locator(_CONTROLS)).to_have_count(0)
    assert page.evaluate(_CUT_OFF, PAPER["width"]) == []
    pictures = page.locator(".thumb").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().right)")
    assert all(right <= PAPER["width"] for right in pictures)
    assert all(box["height"] < PAPER["height"] for each in page.locator(PICTURES).all() if (box := each.bounding_box()))
    heading = page.get_by_test_id("stHeading").first
    expect(heading).to_have_css("color", "rgb(20, 24, 31)")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.emulate_media(media="screen")
    expect(page.locator(".printed")).to_be_hidden()
    page.set_viewport_size(screen)  # type: ignore[arg-type]
