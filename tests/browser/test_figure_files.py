"""The files of figures, as a lecturer puts them on a slide: title, legend and source, on white, without the page."""

import io
import re
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.labels import ROLE_LABELS
from explorer.ui.ideas.choices import Lesson
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, switch_to, wait_idle
from tests.browser.test_phone_layout import expect_no_toolbar_over_words

SMALL = "resnet20~stage_blocks-1.1.1~image_size-8"
_SVG = "{http://www.w3.org/2000/svg}"
_LIGHT_INKS = {("230", "234", "241"), ("232", "235", "242"), ("250", "250", "250")}  # of words on the dark page
_SHAPES = "(graph) => (graph.layout.shapes ?? []).map((each) => each.name ?? '')"
_PAPER, _INK = "#FFFFFF", "#1F2430"


@dataclass(frozen=True)
class Saved:
    """An SVG that was saved: its markup and its elements."""

    markup: str
    root: ElementTree.Element

    @property
    def words(self) -> list[str]:
        return ["".join(each.itertext()) for each in self.root.iter(f"{_SVG}text")]

    @property
    def legend(self) -> dict[str, str]:
        """The legend's words by colour."""
        entries = [each for each in self.root.iter(f"{_SVG}g") if each.get("class") == "legend-entry"]
        return {entry[0].get("fill", ""): "".join(entry[1].itertext()) for entry in entries}

    @property
    def size(self) -> tuple[int, int]:
        return int(self.root.get("width", "0")), int(self.root.get("height", "0"))


def saved(page: Page, button: Locator) -> bytes:
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.path().read_bytes()


def svg(page: Page, button: Locator) -> Saved:
    data = saved(page, button)
    return Saved(data.decode(), ElementTree.fromstring(data))


def expect_slide(file: Saved, png: bytes, title: str, state: str) -> None:
    """The title first, the source last, dark ink on white paper, and a PNG with two pixels for one."""
    assert file.words[0] == title
    assert file.words[-1].startswith("Source: ResNet Explorer, ") and state in file.words[-1]
    paper = file.root[0]
    assert (paper.tag, paper.get("width"), paper.get("fill")) == (f"{_SVG}rect", "100%", _PAPER)
    assert file.root.get("fill") == _INK
    assert "var(--" not in file.markup and "data-tip" not in file.markup
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    assert picture.size == tuple(2 * side for side in file.size) and picture.width >= 2000
    assert {picture.getpixel(corner) for corner in ((0, 0), (picture.width - 1, picture.height - 1))} == {(255,) * 3}


class Diagram(NamedTuple):
    """A diagram by its key, in a state of a page, and the title of its file."""

    key: str
    page_name: str
    query: dict[str, str]
    title: str


DIAGRAMS = (
    Diagram("network", "architecture", {"net": "resnet50", "at": "layer2.1"}, "ResNet-50, v1.5: the whole network"),
    Diagram("unit", "architecture", {"net": "resnet50", "at": "layer2.0.conv2"}, "Inside layer2.0 of ResNet-50, v1.5"),
    Diagram(
        "flow_network",
        "gradients",
        {"flow": SMALL, "images": "2", "seeds": "1", "view": "At each add"},
        "ResNet-8 (CIFAR), 8 px: how the gradient splits on its way back",
    ),
)


def test_a_diagram_stands_alone_on_any_screen(server: Server, open_page: OpenPage) -> None:
    """One page goes from diagram to diagram, and changes its screen on the way."""
    urls = [address(server.url, each.page_name, **each.query) for each in DIAGRAMS]
    page = open_page(urls[0], dark=True)
    wait_idle(page)
    for diagram, url in zip(DIAGRAMS, urls, strict=True):
        if page.url != url:
            follow(page, url)
        _diagram_stands_alone(page, diagram)
    page.set_viewport_size({"width": 390, "height": 900})
    switch_to(page, "light")
    for diagram, url in zip(DIAGRAMS[::-1], urls[::-1], strict=True):
        if page.url != url:
            follow(page, url)
        _diagram_stands_alone(page, diagram)


