"""The Grad-CAM page's tab "Several pictures" in a real Chromium: a zip, its gallery, one of its pictures."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer.pictures.samples import sample_bytes
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import expect_no_overflow_in_either_scheme
from tests.browser.test_cam import open_cam, pictures, settled
from tests.browser.test_compare import query
from tests.pages.test_several import KEYS, ZIP
from tests.pictures.test_archive import zipped

ASKED = {"weights": "fashion-resnet20", "look": "Several pictures"}


def send(page: Page, data: bytes) -> None:
    file = {"name": "pictures.zip", "mimeType": "application/zip", "buffer": data}
    page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]


def cards(page: Page) -> Locator:
    return page.locator(".st-key-cam_gallery button")


def names(page: Page) -> list[str]:
    return page.locator(".st-key-cam_gallery .name").all_inner_texts()


def test_pictures_need_no_zip(server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    """Files alone, and a folder."""
    for key in KEYS:
        (tmp_path / f"{key}.png").write_bytes(sample_bytes(key))
    (tmp_path / "note.txt").write_text("hello")
    files = [tmp_path / f"{key}.png" for key in KEYS]
    page = open_cam(open_page, server, **ASKED)
    for number, sent in enumerate((files, tmp_path)):
        page.locator("input[type=file]").nth(number).set_input_files(sent)
        expect(cards(page)).to_have_count(5)
        settled(page)
        assert sorted(names(page)) == sorted(f"{key}.png" for key in KEYS)
        expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)  # what is sent next takes their place
        page.locator("input[type=file]").first.set_input_files(files[:2])
        expect(cards(page)).to_have_count(2)
        page.get_by_role("button", name="Forget my pictures").click()
        expect(cards(page)).to_have_count(0)
        settled(page)


def test_a_zip_becomes_a_sorted_gallery_whose_pictures_open_under_the_map_and_is_no_other_readers(
    server: Server, open_page: OpenPage
) -> None:
    """On a screen and on a phone."""
    page, other = open_cam(open_page, server, **ASKED), open_cam(open_page, server, **ASKED)
    send(page, ZIP)
    expect(cards(page)).to_have_count(5)
    settled(page)
    by_doubt = names(page)
    page.get_by_role("radio", name="name", exact=True).click()
    settled(page)
    assert names(page) == sorted(by_doubt) and names(page) != by_doubt
    page.mouse.move(1, 1)  # what is pointed at has colours of Streamlit's own
    page.evaluate("document.activeElement.blur()")
    expect(page.locator(".st-key-cam_gallery .strange")).to_have_count(1)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        expect_no_overflow_in_either_scheme(page)
    assert faults_in_every_look(page) == []
    settled(other)
    expect(cards(other)).to_have_count(0)

    card = page.locator(".st-key-cam_gallery button", has_text="shirt-2.png")
    card.focus()
    page.keyboard.press("Enter")
    expect(pictures(page).first).to_be_visible()
    settled(page)
    assert query(page)["sample"] == "mine" and "look" not in query(page)
    page.get_by_role("tab", name="Several pictures").click()
    expect(cards(page)).to_have_count(5)


def test_many_pictures_can_be_cancelled(server: Server, open_page: OpenPage) -> None:
    photograph = sample_bytes("china")
    many = zipped(*((f"{number:02}.jpg", photograph) for number in range(64)))
    page = open_cam(open_page, server, **ASKED)
    send(page, many)
    expect(page.get_by_test_id("stMain").get_by_text("Looking at your pictures").first).to_be_visible()
    page.locator('[class*="st-key-cam_several"]').get_by_role("button", name="Cancel").click()
    again = page.get_by_role("button", name="Look at my pictures")
    expect(again).to_be_visible()
    expect(cards(page)).to_have_count(0)
    again.click()
    expect(cards(page)).to_have_count(64)
    settled(page)
