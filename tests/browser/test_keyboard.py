"""Each page's main job with the keyboard alone: the focus is seen at every stop, and every change is heard."""

import re

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle
from tests.browser.keyboard import focused, hears, listen, press, tab_to

DIAGRAM = """
- 'group "Picture, ResNet-18: the whole network"':
  - button "Zoom in +"
  - button "Zoom out −"
  - button "Fit"
  - button "SVG"
  - button "PNG"
- 'group "Diagram of the network: 8 blocks in 4 stages, from the image, 3×224×224, to 1,000 logits"':
  - button "stem 3×224×224 → 64×56×56 9,536 parameters 118,013,952 MACs"
  - group "layer1 ×2, 64×56×56":
    - button "layer1.0 64×56×56 → 64×56×56 basic block, identity shortcut 73,984 parameters 231,211,008 MACs"
    - button "layer1.1 64×56×56 → 64×56×56 basic block, identity shortcut 73,984 parameters 231,211,008 MACs"
  - group "layer2 ×2, 128×28×28":
    - button /layer2.0 64×56×56 → 128×28×28 basic block, projection shortcut \\(1×1\\) 230,144 parameters/ [pressed]
    - button "layer2.1 128×28×28 → 128×28×28 basic block, identity shortcut 295,424 parameters 231,211,008 MACs"
  - group "layer3 ×2, 256×14×14":
    - button /layer3.0 .* basic block, projection shortcut/
    - button /layer3.1 .* basic block, identity shortcut/
  - group "layer4 ×2, 512×7×7":
    - button /layer4.0 .* basic block, projection shortcut/
    - button /layer4.1 .* basic block, identity shortcut/
  - 'button "head: global average pooling and classifier 512×7×7 → 1,000×1×1 513,000 parameters 512,000 MACs"'
"""


def test_numbers_a_network_a_block_a_layer_and_their_receipts_and_a_comparison(
    server: Server, open_page: OpenPage
) -> None:
    """The pages that compute without torch, one after the other in one page of the browser."""
    page = open_page(address(server.url, "architecture", net="resnet18"))
    wait_idle(page)
    listen(page)
    architecture_a_network_a_block_a_layer_and_their_receipts(page)
    go(page, address(server.url, "compare", net1="resnet18", net2="resnet34"))
    compare_a_measure_and_the_tiles_of_a_treemap(page)


def test_measurements_a_walk_back_maps_and_a_lesson(server: Server, open_page: OpenPage) -> None:
    """The pages that measure, in the same way."""
    page = open_page(address(server.url, "gradients", view="At each add", seeds="1"))
    wait_idle(page)
    listen(page)
    gradients_a_walk_back_and_work_that_is_cancelled(page)
    go(page, address(server.url, "cam"))
    cam_the_maps_of_all_blocks_and_whether_to_believe_them(page)
    go(page, address(server.url, "ideas"))
    ideas_a_lesson_and_what_its_control_changes(page)


def go(page: Page, url: str) -> None:
    """To another page, with the focus where somebody begins who opens it."""
    follow(page, url)
    page.get_by_role("link", name="ResNet Explorer").focus()


