"""The files to take home in a browser without any network: every picture is seen, nothing is asked for."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from explorer.paths.handouts.job import handout
from explorer.paths.handouts.offline import offline_page
from explorer.paths.handouts.values import Handout, StepHandout
from explorer.paths.handouts.worksheet import worksheet
from explorer.paths.shipped import SHIPPED
from tests.browser.axe import faults_in_every_look
from tests.paths.handout_samples import EVERY_KIND, MADE

ADDRESS = "https://class.example/"


@cache
def every_kind() -> Handout:
    return handout(EVERY_KIND)


def from_disk(browser: Browser, folder: Path, data: bytes, asked: list[str]) -> Page:
    """The file opened from ``folder`` in a browser that is offline; whatever it asks for stands in ``asked``."""
    file = folder / "file.html"
    file.write_bytes(data)
    page = browser.new_context(offline=True).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(file.as_uri())
    return page


def test_every_picture_is_seen_without_a_network_on_a_screen_and_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    asked: list[str] = []
    page = from_disk(browser, tmp_path, offline_page(every_kind(), ADDRESS), asked)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        _every_picture_is_seen(page, width)
    kept = [url for url in asked if not url.startswith(("file://", "data:image/png;base64,"))]
    assert not kept
    page.context.close()


def _every_picture_is_seen(page: Page, width: int) -> None:
    assert page.locator("section").count() == len(EVERY_KIND.steps)
    for section in page.locator("section").all():
        pictures = [each for each in section.locator("figure > div > svg, figure img").all() if each.is_visible()]
        assert pictures
        for picture in pictures:
            box = picture.bounding_box()
            assert box
            assert box["width"] > 150
            assert box["height"] > 50
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth)")


def test_words_of_a_stranger_run_nothing(browser: Browser, tmp_path: Path) -> None:
    for write in (offline_page, worksheet):
        asked: list[str] = []
        page = from_disk(browser, tmp_path, write(MADE, ADDRESS, teacher=True), asked)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert asked == [(tmp_path / "file.html").as_uri()]
        assert page.evaluate("document.querySelectorAll('script, img, iframe').length") == 0
        page.context.close()


@pytest.mark.parametrize("write", [offline_page, worksheet])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, write: object) -> None:
    some = replace(every_kind(), steps=every_kind().steps[::4])  # a drawing, a chart and a photograph
    for made in (some, MADE):
        page = from_disk(browser, tmp_path, write(made, ADDRESS, teacher=True), [])  # type: ignore[operator]
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert not faults_in_every_look(page, settle=lambda page: page.wait_for_timeout(50))
        page.context.close()


def test_the_worksheet_prints_on_a4_with_the_answers_on_a_page_of_their_own(browser: Browser, tmp_path: Path) -> None:
    page = from_disk(browser, tmp_path, worksheet(MADE, ADDRESS), [])
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 2
    assert b"[0 0 594" in pdf or b"[0 0 595" in pdf, "A4 is 595 points wide"
    page.emulate_media(media="print")
    fits = "(each) => !each.clientWidth || each.scrollWidth <= each.clientWidth + 1"
    page.set_viewport_size({"width": 672, "height": 900})  # A4 without its margins
    assert page.evaluate(f"[...document.querySelectorAll('*')].every({fits})"), "nothing sticks out of the paper"
    page.context.close()


def test_questions_fill_the_pages_of_the_worksheet(browser: Browser, tmp_path: Path) -> None:
    """Four questions of usual length on each page, and their answers on one more: none is measured here."""
    path = SHIPPED[0]
    assert len(path.steps) == 11
    made = Handout(path, tuple(map(StepHandout, path.steps)))
    page = from_disk(browser, tmp_path, worksheet(made, ADDRESS), [])
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 3 + 1
    page.context.close()