def _diagram_stands_alone(page: Page, diagram: Diagram) -> None:
    key, _, query, title = diagram
    box = page.locator(f".st-key-{key}")
    expect(box.get_by_role("button", name="SVG")).to_be_visible()
    wait_idle(page)
    shown = page.locator(f".st-key-{key} .canvas.wide .selection")
    assert shown.count() > 0 or key == "flow_network"  # the page itself shows what is selected
    file = svg(page, box.get_by_role("button", name="SVG"))
    png = saved(page, box.get_by_role("button", name="PNG"))
    expect_slide(file, png, title, next(iter(query.values())))
    assert 'class="selection"' not in file.markup and "st-primary" not in file.markup
    drawn = {colour for colour in ROLE_COLOURS.values() if colour in _without_legend(file)}
    assert file.legend == {
        colour: ROLE_LABELS[role] for role, colour in ROLE_COLOURS.items() if colour in drawn
    }  # every role that occurs, and no other


def _without_legend(file: Saved) -> str:
    picture = next(each for each in file.root if each.tag == f"{_SVG}svg")
    return ElementTree.tostring(picture, encoding="unicode")


class Chart(NamedTuple):
    """A chart by its key, in a state of a page, with a part of its heading and an entry of its legend."""

    key: str
    page_name: str
    query: dict[str, str]
    heading: str
    legend: str


CHARTS = (
    Chart("start_curves", "", {}, "Why do deep networks need shortcuts?", "residual-56"),
    Chart("bars", "compare", {}, "ResNet-34 against ResNet-50, v1.5", "classifier"),
    Chart("tree1", "compare", {}, "ResNet-34 against ResNet-50, v1.5", "1×1, reduces"),
    Chart(
        "flow_chart",
        "gradients",
        {"flow": SMALL, "images": "2", "seeds": "1", "lit": "layer2.0"},
        "ResNet-8",
        "No shortcuts",
    ),
    Chart("idea_losses", "ideas", {}, "Why is x + F(x) easier than F(x)?", "residual, x + F(x)"),
)


def test_a_chart_stands_alone_in_either_scheme(server: Server, open_page: OpenPage) -> None:
    """One page goes from chart to chart."""
    page = open_page(address(server.url), width=390, dark=True)
    wait_idle(page)
    for url, charts in groupby(CHARTS, key=lambda each: address(server.url, each.page_name, **each.query)):
        shown = list(charts)
        if page.url.rstrip("/") != url.rstrip("/"):
            follow(page, url)
        for scheme in ("dark", "light"):
            switch_to(page, scheme)
            for chart in shown:
                _chart_stands_alone(page, chart)


def _chart_stands_alone(page: Page, chart: Chart) -> None:
    key, page_name, query, heading, legend = chart
    page.locator(f".st-key-{key} .main-svg").first.wait_for()
    wait_idle(page)
    shapes = page.locator(f".st-key-{key} .js-plotly-plot").evaluate(_SHAPES)
    assert ("chosen" in shapes) == ("lit" in query)
    buttons = page.locator(f".st-key-{key}-save")
    file = svg(page, buttons.get_by_role("button", name="Chart as SVG"))
    png = saved(page, buttons.get_by_role("button", name="Chart as PNG"))
    title = page.get_by_test_id("stHeading").locator("h2").first.inner_text()
    assert heading in title
    expect_slide(file, png, title, page_name)
    assert any(legend in words for words in file.words)
    drawn = [each for each in file.root.iter(f"{_SVG}path") if each.get("data-index")]
    assert len(drawn) == len(shapes) - shapes.count("chosen")
    inks = re.findall(r"fill: rgb\((\d+), (\d+), (\d+)\)[^>]*white-space", file.markup)
    assert inks and not _LIGHT_INKS & set(inks)


def test_no_toolbar_covers_a_chart_and_the_full_screen_is_left_again(server: Server, open_page: OpenPage) -> None:
    page = open_page(address(server.url, "ideas", lesson=Lesson.IDENTITY), dark=True, height=1800)
    expect_no_toolbar_over_words(page)
    page.locator(".st-key-idea_weights-save").get_by_role("button", name="Full screen").click()
    page.wait_for_function(
        "document.querySelector('.st-key-idea_weights .js-plotly-plot').getBoundingClientRect().width > 1300"
    )
    page.keyboard.press("Escape")
    page.wait_for_function(
        "document.querySelector('.st-key-idea_weights .js-plotly-plot').getBoundingClientRect().width < 900"
    )
