"""The Grad-CAM page's tab "Erase" in a real Chromium: mouse, keyboard, phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import expect_no_overflow_in_either_scheme
from tests.browser.test_cam import BOOT, open_cam, settled


def canvas(page: Page) -> Locator:
    return page.locator(".st-key-cam_eraser canvas")


def now(page: Page) -> list[str]:
    return page.locator(".st-key-cam_eraser td:last-child").all_inner_texts()


def stroke(page: Page, *places: tuple[float, float]) -> None:
    """Draw with the mouse through these places, from 0 to 1 of the picture's width and height."""
    canvas(page).scroll_into_view_if_needed()
    box = canvas(page).bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_stroke_changes_the_probabilities_and_can_be_undone(server: Server, open_page: OpenPage, width: int) -> None:
    """On the wider screen so do quick ones, a found region, and the keyboard."""
    page = open_cam(open_page, server, width=width, **BOOT, look="Erase")
    expect(canvas(page)).to_have_attribute("data-erased", "0")
    expect(page.get_by_text("What you paint is in no link.")).to_be_visible()
    before = now(page)
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    expect(page.get_by_test_id("stMain").get_by_text("of the picture erased, the network")).to_be_visible()
    settled(page)
    after = now(page)
    assert after != before and int(canvas(page).get_attribute("data-erased") or 0) >= 30
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("stMain").get_by_text("Nothing is erased yet.")).to_be_visible()
    settled(page)
    assert now(page) == before
    expect_no_overflow_in_either_scheme(page)
    if width == 1440:
        _quick_strokes_and_a_found_region_are_undone_one_by_one(page)
        _the_keyboard_erases_and_gives_back(page)


def _the_keyboard_erases_and_gives_back(page: Page) -> None:
    before = now(page)
    page.get_by_label("Size of the brush, in cells").focus()
    page.keyboard.press("End")
    canvas(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Space")
    expect(canvas(page)).to_have_attribute("data-erased", "49")
    expect(page.get_by_test_id("stMain").get_by_text("With 6 % of the picture erased")).to_be_visible()
    settled(page)
    assert now(page) != before
    expect(canvas(page)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stMain").get_by_text("Nothing is erased yet.")).to_be_visible()
    settled(page)
    assert now(page) == before


def _quick_strokes_and_a_found_region_are_undone_one_by_one(page: Page) -> None:
    """Two quick strokes both count, and are undone after the region that was found and erased."""
    stroke(page, (0.1, 0.1), (0.3, 0.1))
    stroke(page, (0.1, 0.9), (0.3, 0.9))
    settled(page)
    painted = int(canvas(page).get_attribute("data-erased") or 0)
    share = f"With {round(100 * painted / 28**2)} % of the picture erased"
    expect(page.get_by_test_id("stMain").get_by_text(share)).to_be_visible()

    page.get_by_role("button", name="What must I hide to change its mind?").click()
    erase = page.get_by_role("button", name="Erase this region")
    expect(erase).to_be_visible()
    settled(page)
    erase.click()
    expect(canvas(page)).not_to_have_attribute("data-erased", str(painted))
    settled(page)
    with_region = canvas(page).get_attribute("data-erased")
    assert with_region
    stroke(page, (0.8, 0.1), (0.9, 0.1))
    settled(page)
    assert faults_in_every_look(page) == []

    undo = page.get_by_role("button", name="Undo")
    for erased in (with_region, str(painted)):
        undo.click()
        expect(canvas(page)).to_have_attribute("data-erased", erased)
        settled(page)
    undo.click()
    expect(canvas(page)).not_to_have_attribute("data-erased", str(painted))
    settled(page)
    undo.click()
    expect(canvas(page)).to_have_attribute("data-erased", "0")
    expect(undo).to_be_disabled()
    expect(page.get_by_test_id("stMain").get_by_text("Nothing is erased yet.")).to_be_visible()
