"""Pages of several servers: one that loses its server, and a class whose teacher and students are on two of them."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bench.proxy import behind_proxy
from bench.ray_nodes import Nodes
from bench.server import Server, serve
from explorer.ui.compare.choices import TAB, Tab
from explorer.ui.serving.replica import COOKIE
from explorer.ui.state.cluster import ADDRESS
from tests.browser.conftest import OpenPage
from tests.browser.driver import Problems, address, wait_idle
from tests.browser.test_classroom import follows_answers_strays_and_comes_back, reloads_and_hides

LOST = '[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])'


@pytest.mark.nginx
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to leave"])
def test_a_page_goes_on_with_the_other_replica(browser: Browser, problems: Problems, how: signal.Signals) -> None:
    """It is where it was, and loads nothing again."""
    with behind_proxy() as replicas, browser.new_context() as context:
        page = context.new_page()
        problems.watch(page)
        page.goto(address(replicas.proxy.url, "compare"))
        wait_idle(page)
        page.get_by_role("tab", name=Tab.CHANGES).click()
        page.get_by_text("Whole table as CSV").wait_for()  # the last that stands there
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
        expect(page.get_by_test_id("stMain")).to_have_text(shown, use_inner_text=True)
        assert {each["name"]: each["value"] for each in context.cookies()}[COOKIE] != before
    assert problems.found == []


@pytest.fixture
def on_one_cluster(nodes: Nodes) -> Iterator[tuple[Server, Server]]:
    """Two servers, which stay until the pages are closed."""
    addresses = nodes.address, nodes.client_address
    with serve(environment={ADDRESS: addresses[0]}) as one, serve(environment={ADDRESS: addresses[1]}) as other:
        yield one, other


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
def test_a_class_has_its_teacher_and_its_students_on_two_replicas(
    on_one_cluster: tuple[Server, Server], open_page: OpenPage
) -> None:
    one, other = on_one_cluster
    follows_answers_strays_and_comes_back(one, other, open_page)
    reloads_and_hides(other, one, open_page)
