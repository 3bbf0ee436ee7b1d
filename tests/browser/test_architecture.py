"""The Architecture page in a real Chromium, as its readers use it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer import analyze, build, from_url, preset
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    address,
    expect_healthy,
    expect_no_overflow,
    follow,
    wait_idle,
)

AGREES = re.compile("agrees with the arithmetic in every layer")


def open_network(open_page: OpenPage, server: Server, net: str, **more: object) -> Page:
    """The page with this network, idle and healthy."""
    query = {name: value for name, value in more.items() if isinstance(value, str)}
    screen = {name: value for name, value in more.items() if name not in query}
    page = open_page(address(server.url, "architecture", net=net, **query), **screen)
    wait_idle(page)
    expect_healthy(page)
    return page


def to_network(page: Page, server: Server, net: str, **query: str) -> None:
    """The page with another network of the same reader."""
    follow(page, address(server.url, "architecture", net=net, **query))
    expect_healthy(page)


def metric(page: Page, label: str) -> Locator:
    """The number under a headline's label."""
    return page.locator(f'.card[data-label="{label}"] .value')


def receipt(page: Page) -> Locator:
    """The words under the opened unit."""
    return page.get_by_test_id("stMarkdown").filter(has_text="Receipt of")


def part(page: Page, picture: str, name: str) -> Locator:
    """What one can click in a picture ("network", "unit"): in the drawing that this width shows."""
    return page.locator(f'.st-key-{picture} .canvas:visible [data-pick="{name}"]')


def choose(page: Page, field: str, label: str) -> None:
    """Choose an option of a select box of the editor."""
    box = page.locator(f".st-key-net-{field} input").first
    if field == "preset":
        box.fill(label)  # a long list shows only what is typed
    else:
        box.click()
    page.get_by_role("option", name=label, exact=True).click()
    wait_idle(page)


def test_back_leads_out_of_the_app_and_undoes_a_pick(server: Server, open_page: OpenPage) -> None:
    """Also where the bare address has a network in its link."""
    page = open_page("about:blank")
    for path, name in (
        ("?net=resnet20~shortcut-B", "ResNet-20 (CIFAR), shortcut B"),
        ("architecture", "ResNet-50, v1.5"),
    ):
        page.goto(address(server.url, path))
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        wait_idle(page)
        part(page, "network", "layer3.2").click()
        expect(page.get_by_role("heading", name="Inside layer3.2")).to_be_visible()
        wait_idle(page)
        page.go_back()
        expect(page.get_by_role("heading", name="Inside layer2.0")).to_be_visible()
        wait_idle(page)
        page.go_back()
        expect(page).to_have_url("about:blank")


def test_a_control_a_number_a_block_and_a_zoomed_picture(server: Server, open_page: OpenPage) -> None:
    """In one page of the browser, from link to link."""
    page = open_network(open_page, server, "resnet20")
    back_undoes_a_control_a_search_and_closes_an_expander(page)
    to_network(page, server, "resnet20")
    a_live_network_agrees_and_gives_its_rows(page)
    a_number_keeps_its_receipt_open_and_a_depth_nobody_knows_is_explained(page)
    to_network(page, server, "resnet50")
    a_block_and_its_layers_open_in_the_picture(page)
    to_network(page, server, "resnet18", q="layer2.1.conv2")
    a_layer_opens_from_the_table(page)
    a_zoomed_picture_catches_neither_wheel_nor_fingers(page)
    the_browsers_zoom_enlarges_its_letters(page)


def back_undoes_a_control_a_search_and_closes_an_expander(page: Page) -> None:
    choose(page, "preset", "ResNet-56 (CIFAR)")
    expect(metric(page, "Parameters")).to_have_text("853,018")
    choose(page, "shortcut", "B: projection where the shape changes")
    expect(metric(page, "Parameters")).to_have_text(f"{analyze(from_url('resnet56~shortcut-B')).params:,}")
    expect(page).to_have_url(re.compile(r"net=resnet56~shortcut-B"))
    page.go_back()
    expect(metric(page, "Parameters")).to_have_text("853,018")

    expect(page.get_by_test_id("stMain").get_by_text(AGREES)).to_be_visible()
    wait_idle(page)
    search = page.locator(".st-key-q-widget input")
    search.fill("downsample")
    search.press("Enter")
    expect(page).to_have_url(re.compile("q=downsample"))
    wait_idle(page)
    page.get_by_test_id("stMain").get_by_text("Take it away").click()
    expect(page).to_have_url(re.compile("files=true"))
    wait_idle(page)
    page.go_back()
    expect(page.get_by_role("button", name="PyTorch file")).to_have_count(0)
    expect(search).to_have_value("downsample")
    wait_idle(page)
    page.go_back()
    expect(search).to_have_value("")
    expect(page).to_have_url(re.compile("net=resnet56$"))


