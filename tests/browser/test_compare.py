"""The Compare page in a real Chromium, as its readers use it."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlparse

from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer import analyze, from_url, name_of, to_url
from explorer.charts.compare.landscape_points import link_of
from explorer.compare.landscape import presets_of_landscape
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, expect_healthy, follow, wait_idle
from tests.browser.test_architecture import metric


def open_compare(open_page: OpenPage, server: Server, *, width: int = 1440, dark: bool = False, **query: str) -> Page:
    """The page in this state, idle and healthy."""
    page = open_page(address(server.url, "compare", **query), width=width, dark=dark)
    wait_idle(page)
    expect_healthy(page)
    return page


def title(page: Page) -> Locator:
    return page.get_by_test_id("stHeading").locator("h2")


def choose(page: Page, place: str, name: str) -> None:
    """Choose a network for a place."""
    page.locator(f".st-key-{place}-pick input").first.fill(name)  # a long list shows only what is typed
    page.get_by_role("option", name=name, exact=True).click()
    wait_idle(page)


def query(page: Page) -> dict[str, str]:
    """The state in the address."""
    return dict(parse_qsl(urlparse(page.url).query))


def chart(page: Page, key: str) -> Locator:
    """A chart, once it is drawn: its library comes to the browser later than the page."""
    found = page.locator(f".st-key-{key} .js-plotly-plot")
    expect(found.locator(".xtick, .slice").first).to_be_attached()
    return found


def test_tiles_and_bars_lead_to_their_layers_and_on_to_the_architecture_page(
    server: Server, open_page: OpenPage
) -> None:
    page = open_compare(open_page, server, net2="resnet18")
    a_tile_leads_to_its_layer(page)
    a_bar_leads_to_its_layers_and_on_to_the_architecture_page(page)


def a_tile_leads_to_its_layer(page: Page) -> None:
    page.mouse.click(*tile(page, "tree1", "layer4.1"))
    expect(page.locator(".st-key-tree1 .pathbar").first).to_be_visible()  # looks inside
    wait_idle(page)
    assert query(page) == {"net2": "resnet18"}
    page.mouse.click(*tile(page, "tree1", "conv2"))
    expect(page.get_by_test_id("stMain").get_by_text("Receipt of layer4.1.conv2")).to_be_visible()
    wait_idle(page)
    assert query(page) == {"net": "resnet18", "at": "layer4.1.conv2"}
    page.go_back()
    wait_idle(page)
    expect_healthy(page)
    assert query(page) == {"net2": "resnet18"}


def a_bar_leads_to_its_layers_and_on_to_the_architecture_page(page: Page) -> None:
    blue = "rgb(0, 114, 178)"  # the 3×3 convolutions
    chart(page, "bars").scroll_into_view_if_needed()
    place = page.evaluate(
        """blue => {
          const bars = [...document.querySelectorAll('.st-key-bars .barlayer .point path')];
          const boxes = bars.filter(bar => getComputedStyle(bar).fill === blue).map(bar => bar.getBoundingClientRect());
          const { x, y, width, height } = boxes.sort((one, other) => other.width - one.width)[0];
          return { x, y, width, height };
        }""",
        blue,
    )
    page.mouse.click(place["x"] + place["width"] / 3, place["y"] + place["height"] / 2)
    wait_idle(page)
    expect(page.get_by_test_id("stMain").get_by_text("ResNet-34, stage 4, 3×3 convolution")).to_be_visible()
    assert query(page)["cell"] == "1.layer4.3x3"
    page.get_by_role("link", name="Open ResNet-34 at layer4.0.conv1").click()
    wait_idle(page)
    expect_healthy(page)
    assert query(page) == {"net": "resnet34", "at": "layer4.0.conv1"}
    expect(page.get_by_role("heading", name="ResNet-34")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("Receipt of layer4.0.conv1")).to_be_visible()


def test_a_comparison_is_changed_and_its_link_opens_the_same_state_elsewhere_and_every_choice_survives(
    server: Server, open_page: OpenPage
) -> None:
    """After that the sender reads a choice out, and the receiver, whose session is new, goes to another page."""
    sender = open_compare(open_page, server)
    a_comparison_is_changed(sender)
    receiver = open_page(sender.url)
    wait_idle(receiver)
    expect_healthy(receiver)
    expect_the_comparison(receiver)
    assert query(receiver) == query(sender)
    assert set(query(sender)) == {"net2", "tab", "by", "measure", "differs"}

    sender.set_viewport_size({"width": 390, "height": 900})
    follow(sender, address(server.url, "compare", tab="What if"))
    a_choice_is_read_out_and_compared(sender)
    every_choice_survives_another_tab_and_another_page(receiver, server)
    networks_are_measured_and_a_measurement_is_given_up(receiver, server)


def a_comparison_is_changed(sender: Page) -> None:
    choose(sender, "net2", "ResNet-101, v1.5")
    expect(title(sender)).to_have_text("ResNet-34 against ResNet-101, v1.5")
    expect(sender.get_by_role("table").first).to_contain_text("44,549,160")
    expect(chart(sender, "bars")).to_contain_text("Parameters by stage and role")
    sender.get_by_role("radio", name="MACs").click()
    wait_idle(sender)
    expect(chart(sender, "bars")).to_contain_text("MACs by stage and role")
    assert query(sender) == {"net2": "resnet101", "measure": "macs"}

    sender.get_by_role("tab", name="What changes").click()
    wait_idle(sender)
    with sender.expect_download() as waiting:
        sender.get_by_role("button", name="Whole table as CSV").click()
    assert waiting.value.suggested_filename == "resnet34-against-resnet101.csv"
    assert len(waiting.value.path().read_text("utf-8-sig").splitlines()) > 8
    sender.get_by_role("radio", name="role", exact=True).click()
    wait_idle(sender)
    sender.get_by_role("radio", name="Activation memory").click()
    wait_idle(sender)
    sender.locator(".st-key-differs-widget label").first.click()
    wait_idle(sender)


def expect_the_comparison(receiver: Page) -> None:
    expect(title(receiver)).to_have_text("ResNet-34 against ResNet-101, v1.5")
    expect(receiver.get_by_role("tab", name="What changes")).to_have_attribute("aria-selected", "true")
    expect(chart(receiver, "waterfall")).to_contain_text("Activation memory from ResNet-34")
    expect(receiver.get_by_role("radio", name="role", exact=True)).to_be_checked()
    expect(receiver.get_by_role("switch", name="Only what differs")).to_be_checked()


def points(page: Page, trace: str) -> list[tuple[object, float, float]]:
    """A trace's points of the landscape: what each stands for, and where it is on the screen."""
    chart(page, "landscape").scroll_into_view_if_needed()
    found: list[tuple[object, float, float]] = page.evaluate(
        """name => {
          const plot = document.querySelector('.st-key-landscape .js-plotly-plot');
          const trace = plot._fullData.find(each => each.name === name && each.customdata);
          const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
          const { xaxis, yaxis } = plot._fullLayout;
          const at = i => [box.x + xaxis.d2p(trace.x[i]), box.y + yaxis.d2p(trace.y[i])];
          return trace.customdata.map((net, i) => [net, ...at(i)]);
        }""",
        trace,
    )
    return found


