"""The Gradient-flow page in a real Chromium, as its readers use it."""

import csv
import io
import re
from xml.etree import ElementTree

from PIL import Image
from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    Problems,
    address,
    expect_healthy,
    follow,
    wait_idle,
)
from tests.browser.test_compare import chart, query
from tests.gradients.test_page_jobs import picture

SMALL = "resnet20~stage_blocks-1.1.1~image_size-8"
FEW = {"images": "2", "seeds": "1"}
QUICK = {"flow": SMALL, **FEW}


def open_gradients(open_page: OpenPage, server: Server, *, width: int = 1440, dark: bool = False, **query: str) -> Page:
    """The page in this state, healthy, and measured where it measures by itself."""
    page = open_page(address(server.url, "gradients", **query), width=width, dark=dark)
    return measured(page)


def measured(page: Page) -> Page:
    """The page once nothing is being measured."""
    wait_idle(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    wait_idle(page)
    expect_healthy(page)
    return page


def to(page: Page, server: Server, **query: str) -> Page:
    """The page at another link of the same reader."""
    follow(page, address(server.url, "gradients", **query))
    return measured(page)


def happened(page: Page) -> str:
    """The computed sentences."""
    expect(page.get_by_test_id("stMain").get_by_text("What happened.")).to_be_visible()
    return "\n".join(page.get_by_role("listitem").all_inner_texts())


def tell(page: Page, title: str) -> None:
    page.get_by_role("radio", name=title).or_(page.get_by_role("button", name=title, exact=True)).first.click()
    measured(page)


def test_one_reader_guesses_is_told_a_story_brings_a_picture_and_takes_all_away(
    server: Server, open_page: OpenPage, problems: Problems
) -> None:
    """In one page of the browser, from link to link."""
    page = open_gradients(open_page, server, **QUICK)
    everything_can_be_taken_away(page)
    a_guess_is_answered_and_a_point_of_the_chart_leads_to_its_block(page)
    the_walk_goes_on_from_there(page, server)
    a_story_is_told(page, server)
    a_picture_of_ones_own_is_measured_and_kept_to_oneself(page, server, problems)
    a_depth_that_does_not_exist_is_explained(page, server)


def a_story_is_told(page: Page, server: Server) -> None:
    """With one click; tests/pages tell each from its link, too."""
    to(page, server, **FEW)
    tell(page, "Batch norm, no shortcuts")
    expect(page.get_by_test_id("stHeading").locator("h2")).to_contain_text("Plain-56 (CIFAR)")
    plain = "No shortcuts (plain, ReLU; batch norm, He fan-out init; noise)"
    assert f"{plain}: before the first step the gradient explodes" in happened(page)
    assert query(page) == {"flow": "plain56"}  # a story is told with as many images as the page opens with


def a_guess_is_answered_and_a_point_of_the_chart_leads_to_its_block(page: Page) -> None:
    page.locator(".st-key-predict-widget label").first.click()
    measured(page)
    expect(page.get_by_test_id("stMain").get_by_text("What happened.")).to_have_count(0)
    page.get_by_role("button", name="It explodes").click()
    expect(page.get_by_test_id("stMain").get_by_text("You predicted that it explodes")).to_be_visible()

    chart(page, "flow_chart").scroll_into_view_if_needed()
    wait_idle(page)
    place = page.evaluate(
        """() => {
          const plot = document.querySelector('.st-key-flow_chart .js-plotly-plot');
          const trace = plot._fullData.find(each => each.customdata && String(each.customdata[1]).includes('layer1.0'));
          const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
          const { xaxis, yaxis } = plot._fullLayout;
          return [box.x + xaxis.d2p(trace.x[1]), box.y + yaxis.d2p(trace.y[1])];
        }"""
    )
    page.mouse.click(*place)
    expect(page.get_by_test_id("stMain").get_by_text("Back through layer1.0")).to_be_visible()
    wait_idle(page)


def the_walk_goes_on_from_there(page: Page, server: Server) -> None:
    follow(page, address(server.url, "gradients", **QUICK, view="At each add"))
    expect(page.get_by_test_id("stMain").get_by_text("From the loss back through layer3.0")).to_be_visible()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stMain").get_by_text("Back through layer2.0")).to_be_visible()
    measured(page)
    assert query(page)["lit"] == "layer2.0"
    block = page.locator('.st-key-flow_network .canvas.wide [data-pick="layer1.0"]')
    block.click()
    expect(page.get_by_test_id("stMain").get_by_text("Back through layer1.0")).to_be_visible()
    measured(page)
    expect(block).to_have_attribute("aria-pressed", "true")


def a_picture_of_ones_own_is_measured_and_kept_to_oneself(page: Page, server: Server, problems: Problems) -> None:
    to(page, server, **QUICK, input="images")
    expect(page.get_by_test_id("stMain").get_by_text("Choose a picture first")).to_be_visible()
    field = page.locator('.st-key-picture-upload input[type="file"]')
    field.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": picture()})
    expect(chart(page, "flow_chart")).to_be_visible()
    measured(page)
    assert set(query(page)) == {*QUICK, "input"}
    field.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"<svg onload='alert(1)'/>"})
    expect(page.get_by_test_id("stAlert").filter(has_text="PNG, JPEG")).to_be_visible()
    assert not problems.found


