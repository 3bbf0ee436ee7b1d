"""The network chosen on the Architecture page is one click away elsewhere."""

import re

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, expect_healthy, expect_no_overflow_in_either_scheme, follow, wait_idle

MINE = "resnet20~stage_blocks-1.1.1~image_size-8~activation-tanh"
LONG = "resnet50~widths-96.192.384.768~shortcut-avgpool_projection~stem-deep~activation-leaky_relu~init-he_fan_in"


def gone_to(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
    wait_idle(page)


def my_network(page: Page) -> None:
    page.get_by_role("button", name=re.compile("My network")).click()
    wait_idle(page)


def test_my_network_is_measured_and_compared_and_a_long_name_fits_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(address(server.url, "architecture", net=MINE))
    wait_idle(page)
    my_network_is_measured_and_compared(page)
    page.set_viewport_size({"width": 390, "height": 900})
    follow(page, address(server.url, "architecture", net=LONG))
    for title in ("Gradient flow", "Compare"):
        gone_to(page, title)
        expect(page.get_by_role("button", name=re.compile("My network"))).to_be_enabled()
        expect_no_overflow_in_either_scheme(page)


def my_network_is_measured_and_compared(page: Page) -> None:
    gone_to(page, "Gradient flow")
    my_network(page)
    expect(page).to_have_url(re.compile("flow=.*activation-tanh"))
    expect(page.get_by_test_id("stMain").get_by_text("What happened.")).to_be_visible()
    expect(page.locator(".st-key-flow_chart .js-plotly-plot")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("My network"))).to_be_disabled()

    gone_to(page, "Compare")
    my_network(page)
    expect(page).to_have_url(re.compile("net3=.*activation-tanh"))
    expect(page.get_by_test_id("stHeading").locator("h2").first).to_contain_text("tanh")
    expect_healthy(page)
