"""Nonsense in the links of a real Chromium: no page stops, and no script or picture of a stranger is asked for."""

from playwright.sync_api import expect

from bench.server import Server
from tests.browser import test_architecture as architecture
from tests.browser import test_compare as compare
from tests.browser.conftest import OpenPage
from tests.browser.driver import Problems, address, expect_healthy, follow, wait_idle

NETWORKS = (
    {"net": "nonsense"},
    {"net": "A" * 10_000},
    {"net": "resnet50~image_size-NaN"},
    {"net": "resnet18~image_size-1"},
    {"net": "<script>alert(1)</script>", "at": "<img src=x>", "q": "<b>", "stage": "x", "role": "y", "batch": "-1"},
    {"net": "resnet18", "at": "![x](https://example.org/x.png)", "device": "cuda:99"},
)
COMPARE = {
    "net1": "<script>alert(1)</script>",
    "net2": "x" * 10_000,
    "net5": "resnet18",
    "tab": "None",
    "measure": "NaN",
    "cell": "![x](https://example.org/x.png)",
    "max_params": "-1",
    "edit": "maybe",
}
GRADIENTS = {
    "flow": "<script>alert(1)</script>",
    "images": "NaN",
    "seeds": "-1",
    "view": "x" * 5000,
    "contrast": "![x](https://example.org/x.png)",
    "lit": "../../etc",
    "rate": "1e999",
}


def test_nonsense_in_the_link_leaves_the_app_alive(server: Server, open_page: OpenPage, problems: Problems) -> None:
    """One page goes from link to link, and the controls of each page work after its last one."""
    page = open_page(address(server.url, "architecture"))
    wait_idle(page)
    params = architecture.metric(page, "Parameters")
    for query in NETWORKS:
        follow(page, address(server.url, "architecture", **query))
        expect_healthy(page)
        expect(params).to_have_text("11,689,512" if query["net"] == "resnet18" else "25,557,032")
        assert not problems.found, query
    architecture.choose(page, "preset", "ResNet-34")
    expect(params).to_have_text("21,797,672")

    follow(page, address(server.url, "compare", **COMPARE))
    expect_healthy(page)
    expect(compare.title(page)).to_have_text("ResNet-34 against ResNet-50, v1.5")
    compare.choose(page, "net2", "ResNet-18")
    expect(compare.title(page)).to_have_text("ResNet-34 against ResNet-18")

    follow(page, address(server.url, "gradients", **GRADIENTS))
    expect_healthy(page)
    expect(page.get_by_test_id("stMain").get_by_text("This link's network cannot be shown")).to_be_visible()
    field = page.locator(".st-key-images-widget input")
    field.fill("2")
    field.press("Enter")
    expect(compare.chart(page, "flow_chart")).to_be_visible()
    assert not problems.found