def a_depth_that_does_not_exist_is_explained(page: Page, server: Server) -> None:
    to(page, server, **{**QUICK, "flow": "plain20"})
    box = page.locator(".st-key-flow-depth input").first
    box.click()
    box.press_sequentially("2000", delay=50)
    box.press("Enter")
    measured(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="Depth 2000 does not exist")).to_be_visible()
    expect(chart(page, "flow_chart")).to_be_visible()


def everything_can_be_taken_away(page: Page) -> None:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Measurements as CSV").click()
    lines = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert {line["network"] for line in lines} == {"Shortcut A", "No shortcuts"}
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Python file that measures this").click()
    compile(waiting.value.path().read_text("utf-8"), "script", "exec")
    chart(page, "flow_chart")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Chart as PNG").click()
    assert waiting.value.suggested_filename.endswith(".png")
    assert Image.open(io.BytesIO(waiting.value.path().read_bytes())).size[0] > 600
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Chart as SVG").click()
    assert waiting.value.suggested_filename.endswith(".svg")
    assert ElementTree.fromstring(waiting.value.path().read_bytes()).tag.endswith("svg")


def test_two_browsers_at_once_and_a_long_sweep_that_one_of_them_cancels(server: Server, open_page: OpenPage) -> None:
    one, other = (
        open_page(address(server.url, "gradients", **{**QUICK, "images": str(images)}, view="First steps"))
        for images in (4, 5)
    )
    both_train_at_once(one, other)
    a_finished_result_is_there_after_another_page(one, server)
    a_long_sweep_is_cancelled(one, server)
    # The device is free again for somebody else's work.
    to(other, server, **{**QUICK, "images": "3"})
    expect(chart(other, "flow_chart")).to_be_visible()


def both_train_at_once(*pages: Page) -> None:
    for page in pages:
        wait_idle(page)
        page.get_by_role("button", name="Train both for these steps").click()
    for page in pages:
        measured(page)
        expect(chart(page, "losses_chart")).to_be_visible()
        expect(page.get_by_test_id("stMain").get_by_text("after 10 steps").first).to_be_visible()


def a_finished_result_is_there_after_another_page(page: Page, server: Server) -> None:
    to(page, server, **QUICK, view="Depth")
    page.get_by_role("button", name="Measure both at every depth").click()
    expect(chart(page, "growth_chart")).to_be_visible()
    measured(page)
    page.get_by_role("link", name="Compare", exact=True).click()
    wait_idle(page)
    page.get_by_role("link", name="Gradient flow", exact=True).click()
    expect(chart(page, "growth_chart")).to_be_visible()
    measured(page)
    assert query(page) == {**QUICK, "view": "Depth"}


def a_long_sweep_is_cancelled(page: Page, server: Server) -> None:
    follow(page, address(server.url, "gradients", view="Depth", seeds="9", images="64"))
    page.get_by_role("button", name="Measure both at every depth").click()
    expect(
        page.get_by_test_id("stMain").get_by_text(re.compile("Measuring at every depth: [0-9]+ %|place [0-9]+"))
    ).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=5_000)
    expect(page.get_by_role("button", name="Measure both at every depth")).to_be_visible()
