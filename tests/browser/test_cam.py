"""The Grad-CAM page in a real Chromium, as its readers use it."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

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

BOOT = {"weights": "fashion-resnet20", "sample": "ankle-boot-1"}


def open_cam(open_page: OpenPage, server: Server, *, width: int = 1440, dark: bool = False, **asked: str) -> Page:
    """The page in this state, healthy, and with all that it computes by itself."""
    return settled(open_page(address(server.url, "cam", **asked), width=width, dark=dark))


def to(page: Page, server: Server, **asked: str) -> Page:
    """The page at another link of the same reader."""
    follow(page, address(server.url, "cam", **asked))
    return settled(page)


def settled(page: Page) -> Page:
    wait_idle(page)
    expect(page.get_by_test_id("stMain").get_by_text("PyTorch is loading")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    wait_idle(page)
    expect_healthy(page)
    return page


def pictures(page: Page) -> Locator:
    return page.locator(".st-key-cam_pictures figure")


def sources(page: Page) -> list[str]:
    """The pictures themselves, to tell whether one changed."""
    return [str(each.get_attribute("src")) for each in pictures(page).locator("img").all()]


def seen(page: Page) -> str:
    return page.locator("p", has_text="What you see.").first.inner_text().replace("\N{NO-BREAK SPACE}", " ")


def headline(page: Page) -> str:
    return page.get_by_role("heading", level=2).inner_text().replace("\N{NO-BREAK SPACE}", " ")


def click_row(page: Page, index: int) -> None:
    """Click the bar of the class with this index in the chart of the likeliest classes."""
    chart(page, "cam_guesses").scroll_into_view_if_needed()
    place = page.evaluate(
        """(index) => {
          const plot = document.querySelector('.st-key-cam_guesses .js-plotly-plot');
          const trace = plot._fullData[0];
          const row = Array.from(trace.customdata).findIndex((each) => Number(each?.[0] ?? each) === index);
          const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
          const { xaxis, yaxis } = plot._fullLayout;
          return [box.x + xaxis.d2p(50), box.y + yaxis.d2p(trace.y[row])];
        }""",
        index,
    )
    page.mouse.click(*place)


def test_two_readers_see_the_same_by_one_link_and_each_their_own_pictures(
    server: Server, open_page: OpenPage, problems: Problems
) -> None:
    page = open_cam(open_page, server, **BOOT)
    class_layer_and_colours_are_chosen(page)
    twin = open_cam(open_page, server, **query(page))
    assert sources(twin) == sources(page) and seen(twin) == seen(page)
    before = sources(page)
    for reader in (page, twin):
        to(reader, server, **{**BOOT, "class": "5", "layer": "layer2.0", "signed": "true", "opacity": "80"})
    assert sources(twin) == sources(page) != before and seen(twin) == seen(page)

    to(page, server, weights="fashion-resnet20", sample="mine")
    a_bad_file_is_said_and_harms_nobody(page, twin, problems)
    to(twin, server, weights="fashion-resnet20", sample="mine")
    people_see_their_own_pictures(page, twin)
    assert "holiday" not in server.log


def class_layer_and_colours_are_chosen(page: Page) -> None:
    """The class by its bar, the layer by keys and by its picture."""
    before, said = sources(page), seen(page)
    click_row(page, 5)
    settled(page)
    expect(page.get_by_test_id("stMain").get_by_text("The map is for Sandal")).to_be_visible()
    after = sources(page)
    assert query(page)["class"] == "5"
    assert after[0] == before[0] and after[1] != before[1] and seen(page) != said

    slider = page.get_by_role("slider", name="Seen from")
    slider.focus()
    slider.press("ArrowLeft")
    expect(pictures(page).last).to_contain_text("layer3.1")
    settled(page)
    assert sources(page)[1] != after[1]
    page.locator('.st-key-cam_strip button[data-name="layer1.2"]').click()
    expect(pictures(page).last).to_contain_text("layer1.2")
    settled(page)
    expect(page.locator('.st-key-cam_strip button[data-name="layer1.2"]')).to_have_attribute("aria-pressed", "true")
    assert query(page)["layer"] == "layer1.2"

    first = sources(page)
    page.get_by_role("radio", name="Magma").or_(page.get_by_role("button", name="Magma")).first.click()
    settled(page)
    second = sources(page)
    assert first[0] == second[0] and first[1] != second[1]
    assert query(page)["colours"] == "magma"


def png(side: int = 200) -> bytes:
    data = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2.0, -1.5, 1.0, 1.5), 60).save(data, "PNG")
    return data.getvalue()


def send(page: Page, name: str, data: bytes) -> None:
    field = page.locator('.st-key-picture-upload input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "image/png", "buffer": data})


def a_bad_file_is_said_and_harms_nobody(one: Page, two: Page, problems: Problems) -> None:
    send(one, "cat.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    expect(one.get_by_test_id("stAlert").filter(has_text="PNG, JPEG and WebP")).to_be_visible()
    two.locator('.st-key-cam_strip button[data-name="layer3.0"]').click()
    expect(pictures(two).last).to_contain_text("layer3.0")
    assert not problems.found


def people_see_their_own_pictures(one: Page, two: Page) -> None:
    send(one, "holiday.png", png(200))
    expect(pictures(one)).to_have_count(3)
    settled(one)
    expect(pictures(one).first).to_contain_text("The picture")
    assert headline(one).startswith("This picture is unlike those that ResNet-20 (Fashion-MNIST) learned from")
    assert "It knows 10 kinds of clothing" in one.get_by_test_id("stMain").inner_text()
    assert set(query(one)) == {"weights", "sample"}
    expect(pictures(two)).to_have_count(0)
    send(two, "b.png", png(90))
    expect(pictures(two)).to_have_count(3)
    settled(two)
    assert sources(one)[0] != sources(two)[0]


def test_picture_and_map_are_taken_away_compared_and_tested_and_a_picture_is_taken(
    server: Server, open_page: OpenPage
) -> None:
    """In one page of the browser, from link to link."""
    page = open_cam(open_page, server, **BOOT, layer="layer2.1")
    picture_and_map_are_taken_away(page)
    a_map_is_kept_over_a_change_of_page(page)
    a_quick_method_stands_beside_grad_cam_and_a_slow_one_is_asked(page, server)
    to(page, server, weights="fashion-resnet20", sample="china", look="Believe it?", layer="layer2.1")
    the_map_is_tested_by_one_button_and_the_verdict_goes_with_the_map_that_it_is_about(page)
    follow(page, address(server.url, "cam", weights="own"))
    the_hint_in_the_empty_field_for_names_is_whole_on_a_phone_and_on_a_screen(page)
    to(page, server, weights="fashion-resnet20", sample="mine")
    a_picture_from_the_camera(page)


def the_map_is_tested_by_one_button_and_the_verdict_goes_with_the_map_that_it_is_about(page: Page) -> None:
    """It names the map's own cells, warns where the picture is strange, and leaves when another block is chosen."""
    verdict = page.get_by_test_id("stAlert").filter(has_text=re.compile("Trust|Do not trust this map|No verdict"))
    expect(verdict).to_have_count(0)
    page.get_by_role("button", name="Put the map to the test").click()
    for name in ("cam_deletion", "cam_insertion", "cam_random"):
        expect(chart(page, name)).to_be_visible()
    expect(verdict).to_have_count(1)
    expect(verdict).to_contain_text("unlike those that the network learned from")
    settled(page)
    assert "7×7" not in verdict.inner_text()  # which are the last stage's cells
    expect(page.get_by_test_id("stMain").get_by_text("What no test can say")).to_be_visible()
    page.get_by_role("button", name="Random weights over the app's 20 pictures of clothes").click()
    told = page.get_by_test_id("stAlert").get_by_text("The map depends on what the network has learnt")
    expect(told).to_be_visible()
    settled(page)
    page.locator('.st-key-cam_strip button[data-name="layer3.2"]').click()
    expect(verdict).to_have_count(0)
    settled(page)


