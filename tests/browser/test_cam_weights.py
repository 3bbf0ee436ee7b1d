"""The Grad-CAM page of a server that has no weights but its own: others are offered, brought, and then used."""

import io
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import torch
from playwright.sync_api import expect

from bench.server import Server, serve
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.weights.catalogue import weight_set
from explorer.weights.load import FOLDER
from tests.browser.conftest import TRACEBACK, OpenPage
from tests.browser.driver import address, follow, wait_idle
from tests.browser.test_cam import headline, open_cam, pictures, png, seen, send, settled, to
from tests.browser.test_compare import query
from tests.weights.shop import Shop, name_for


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

    to(page, server, weights="resnet50-v2")
    expect(page.get_by_test_id("stMain").get_by_text("are not on this machine yet")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    torch.save(build(preset("resnet34"), seed=34).state_dict(), folder / weight_set("resnet34-v1").file)
    page = settled(open_page(address(server.url, "cam"), beside=page))
    assert "(ImageNet V1) says" in headline(page)
    to(page, server, weights="resnet18-v1", second="resnet34-v1", look="Two networks")
    expect(pictures(page)).to_have_count(3)
    expect(pictures(page).nth(1)).to_contain_text("ResNet-18 (ImageNet V1)")
    expect(pictures(page).nth(2)).to_contain_text("ResNet-34 (ImageNet V1)")
    assert "They disagree" in seen(page) or "Both say" in seen(page)
