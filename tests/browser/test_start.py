"""The start page in a real Chromium: one screen, one block to touch, three doors, and the links of before."""

import re

from playwright.sync_api import Page, expect

from bench.server import Server
from explorer.charts.start.one_block import LEGEND
from explorer.ideas.one_block import OneBlock, sentence
from explorer.paths.shipped.twenty_minutes import TWENTY_MINUTES
from explorer.ui.state.markdown import unbroken
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, expect_healthy, expect_no_overflow_in_either_scheme, follow, wait_idle
from tests.browser.keyboard import focused, hears, listen, press, tab_to
from tests.browser.test_figure_files import expect_slide, saved, svg
from tests.browser.test_phone_layout import expect_on_the_first_screen

PARTS = (".st-key-start_curves", ".st-key-one_block", ".doors")  # in the order in which they are read


def opened(open_page: OpenPage, url: str) -> Page:
    page = open_page(url)
    page.locator(".st-key-start_curves .main-svg").first.wait_for()
    wait_idle(page)
    expect_healthy(page)
    return page


def test_the_bare_address_is_the_start_page_on_one_screen_whose_block_stands_on_a_slide_and_whose_first_door_leads_on(
    server: Server, open_page: OpenPage
) -> None:
    """One page, whatever else stands in its link, which it keeps; on a phone its parts follow each other."""
    page = opened(open_page, address(server.url))
    _all_parts_are_seen(page)
    for link in ("", "?class=42", "?branch=1&tab=Budget", "?branch=0.5"):
        if link:
            follow(page, f"{server.url}/{link}")
            expect_healthy(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Start")
        expect(page.locator(".st-key-start_curves .main-svg").first).to_be_visible()
        assert page.url == f"{server.url}/{link}"

    box = page.locator(".st-key-one_block")
    svg_button, png_button = (box.get_by_role("button", name=kind) for kind in ("SVG", "PNG"))
    file, png = svg(page, svg_button), saved(page, png_button)
    expect_slide(file, png, "One block with F times 0.5, with its shortcut and without it", "branch=0.5")
    assert file.legend == dict(LEGEND)

    page.set_viewport_size({"width": 390, "height": 844})
    wait_idle(page)
    tops = [box["y"] for part in PARTS if (box := page.locator(part).bounding_box())]
    assert len(tops) == len(PARTS) and tops == sorted(tops)
    expect_on_the_first_screen(page, PARTS[0])
    expect_no_overflow_in_either_scheme(page)

    page.get_by_role("link", name="Learn it in 20 minutes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Training")
    expect(page.locator(".st-key-path_bar").get_by_text(TWENTY_MINUTES.steps[0].question.text)).to_be_visible()


def _all_parts_are_seen(page: Page) -> None:
    for part in PARTS:
        box = page.locator(part).bounding_box()
        assert box and box["y"] > 0 and box["y"] + box["height"] <= 900, part
    expect_no_overflow_in_either_scheme(page)


def test_the_name_of_the_app_leads_home_and_the_session_goes_on(server: Server, open_page: OpenPage) -> None:
    page = open_page(address(server.url, "architecture", net="resnet18"))
    wait_idle(page)
    home = page.get_by_role("link", name="ResNet Explorer")
    expect(home).not_to_have_attribute("aria-current", "page")
    home.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")
    expect(home).to_have_attribute("aria-current", "page")
    wait_idle(page)
    assert page.url == address(server.url)
    page.get_by_role("link", name="Architecture", exact=True).click()
    expect(page).to_have_url(re.compile("/architecture.*net=resnet18"))  # it is the reader's own network still
    wait_idle(page)
    assert page.evaluate("history.length") == 4  # the blank page and one step for each page, whatever each wrote
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")
    assert home.evaluate("(link) => link.href") == address(server.url)  # also in a new tab


def test_with_the_keyboard_the_block_and_a_door(server: Server, open_page: OpenPage) -> None:
    page = opened(open_page, address(server.url))
    listen(page)
    tab_to(page, "How much of F?", "input")
    press(page, "Home")
    hears(page, sentence(OneBlock(0)))
    assert "branch=0" in page.url
    tab_to(page, "F is 0", "button")
    press(page, "Enter")
    hears(page, unbroken(sentence(OneBlock(1))))
    assert focused(page).name.startswith("F\n")
    tab_to(page, "Check my ResNet", "a")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ideas")
    expect(page).to_have_url(re.compile("lesson=check"))
    expect(page.get_by_test_id("stHeading").locator("h2")).to_have_text("Is my network what I meant?")
