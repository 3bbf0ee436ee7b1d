"""The Grad-CAM page in a real Chromium, as its readers use it."""

import io
import re
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
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
    expect_no_overflow_in_either_scheme,
    wait_idle,
)
from tests.browser.test_compare import chart, query
from tests.weights.shop import Shop, name_for

VIEWS = ("The map", "Why not …", "Two networks", "Other methods", "Believe it?")
BOOT = {"weights": "fashion-resnet20", "sample": "ankle-boot-1"}


@pytest.fixture(scope="module")
def cam_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with weights of ImageNet's kind for ResNet-18 and 34 in its cache: random ones, for none can be
    downloaded here, and what is tested is not what they say."""
    home = tmp_path_factory.mktemp("torch")
    folder = home / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    for depth in (18, 34):
        state = build(preset(f"resnet{depth}"), seed=depth).state_dict()
        torch.save(state, folder / weight_set(f"resnet{depth}-v1").file)
    with serve(environment={"TORCH_HOME": str(home)}) as running:
        yield running
        log = running.log
    assert TRACEBACK not in log, log


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


def test_a_click_on_a_bar_chooses_the_class(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT)
    before, said = sources(page), seen(page)
    click_row(page, 5)
    settled(page)
    expect(page.get_by_test_id("stMain").get_by_text("The map is for Sandal")).to_be_visible()
    after = sources(page)
    assert query(page)["class"] == "5"
    assert after[0] == before[0] and after[1] != before[1] and seen(page) != said


def test_the_layer_by_keys_and_by_its_picture(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT)
    before = sources(page)
    slider = page.get_by_role("slider", name="Seen from")
    slider.focus()
    slider.press("ArrowLeft")
    expect(pictures(page).last).to_contain_text("layer3.1")
    settled(page)
    assert sources(page)[1] != before[1]
    page.locator('.st-key-cam_strip button[data-name="layer1.2"]').click()
    expect(pictures(page).last).to_contain_text("layer1.2")
    settled(page)
    expect(page.locator('.st-key-cam_strip button[data-name="layer1.2"]')).to_have_attribute("aria-pressed", "true")
    assert query(page)["layer"] == "layer1.2"


def test_a_link_opens_the_same_elsewhere(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, layer="layer2.0", signed="true", opacity="80", **{"class": "5"})
    twin = open_cam(open_page, server, **query(page))
    assert sources(twin) == sources(page) and seen(twin) == seen(page)


def test_opacity_and_colours_change_the_map_only(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT)
    first = sources(page)
    page.get_by_role("radio", name="Magma").or_(page.get_by_role("button", name="Magma")).first.click()
    settled(page)
    second = sources(page)
    assert first[0] == second[0] and first[1] != second[1]
    assert query(page)["colours"] == "magma"


def test_two_networks_beside_each_other(cam_server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, cam_server, weights="resnet18-v1", second="resnet34-v1", look="Two networks")
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).nth(1)).to_contain_text("ResNet-18 (ImageNet V1)")
    expect(pictures(page).nth(2)).to_contain_text("ResNet-34 (ImageNet V1)")
    assert "They disagree" in seen(page) or "Both say" in seen(page)


def test_cached_weights_come_first_and_others_are_offered(cam_server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, cam_server)
    assert "(ImageNet V1) says" in headline(page)
    page = open_cam(open_page, cam_server, weights="resnet50-v2")
    expect(page.get_by_test_id("stMain").get_by_text("are not on this machine yet")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_be_visible()


def test_the_png_says_what_it_shows(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, layer="layer3.0")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Picture and map as PNG").click()
    image = Image.open(io.BytesIO(waiting.value.path().read_bytes()))
    assert image.format == "PNG" and image.width >= 640
    said = image.info["Description"]
    for part in ("ResNet-20", "Fashion-MNIST", "layer3.0", "Grad-CAM"):
        assert part in said


def png(side: int = 200) -> bytes:
    data = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2.0, -1.5, 1.0, 1.5), 60).save(data, "PNG")
    return data.getvalue()


def send(page: Page, name: str, data: bytes) -> None:
    field = page.locator('.st-key-picture-upload input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "image/png", "buffer": data})


def test_a_picture_of_ones_own(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    send(page, "holiday.png", png())
    expect(pictures(page)).to_have_count(3)
    settled(page)
    expect(pictures(page).first).to_contain_text("The picture")
    assert headline(page).startswith("This picture is unlike those that ResNet-20 (Fashion-MNIST) learned from")
    assert "It knows 10 kinds of clothing" in page.get_by_test_id("stMain").inner_text()
    assert set(query(page)) == {"weights", "sample"}
    assert "holiday" not in server.log


@pytest.mark.parametrize("width", [1440, 390])
def test_the_hint_in_the_empty_field_for_names_is_whole(server: Server, open_page: OpenPage, width: int) -> None:
    page = open_page(address(server.url, "cam", weights="own"), width=width)
    field = page.get_by_role("textbox", name="One a line")
    expect(field).to_have_attribute("placeholder", re.compile("cat\ndog"))
    wait_idle(page)
    assert field.evaluate("(area) => area.scrollHeight <= area.clientHeight")


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Shop]]:
    """A server with no weights but its own, to which a shop of the test's gives those of ResNet-18: random ones, under
    the name that their digest gives them."""
    data = io.BytesIO()
    torch.save(build(preset("resnet18"), seed=18).state_dict(), data)
    shop = Shop(data.getvalue())
    counter = ThreadingHTTPServer(("127.0.0.1", 0), shop.handler())
    Thread(target=counter.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("patched")
    url = f"http://127.0.0.1:{counter.server_address[1]}/{name_for(shop.data)}"
    patch = f"from torchvision.models import ResNet18_Weights\nResNet18_Weights.IMAGENET1K_V1.value.url = {url!r}\n"
    (folder / "sitecustomize.py").write_text(patch, encoding="utf-8")
    with serve(environment={FOLDER: str(folder / "weights"), "PYTHONPATH": str(folder)}) as running:
        yield running, shop
        log = running.log
    counter.shutdown()
    counter.server_close()
    assert TRACEBACK not in log, log


def test_a_photograph_leads_from_the_small_network_to_one_of_photographs(
    small_server: tuple[Server, Shop], open_page: OpenPage
) -> None:
    """With one click, and back there with another; no false claim before."""
    server, shop = small_server
    shop.status = 200
    page = open_cam(open_page, server, sample="mine")
    send(page, "palace.png", png())
    expect(pictures(page)).to_have_count(3)
    known = "ResNet-20 (Fashion-MNIST) knows 10 kinds of clothing, ResNet-18 (ImageNet V1) 1,000 kinds of things"
    expect(page.get_by_test_id("stMain").get_by_text(known)).to_be_visible()
    heading = page.get_by_role("heading", level=2).first  # for a moment the old one may stand beside the new one
    expect(heading).to_contain_text("This picture is unlike those that ResNet-20 (Fashion-MNIST) learned from")
    page.get_by_role("button", name="Download and look with it").click()
    expect(heading).to_contain_text("ResNet-18 (ImageNet V1) says")
    expect(pictures(settled(page))).to_have_count(3)
    assert query(page) == {"sample": "mine", "weights": "resnet18-v1"}
    page = open_cam(open_page, server, sample="china", weights="fashion-resnet20")
    page.get_by_role("button", name="Look with ResNet-18 (ImageNet V1)").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("ResNet-18 (ImageNet V1) says")


def test_weights_that_cannot_be_had_lead_back(small_server: tuple[Server, Shop], open_page: OpenPage) -> None:
    server, shop = small_server
    shop.status = 404
    page = open_cam(open_page, server, weights="resnet34-v1")
    page.get_by_role("button", name="Look with ResNet-20 (Fashion-MNIST), which is here").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("ResNet-20 (Fashion-MNIST) says")


def test_a_bad_file_is_said_and_harms_nobody(server: Server, open_page: OpenPage, problems: Problems) -> None:
    other = open_cam(open_page, server, **BOOT)
    page = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    send(page, "cat.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    expect(page.get_by_test_id("stAlert").filter(has_text="PNG, JPEG and WebP")).to_be_visible()
    other.locator('.st-key-cam_strip button[data-name="layer2.0"]').click()
    expect(pictures(other).last).to_contain_text("layer2.0")
    send(page, "cat.png", png())
    expect(pictures(page)).to_have_count(3)
    assert not problems.found


def test_two_people_see_their_own_pictures(server: Server, open_page: OpenPage) -> None:
    one = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    two = open_cam(open_page, server, weights="fashion-resnet20", sample="mine")
    send(one, "a.png", png(200))
    expect(pictures(one)).to_have_count(3)
    expect(pictures(two)).to_have_count(0)
    send(two, "b.png", png(90))
    expect(pictures(two)).to_have_count(3)
    settled(one)
    settled(two)
    assert sources(one)[0] != sources(two)[0]


def test_the_map_is_tested_by_one_button(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, look="Believe it?")
    page.get_by_role("button", name="Put the map to the test").click()
    for name in ("cam_deletion", "cam_insertion", "cam_random"):
        expect(chart(page, name)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Random weights over the app's 20 pictures of clothes").click()
    told = page.get_by_test_id("stAlert").get_by_text("The map depends on what the network has learnt")
    expect(told).to_be_visible()
    settled(page)


def test_the_verdict_goes_with_the_map_that_it_is_about(server: Server, open_page: OpenPage) -> None:
    """It names the map's own cells, warns where the picture is strange, and leaves when another block is chosen."""
    page = open_cam(open_page, server, weights="fashion-resnet20", sample="china", look="Believe it?", layer="layer2.1")
    verdict = page.get_by_test_id("stAlert").filter(has_text=re.compile("Trust|Do not trust this map|No verdict"))
    expect(verdict).to_have_count(0)
    page.get_by_role("button", name="Put the map to the test").click()
    expect(verdict).to_have_count(1)
    expect(verdict).to_contain_text("unlike those that the network learned from")
    settled(page)
    assert "7×7" not in verdict.inner_text()  # which are the last stage's cells
    expect(page.get_by_test_id("stMain").get_by_text("What no test can say")).to_be_visible()
    page.locator('.st-key-cam_strip button[data-name="layer3.2"]').click()
    expect(verdict).to_have_count(0)
    settled(page)