def test_a_point_of_the_landscape_leads_to_that_network(server: Server, open_page: OpenPage) -> None:
    """Also one among others of its price; "back" leads to the landscape again."""
    page = open_compare(open_page, server, tab="Landscape")
    published = points(page, "published")
    assert {net for net, _, _ in published} == {to_url(each.config) for each in presets_of_landscape()}
    for trace, wanted in (("published", "resnet34"), ("best inside the budget", None)):
        net, x, y = next(point for point in reversed(points(page, trace)) if wanted in (None, point[0]))
        page.mouse.click(x, y)
        wait_idle(page)
        assert query(page) == {"net": net}, trace
        expect(page.get_by_role("heading", name=name_of(from_url(net)), exact=True)).to_be_visible()
        page.go_back()
        wait_idle(page)
        assert query(page) == {"tab": "Landscape"}, trace

    net, x, y = max(points(page, "swept, bottlenecks"), key=lambda point: point[1])  # far from all others
    page.mouse.click(x, y)
    wait_idle(page)
    opened, wanted = from_url(query(page)["net"]), from_url(link_of(net))
    assert replace(opened, shortcut=wanted.shortcut) == wanted  # networks of another shortcut lie under the same point
    expect(metric(page, "Parameters")).to_have_text(f"{analyze(opened).params:,}")