def architecture_a_network_a_block_a_layer_and_their_receipts(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Architecture")
    expect(page.locator(".st-key-network")).to_match_aria_snapshot(DIAGRAM)

    tab_to(page, "Receipt of Parameters?", "button")
    press(page, "Enter")
    hears(page, "Parameters: stem 9,408")
    tab_to(page, "layer3.1\n")
    tip = page.locator(".st-key-network .tip")
    expect(tip).to_contain_text("1,180,672 parameters")
    press(page, "Escape")
    expect(tip).to_be_hidden()
    press(page, "Enter")
    assert focused(page).name.startswith("layer3.1\n")
    expect(page.get_by_role("heading", name="Inside layer3.1")).to_be_visible()
    hears(page, "Receipt of layer3.1")

    tab_to(page, "layer3.1.conv2 3×3 256×14×14")
    press(page, "Enter")
    hears(page, "Receipt of layer3.1.conv2", "3·3·256·256")
    tab_to(page, "Receipt of the whole layer3.1", "button")
    press(page, "Enter")  # the button is gone now
    hears(page, "Receipt of layer3.1 · ")
    page.wait_for_function("() => document.activeElement !== document.body")
    assert "Receipt of layer3.1" in focused(page).name  # from here the next Tab goes on

    tab_to(page, "Try it", "button", back=True)
    press(page, "Enter")
    hears(page, "ResNet-26, bottlenecks, v1.5, Parameters 15,995,176", "What you see.")
    assert focused(page).name.endswith("Try it")


def compare_a_measure_and_the_tiles_of_a_treemap(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    tab_to(page, "Network 2")
    press(page, "Control+a")
    page.keyboard.type("ResNet-50, v1.5")
    press(page, "Enter")
    hears(page, "ResNet-18 against ResNet-50, v1.5", "ResNet-50 (v1.5) has 32 more weighted layers")
    tab_to(page, "Parameters", "radio")
    press(page, "ArrowRight", "Space")
    hears(page, "What you see. MACs: ResNet-18 has 1.81\N{NO-BREAK SPACE}G, the largest part")
    expect(page.get_by_role("group", name="Chart compare-budget")).to_be_visible()

    tab_to(page, "ResNet-18, 1.81 G", "button")
    press(page, "ArrowRight")
    stage = focused(page).name
    assert re.match(r"Stage \d, \d+ M", stage)
    press(page, "Enter")  # looks inside
    for _ in range(10):
        press(page, "ArrowRight")
        if "conv" in focused(page).name:
            break
    assert focused(page).seen
    press(page, "Enter")  # its receipt
    expect(page.get_by_role("heading", level=1)).to_have_text("Architecture")
    hears(page, "Architecture")


def gradients_a_walk_back_and_work_that_is_cancelled(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Gradient flow")
    expect(page.get_by_role("slider", name="Walk back from the loss")).to_be_visible()
    tab_to(page, "Walk back from the loss", "input")
    press(page, "ArrowRight")
    hears(page, "Back through layer3.1: |dL/dh| of")
    tab_to(page, "At each add", "tab", back=True)
    press(page, "ArrowRight", "ArrowRight", "Enter")
    tab_to(page, "Measure", "button")
    start = focused(page).name
    page.keyboard.press("Enter")
    hears(page, "%")
    tab_to(page, "Cancel", "button")
    press(page, "Enter")
    hears(page, "Cancelled.")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert focused(page).name == start


def cam_the_maps_of_all_blocks_and_whether_to_believe_them(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Grad-CAM")
    expect(page.get_by_role("slider", name="Seen from")).to_be_visible()
    tab_to(page, "Seen from", "input")
    press(page, "ArrowLeft")
    hears(page, "What you see.")
    tab_to(page, "1.2", "button")
    expect(page.locator(".st-key-cam_strip .told")).to_contain_text("layer1.2: evidence for T-shirt/top")
    press(page, "Enter")
    assert focused(page).name.endswith("1.2")
    hears(page, "Grad-CAM at layer1.2: T-shirt/top")
    tab_to(page, "The map", "tab", back=True)
    press(page, *["ArrowRight"] * 4, "Enter")
    tab_to(page, "Put the map to the test", "button")
    press(page, "Enter")
    hears(page, "Finished.")
    strip = page.locator(".st-key-cam_random-strip")
    expect(strip.get_by_role("img")).to_have_count(11)
    expect(strip.get_by_role("button")).to_have_count(0)


def ideas_a_lesson_and_what_its_control_changes(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Ideas")
    expect(page.get_by_role("slider", name="Learning rate")).to_be_visible()
    tab_to(page, "x + F(x)", "radio")
    press(page, "ArrowRight", "Space")
    hears(page, "Does a product of derivatives kill the gradient?")
    assert focused(page).name == "Saturation"
    tab_to(page, "Layers", "input")
    press(page, "ArrowRight")
    hears(page, "What you see.")
    tab_to(page, "Compare", "a", back=True)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    hears(page, "Compare")
    assert focused(page).name == "Compare"
