"""The link that is copied: the state of the page, and an address that others can open."""

from collections.abc import Iterator
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page, expect

from bench.server import ROOT, Server, serve
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle


@pytest.fixture
def open_server() -> Iterator[Server]:
    """A server that listens to other devices, too, under a name of its own."""
    with serve(ROOT / "app.py", "--server.address=0.0.0.0", "--browser.serverAddress=physics-lab-3") as running:
        yield running


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
    page = open_page(address(server.url))
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


def test_a_server_for_others_offers_their_link_and_its_bar_stands_in_one_row_beside_a_scrollbar(
    open_server: Server, open_page: OpenPage
) -> None:
    page = open_page(address(open_server.url, "architecture", net="resnet34", files="true"))
    for width in (1425, 1265):  # 1440 and 1280, less a scrollbar
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("button", name="Take home")).to_be_visible()
        expect(page.get_by_role("button", name="Copy link for other devices", exact=True)).to_be_visible()
        wait_idle(page)  # with its own letters
        box = page.locator(".st-key-navigation").bounding_box()
        assert box and box["height"] <= 45, width
    link = copied(page, "Copy link for other devices")
    assert link == f"http://physics-lab-3:{open_server.port}/architecture?net=resnet34"
    expect(page.get_by_role("status").filter(has_text="on the same network as this computer")).to_be_visible()
    assert copied(page, "Copy link") == f"{open_server.url}/architecture?net=resnet34"