def picture_and_map_are_taken_away(page: Page) -> None:
    """The PNG says what it shows; the raw map is read by numpy."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Map as .npy").click()
    values = np.load(io.BytesIO(waiting.value.path().read_bytes()), allow_pickle=False)
    assert values.dtype == np.float32 and values.shape == (14, 14) and np.isfinite(values).all()
    assert waiting.value.suggested_filename.endswith("grad_cam-layer2.1-class-9.npy")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Picture and map as PNG").click()
    image = Image.open(io.BytesIO(waiting.value.path().read_bytes()))
    assert image.format == "PNG" and image.width >= 640
    said = image.info["Description"]
    for part in ("ResNet-20", "Fashion-MNIST", "layer2.1", "Grad-CAM"):
        assert part in said


def a_map_is_kept_over_a_change_of_page(page: Page) -> None:
    page.get_by_role("link", name="Compare").click()
    expect(page).to_have_title("Compare · ResNet Explorer")
    wait_idle(page)
    page.get_by_role("link", name="Grad-CAM").click()
    expect(page).to_have_title("Grad-CAM · ResNet Explorer")
    settled(page)
    expect(pictures(page).last).to_contain_text("layer2.1")
    assert query(page)["sample"] == "ankle-boot-1"


def a_quick_method_stands_beside_grad_cam_and_a_slow_one_is_asked(page: Page, server: Server) -> None:
    to(page, server, **BOOT, look="Other methods", method="layer_cam")
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).last).to_contain_text("LayerCAM at layer3.2")
    assert "LayerCAM and Grad-CAM at layer3.2 are" in seen(page)
    follow(page, address(server.url, "cam", **BOOT, look="Other methods", method="integrated_gradients"))
    expect(pictures(page)).to_have_count(2)
    page.get_by_role("button", name="Ask this method").click()
    expect(pictures(page)).to_have_count(3)
    settled(page)


def a_picture_from_the_camera(page: Page) -> None:
    """Chromium's own fake camera takes it."""
    expect(pictures(page)).to_have_count(0)
    page.context.grant_permissions(["camera"])
    page.get_by_test_id("stMain").get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    expect(pictures(page)).to_have_count(3)
    settled(page)
    assert set(query(page)) == {"weights", "sample"}


def the_hint_in_the_empty_field_for_names_is_whole_on_a_phone_and_on_a_screen(page: Page) -> None:
    field = page.get_by_role("textbox", name="One a line")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        expect(field).to_have_attribute("placeholder", re.compile("cat\ndog"))
        wait_idle(page)
        assert field.evaluate("(area) => area.scrollHeight <= area.clientHeight"), width
