"""A page whose server dies: its browser goes on with the other replica, where it was, and loads nothing again."""

import signal

import pytest
from playwright.sync_api import Browser, expect

from bench.proxy import behind_proxy
from explorer.ui.compare.choices import TAB, Tab
from explorer.ui.serving.replica import COOKIE
from tests.browser.driver import Problems, address, wait_idle

LOST = '[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])'


@pytest.mark.nginx
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to leave"])
def test_a_page_goes_on_with_the_other_replica(browser: Browser, problems: Problems, how: signal.Signals) -> None:
    with behind_proxy() as replicas, browser.new_context() as context:
        page = context.new_page()
        problems.watch(page)
        page.goto(address(replicas.proxy.url, "compare"))
        wait_idle(page)
        page.get_by_role("tab", name=Tab.CHANGES).click()
        wait_idle(page)
        link, shown = page.url, page.get_by_test_id("stMain").inner_text()
        assert TAB.key in link
        page.evaluate("window.loadedOnce = true")
        before = {each["name"]: each["value"] for each in context.cookies()}[COOKIE]

        replicas.servers[before].process.send_signal(how)
        page.wait_for_selector(LOST, state="attached")
        wait_idle(page)

        assert page.evaluate("window.loadedOnce") and page.url == link
        expect(page.get_by_role("tab", name=Tab.CHANGES)).to_have_attribute("aria-selected", "true")
        assert page.get_by_test_id("stMain").inner_text() == shown
        assert {each["name"]: each["value"] for each in context.cookies()}[COOKIE] != before
    assert problems.found == []