def test_the_raw_map_is_read_by_numpy(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, layer="layer2.1")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Map as .npy").click()
    values = np.load(io.BytesIO(waiting.value.path().read_bytes()), allow_pickle=False)
    assert values.dtype == np.float32 and values.shape == (14, 14) and np.isfinite(values).all()
    assert waiting.value.suggested_filename.endswith("grad_cam-layer2.1-class-9.npy")


def test_a_quick_method_stands_beside_grad_cam(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, look="Other methods", method="layer_cam")
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).last).to_contain_text("LayerCAM at layer3.2")
    assert "LayerCAM and Grad-CAM at layer3.2 are" in seen(page)


def test_another_method_is_asked(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, look="Other methods", method="integrated_gradients")
    expect(pictures(page)).to_have_count(2)
    page.get_by_role("button", name="Ask this method").click()
    expect(pictures(page)).to_have_count(3)
    settled(page)


def test_nothing_is_cut_off_on_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, width=390, **BOOT)
    for view in VIEWS:
        page.get_by_role("tab", name=view, exact=True).click()
        settled(page)
        expect(pictures(page).first).to_be_visible()
        expect_no_overflow_in_either_scheme(page)


def test_the_picture_is_kept_over_a_change_of_page(server: Server, open_page: OpenPage) -> None:
    page = open_cam(open_page, server, **BOOT, layer="layer2.2")
    page.get_by_role("link", name="Compare").click()
    expect(page).to_have_title("Compare · ResNet Explorer")
    wait_idle(page)
    page.get_by_role("link", name="Grad-CAM").click()
    expect(page).to_have_title("Grad-CAM · ResNet Explorer")
    settled(page)
    expect(pictures(page).last).to_contain_text("layer2.2")
    assert query(page)["sample"] == "ankle-boot-1"


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