def a_live_network_agrees_and_gives_its_rows(page: Page) -> None:
    verdict = page.get_by_test_id("stMain").get_by_text(AGREES)
    expect(verdict).to_be_visible()
    expect(verdict).to_contain_text("Built on")
    expect(verdict).to_contain_text("269,722 parameters")
    page.get_by_test_id("stMain").get_by_text("what torchinfo saw row by row").click()
    wait_idle(page)
    expect(page.locator(".st-key-rows-widget").get_by_test_id("stDataFrame")).to_be_visible()


def a_number_keeps_its_receipt_open_and_a_depth_nobody_knows_is_explained(page: Page) -> None:
    asked = page.get_by_role("button", name="Receipt of Weighted layers")
    asked.click()
    expect(page.locator(".headline .receipt")).to_have_text(re.compile(r"1 \+ 2·\(3\+3\+3\) \+ 1 = 20$"))
    expect(asked).to_have_attribute("aria-expanded", "true")
    box = page.locator(".st-key-net-depth input").first
    box.click()
    box.fill("5000")
    box.press("Enter")
    wait_idle(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="Depth 5000 does not exist")).to_be_visible()
    expect(metric(page, "Parameters")).to_have_text("269,722")
    choose(page, "depth", "110")
    expect(metric(page, "Parameters")).to_have_text("1,727,962")
    expect(page.get_by_test_id("stMain").get_by_text("Depth 5000 does not exist")).to_have_count(0)
    # The receipt stays open, with the new network's numbers.
    expect(page.locator(".headline .receipt")).to_have_text(re.compile(r"1 \+ 2·\(18\+18\+18\) \+ 1 = 110$"))
    asked.click()
    expect(page.locator(".headline .receipt")).to_be_hidden()


def a_block_and_its_layers_open_in_the_picture(page: Page) -> None:
    """Pointing at a block gives its numbers, a click opens it, a layer gives its receipt."""
    part(page, "network", "layer1.0").hover()
    layers = analyze(preset("resnet50")).unit_layers("layer1.0")
    tip = page.locator(".st-key-network .tip")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text(f"{sum(layer.params for layer in layers):,} parameters")

    part(page, "network", "layer3.2").click()
    expect(page.get_by_role("heading", name="Inside layer3.2")).to_be_visible()
    part(page, "unit", "layer3.2.conv2").click()
    words = receipt(page)
    expect(words).to_contain_text("3·3·256·256 = 589,824")
    expect(words).to_contain_text("⌊(14 + 2·1 − 3)/1⌋ + 1 = 14")
    expect(page).to_have_url(re.compile("at=layer3.2.conv2"))
    expect(part(page, "network", "layer3.2")).to_have_attribute("aria-pressed", "true")
    wait_idle(page)


def a_layer_opens_from_the_table(page: Page) -> None:
    """Its row gives its receipt."""
    table = page.locator(".st-key-layers .dvn-scroller")
    table.click(position={"x": 18, "y": 52})
    wait_idle(page)
    expect(page).to_have_url(re.compile("at=layer2.1.conv2"))
    expect(part(page, "network", "layer2.1")).to_have_attribute("aria-pressed", "true")
    expect(receipt(page)).to_contain_text("Receipt of layer2.1.conv2")


def test_a_shared_link_gives_the_same_state_to_a_fresh_browser_and_its_readers_do_not_disturb_each_other(
    server: Server, open_page: OpenPage
) -> None:
    sender = open_network(open_page, server, "resnet110")
    choose(sender, "shortcut", "B: projection where the shape changes")
    part(sender, "network", "layer3.0").click()
    expect(sender.get_by_role("heading", name="Inside layer3.0")).to_be_visible()
    sender.locator(".st-key-q-widget input").fill("downsample")
    sender.locator(".st-key-q-widget input").press("Enter")
    wait_idle(sender)
    sender.get_by_role("button", name="Copy link").click()
    expect(sender.get_by_role("button", name="Link copied")).to_be_visible()
    link = sender.evaluate("() => navigator.clipboard.readText()")
    assert link == sender.url

    receiver = open_page(link)
    wait_idle(receiver)
    expect_healthy(receiver)
    expect(receiver.get_by_role("heading", name="ResNet-110 (CIFAR), shortcut B")).to_be_visible()
    expect(metric(receiver, "Parameters")).to_have_text(f"{1_727_962 + 2_752:,}")
    expect(receiver.get_by_role("heading", name="Inside layer3.0")).to_be_visible()
    expect(receiver.locator(".st-key-q-widget input")).to_have_value("downsample")
    expect(receiver.get_by_test_id("stMain").get_by_text(re.compile(r"^4 of [\d,]+ layers"))).to_be_visible()
    assert receiver.url == link

    choose(sender, "preset", "ResNet-18")
    choose(sender, "block", "Bottleneck")
    expect(sender.get_by_role("heading", name="ResNet-26, bottlenecks, v1.5")).to_be_visible()
    wait_idle(receiver)
    expect(receiver.get_by_role("heading", name="ResNet-110 (CIFAR), shortcut B")).to_be_visible()
    assert receiver.url == link