def tile(page: Page, tree: str, label: str) -> tuple[float, float]:
    """Where the label of a treemap's largest tile of that name is, a little inside its left upper corner."""
    chart(page, tree).scroll_into_view_if_needed()
    found: list[tuple[float, float]] = page.evaluate(
        """([tree, label]) => [...document.querySelectorAll(`.st-key-${tree} .slice`)]
          .filter(slice => slice.textContent.startsWith(label))
          .map(slice => slice.querySelector('path').getBoundingClientRect())
          .sort((one, other) => other.width * other.height - one.width * one.height)
          .map(({ x, y }) => [x + 20, y + 12])""",
        [tree, label],
    )
    return found[0]


def a_choice_is_read_out_and_compared(page: Page) -> None:
    table = page.locator(".st-key-alternatives .dvn-scroller")
    table.click(position={"x": 18, "y": 52})
    said = page.get_by_test_id("stMarkdown").filter(has_text="Bottlenecks at the same output widths")
    expect(said).to_contain_text("depth 35. Parameters 1,550,776 · 0.0711")
    page.get_by_role("button", name="Compare it, too").click()
    wait_idle(page)
    assert query(page) == {"tab": "What if", "net3": "resnet50~stage_blocks-2.3.4.2~widths-16.32.64.128"}


def every_choice_survives_another_tab_and_another_page(page: Page, server: Server) -> None:
    """Every tab in tests/pages; here the browser's own address, and the tab that is lit."""
    state = {"net1": "resnet20", "net3": "resnet18", "measure": "macs", "share": "true", "by": "role", "to": "3"}
    state |= {"differs": "true", "channels": "512", "ratio": "8", "from": "2", "goal": "width", "max_params": "5 M"}
    state |= {"around": "3", "batch": "4", "edit": "true", "edit_which": "2"}
    follow(page, address(server.url, "compare", **state))
    expect_healthy(page)
    tab = page.get_by_role("tab", name="Landscape", exact=True)
    tab.click()
    wait_idle(page)
    assert query(page) == {**state, "tab": "Landscape"}
    page.get_by_role("link", name="Architecture", exact=True).click()
    wait_idle(page)
    expect_healthy(page)
    expect(metric(page, "Parameters")).to_have_text("25,557,032")
    page.locator(".st-key-q-widget input").fill("conv2")
    page.locator(".st-key-q-widget input").press("Enter")
    wait_idle(page)
    page.get_by_role("link", name="Compare", exact=True).click()
    wait_idle(page)
    expect_healthy(page)
    expect(tab).to_have_attribute("aria-selected", "true")
    assert query(page) == {**state, "tab": "Landscape"}


def networks_are_measured_and_a_measurement_is_given_up(page: Page, server: Server) -> None:
    """Small ones at once; large batches take half a minute."""
    small = "20~stage_blocks-1.1.1~image_size-8"
    follow(page, address(server.url, "compare", net1=f"resnet{small}", net2=f"plain{small}", tab="Measured"))
    page.get_by_role("button", name="Measure").click()
    expect(chart(page, "timings")).to_be_visible()
    wait_idle(page)
    expect(
        page.get_by_test_id("stMain").get_by_text("Plain-8 (CIFAR, 8 px) does the same MACs as ResNet-8 (CIFAR, 8 px)")
    ).to_be_visible()

    follow(page, address(server.url, "compare", net1="resnet110", net2="plain110", tab="Measured", batch="32"))
    page.get_by_role("button", name="Measure").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Measure")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    wait_idle(page)
    expect(page.locator(".st-key-timings")).to_have_count(0)  # what is shown when it ends by itself
