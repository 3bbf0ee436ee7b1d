"""The link that is copied: the state of the page, and an address that others can open."""

from urllib.parse import urlparse

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle

HOST = "physics-lab-3"


def copied(page: Page, button: str) -> str:
    said = page.get_by_role("button", name="Link copied")
    expect(said).to_have_count(0)  # of a click before
    page.get_by_role("button", name=button, exact=True).click()
    expect(said).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_what_is_open_is_not_copied_and_a_server_for_this_computer_alone_offers_one_link(
    server: Server, open_page: OpenPage
) -> None:
    """One page goes from state to state."""
    page = open_page(f"{server.url}/architecture?net=resnet34")
    wait_idle(page)
    for name, lids, state in (
        ("architecture", "files=true&net_more=true", "at=layer2.0&net=resnet34~shortcut-C"),
        ("compare", "edit=true&table=true", "net1=resnet20"),
        ("ideas", "as_numbers=true", "lesson=saturation"),
    ):
        follow(page, f"{server.url}/{name}?{lids}&{state}")
        assert all(each in page.url for each in lids.split("&"))
        link = urlparse(copied(page, "Copy link"))
        assert set(link.query.split("&")) == set(state.split("&"))
        expect(page.get_by_role("button", name="Copy link for other devices")).to_have_count(0)


def expect_a_link_for_others(page: Page, server: Server) -> None:
    """For test_cold_server.py, whose server listens to other devices under the name ``HOST``."""
    follow(page, address(server.url, "architecture", net="resnet34", files="true"))
    for width in (1425, 1265):  # 1440 and 1280, less a scrollbar
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("button", name="Take home")).to_be_visible()
        expect(page.get_by_role("button", name="Copy link for other devices", exact=True)).to_be_visible()
        wait_idle(page)  # with its own letters
        box = page.locator(".st-key-navigation").bounding_box()
        assert box and box["height"] <= 45, width  # all of the bar stands in one row
    link = copied(page, "Copy link for other devices")
    assert link == f"http://{HOST}:{server.port}/architecture?net=resnet34"
    expect(page.get_by_role("status").filter(has_text="on the same network as this computer")).to_be_visible()
    assert copied(page, "Copy link") == f"{server.url}/architecture?net=resnet34"