def test_everything_can_be_taken_away_also_from_a_dark_page_and_a_network_may_be_too_large(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_network(open_page, server, "resnet34", dark=True)
    pictures_can_be_taken_away_from_a_dark_page(page)
    for label, ending in (("Layers as CSV", "csv"), ("Layers as JSON", "json")):
        to_network(page, server, "resnet34", files="true", file=ending)
        assert b"layer4.1.conv2" in _downloaded(page.get_by_role("button", name=label), f"resnet34.{ending}")
    to_network(page, server, "resnet20~shortcut-B")
    a_python_file_builds_the_network(page, tmp_path)
    to_network(page, server, "resnet1202", at="layer2.77")
    resnet1202_is_drawn_folded(page)
    to_network(page, server, "resnet152~widths-4096.4096.4096.4096~image_size-2048")
    what_would_not_fit_is_refused_in_words_and_still_checked(page)


def resnet1202_is_drawn_folded(page: Page) -> None:
    expect(page.locator(".st-key-network .canvas:visible")).to_contain_text("×198")
    expect(part(page, "network", "layer2.77")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Inside layer2.77")).to_be_visible()


def what_would_not_fit_is_refused_in_words_and_still_checked(page: Page) -> None:
    verdict = page.get_by_test_id("stAlert").filter(has_text="Not run")
    expect(verdict).to_be_visible()
    expect(verdict).to_contain_text("smaller")


def _downloaded(button: Locator, filename: str) -> bytes:
    with button.page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename == filename
    return waiting.value.path().read_bytes()


def _picture_downloads(page: Page, ending: str, begins: bytes) -> None:
    button = page.locator(".st-key-network").get_by_role("button", name=ending.upper())
    content = _downloaded(button, f"resnet34.{ending}")
    assert content.startswith(begins)
    assert len(content) > 5_000
    if ending == "svg":
        assert b"var(--" not in content  # no page around it to give variables a value
        assert b"layer4" in content


def pictures_can_be_taken_away_from_a_dark_page(page: Page) -> None:
    background = page.get_by_test_id("stApp").evaluate("element => getComputedStyle(element).backgroundColor")
    assert background == "rgb(18, 21, 28)"
    words = page.locator(".st-key-network .canvas:visible svg text").first
    assert words.evaluate("element => getComputedStyle(element).fill") == "rgb(232, 235, 242)"
    _picture_downloads(page, "svg", b"<svg")
    _picture_downloads(page, "png", b"\x89PNG")
    expect(page.get_by_test_id("stMain").get_by_text(AGREES)).to_be_visible()  # nothing runs while a file is fetched


def a_python_file_builds_the_network(page: Page, tmp_path: Path) -> None:
    expect(page.get_by_role("heading", name="ResNet-20 (CIFAR), shortcut B")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text(AGREES)).to_be_visible()
    wait_idle(page)
    page.get_by_test_id("stMain").get_by_text("Take it away").click()
    wait_idle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PyTorch file").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name.removesuffix(".py").isidentifier()
    names: dict[str, object] = {"__name__": "downloaded"}
    exec(compile(file.read_text(encoding="utf-8"), file.name, "exec"), names)
    theirs = names["ResNet"]().state_dict()  # type: ignore[operator]
    ours = build(from_url("resnet20~shortcut-B")).state_dict()
    assert {name: value.shape for name, value in theirs.items()} == {name: value.shape for name, value in ours.items()}


def width_of(found: Locator) -> float:
    return float(found.evaluate("(element) => element.getBoundingClientRect().width"))


def a_zoomed_picture_catches_neither_wheel_nor_fingers(page: Page) -> None:
    svg = page.locator(".st-key-network .canvas:visible svg")
    whole = width_of(svg)
    tools = page.locator(".st-key-network .tools")
    tools.get_by_role("button", name="Zoom in").click()
    assert width_of(svg) > 1.3 * whole
    expect_no_overflow(page)
    assert {
        part.evaluate("(element) => getComputedStyle(element).touchAction") for part in (svg, svg.locator(".."))
    } == {"auto"}
    svg.hover()
    page.mouse.wheel(0, 300)
    page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop >= 200")
    tools.get_by_role("button", name="Fit").click()
    assert width_of(svg) == whole


def the_browsers_zoom_enlarges_its_letters(page: Page) -> None:
    words = page.locator(".st-key-network .canvas:visible text", has_text=re.compile(r"^64×56×56$")).first
    before = width_of(words)
    page.set_viewport_size({"width": 720, "height": 450})  # what a screen of 1440 is at 200 %
    expect(words).to_be_visible()
    assert width_of(words) >= before
