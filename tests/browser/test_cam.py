"""The Grad-CAM page in a real Chromium, as its readers use it."""

import io
import re
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bench.server import Server, serve
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.weights.catalogue import weight_set
from explorer.weights.load import FOLDER
from tests.browser.conftest import TRACEBACK, OpenPage
from tests.browser.driver import (
    Problems,
    address,
    expect_healthy,
    follow,
    wait_idle,
)
from tests.browser.test_compare import chart, query
from tests.weights.shop import Shop, name_for

BOOT = {"weights": "fashion-resnet20", "sample": "ankle-boot-1"}


def open_cam(open_page: OpenPage, server: Server, *, width: int = 1440, dark: bool = False, **asked: str) -> Page:
    """The page in this state, healthy, and with all that it computes by itself."""
    return settled(open_page(address(server.url, "cam", **asked), width=width, dark=dark))


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


def test_class_layer_and_colours_are_chosen_and_the_link_opens_the_same_elsewhere(
    server: Server, open_page: OpenPage
) -> None:
    """The class by its bar, the layer by keys and by its picture."""
    page = open_cam(open_page, server, **BOOT)
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

    twin = open_cam(open_page, server, **query(page))
    assert sources(twin) == sources(page) and seen(twin) == seen(page)
    elsewhere = {**BOOT, "class": "5", "layer": "layer2.0", "signed": "true", "opacity": "80"}
    for reader in (page, twin):
        follow(reader, address(server.url, "cam", **elsewhere))
        settled(reader)
    assert sources(twin) == sources(page) != second and seen(twin) == seen(page)


def png(side: int = 200) -> bytes:
    data = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2.0, -1.5, 1.0, 1.5), 60).save(data, "PNG")
    return data.getvalue()


def send(page: Page, name: str, data: bytes) -> None:
    field = page.locator('.st-key-picture-upload input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "image/png", "buffer": data})


def test_the_hint_in_the_empty_field_for_names_is_whole_on_a_screen_and_on_a_phone(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(address(server.url, "cam", weights="own"))
    field = page.get_by_role("textbox", name="One a line")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(field).to_have_attribute("placeholder", re.compile("cat\ndog"))
        wait_idle(page)
        assert field.evaluate("(area) => area.scrollHeight <= area.clientHeight"), width


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server with no weights but its own, and their folder. A shop of the test's gives it those of ResNet-18: random
    ones, under the name that their digest gives them, for what is tested is not what they say."""
    data = io.BytesIO()
    torch.save(build(preset("resnet18"), seed=18).state_dict(), data)
    shop = Shop(data.getvalue())
    counter = ThreadingHTTPServer(("127.0.0.1", 0), shop.handler())
    Thread(target=counter.serve_forever, daemon=True).start()
    weights = tmp_path / "weights"
    url = f"http://127.0.0.1:{counter.server_address[1]}/{name_for(shop.data)}"
    patch = f"from torchvision.models import ResNet18_Weights\nResNet18_Weights.IMAGENET1K_V1.value.url = {url!r}\n"
    (tmp_path / "sitecustomize.py").write_text(patch, encoding="utf-8")
    with serve(environment={FOLDER: str(weights), "PYTHONPATH": str(tmp_path)}) as running:
        yield running, weights
        log = running.log
    counter.shutdown()
    counter.server_close()
    assert TRACEBACK not in log, log


def test_weights_are_offered_brought_once_and_first_from_then_on(
    small_server: tuple[Server, Path], open_page: OpenPage
) -> None:
    """A photograph leads from the small network to one of photographs with one click, and no false claim before;
    weights that are not there lead back; two networks that are there stand beside each other."""
    server, folder = small_server
    page = open_cam(open_page, server, weights="resnet34-v1")
    page.get_by_role("button", name="Look with ResNet-20 (Fashion-MNIST), which is here").click()
    heading = page.get_by_role("heading", level=2).first  # for a moment the old one may stand beside the new one
    expect(heading).to_contain_text("ResNet-20 (Fashion-MNIST) says")
    wait_idle(page)

    follow(page, address(server.url, "cam", sample="mine"))
    send(page, "palace.png", png())
    expect(pictures(page)).to_have_count(3)
    known = "ResNet-20 (Fashion-MNIST) knows 10 kinds of clothing, ResNet-18 (ImageNet V1) 1,000 kinds of things"
    expect(page.get_by_test_id("stMain").get_by_text(known)).to_be_visible()
    expect(heading).to_contain_text("This picture is unlike those that ResNet-20 (Fashion-MNIST) learned from")
    page.get_by_role("button", name="Download and look with it").click()
    expect(heading).to_contain_text("ResNet-18 (ImageNet V1) says")
    expect(pictures(settled(page))).to_have_count(3)
    assert query(page) == {"sample": "mine", "weights": "resnet18-v1"}
    follow(page, address(server.url, "cam", sample="china", weights="fashion-resnet20"))
    page.get_by_role("button", name="Look with ResNet-18 (ImageNet V1)").click()
    expect(heading).to_contain_text("ResNet-18 (ImageNet V1) says")
    wait_idle(page)

    follow(page, address(server.url, "cam", weights="resnet50-v2"))
    settled(page)
    expect(page.get_by_test_id("stMain").get_by_text("are not on this machine yet")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    torch.save(build(preset("resnet34"), seed=34).state_dict(), folder / weight_set("resnet34-v1").file)
    page = open_cam(open_page, server)
    assert "(ImageNet V1) says" in headline(page)
    follow(page, address(server.url, "cam", weights="resnet18-v1", second="resnet34-v1", look="Two networks"))
    settled(page)
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).nth(1)).to_contain_text("ResNet-18 (ImageNet V1)")
    expect(pictures(page).nth(2)).to_contain_text("ResNet-34 (ImageNet V1)")
    assert "They disagree" in seen(page) or "Both say" in seen(page)


def test_people_see_their_own_pictures_and_a_bad_file_is_said_and_harms_nobody(
    server: Server, open_page: OpenPage, problems: Problems
) -> None:
    one = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    two = open_cam(open_page, server, **BOOT)
    send(one, "cat.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    expect(one.get_by_test_id("stAlert").filter(has_text="PNG, JPEG and WebP")).to_be_visible()
    two.locator('.st-key-cam_strip button[data-name="layer2.0"]').click()
    expect(pictures(two).last).to_contain_text("layer2.0")
    assert not problems.found

    follow(two, address(server.url, "cam", weights="fashion-resnet20", sample="mine"))
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
    assert "holiday" not in server.log


def test_the_map_is_tested_by_one_button_and_the_verdict_goes_with_the_map_that_it_is_about(
    server: Server, open_page: OpenPage
) -> None:
    """It names the map's own cells, warns where the picture is strange, and leaves when another block is chosen."""
    page = open_cam(open_page, server, weights="fashion-resnet20", sample="china", look="Believe it?", layer="layer2.1")
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


def test_picture_and_map_are_taken_away_and_kept_over_a_change_of_page(server: Server, open_page: OpenPage) -> None:
    """The PNG says what it shows; the raw map is read by numpy."""
    page = open_cam(open_page, server, **BOOT, layer="layer2.1")
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

    page.get_by_role("link", name="Compare").click()
    expect(page).to_have_title("Compare · ResNet Explorer")
    wait_idle(page)
    page.get_by_role("link", name="Grad-CAM").click()
    expect(page).to_have_title("Grad-CAM · ResNet Explorer")
    settled(page)
    expect(pictures(page).last).to_contain_text("layer2.1")
    assert query(page)["sample"] == "ankle-boot-1"


def test_a_quick_method_stands_beside_grad_cam_and_a_slow_one_is_asked(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, look="Other methods", method="layer_cam")
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).last).to_contain_text("LayerCAM at layer3.2")
    assert "LayerCAM and Grad-CAM at layer3.2 are" in seen(page)
    follow(page, address(server.url, "cam", **BOOT, look="Other methods", method="integrated_gradients"))
    expect(pictures(page)).to_have_count(2)
    page.get_by_role("button", name="Ask this method").click()
    expect(pictures(page)).to_have_count(3)
    settled(page)


def test_a_picture_from_the_camera(server: Server, open_page: OpenPage) -> None:
    """Chromium's own fake camera takes it."""
    page = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    page.context.grant_permissions(["camera"])
    page.get_by_test_id("stMain").get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    expect(pictures(page)).to_have_count(3)
    settled(page)
    assert set(query(page)) == {"weights", "sample"}
