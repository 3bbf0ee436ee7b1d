"""On a phone: the picture on the first screen of every page, the settings within one tap, and nothing over another."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from bench.server import Server
from explorer.ui.ideas.choices import Lesson
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle

FIRST_SCREEN = 700  # pixels of 844 above which the picture begins
SMALL = {"flow": "resnet20~stage_blocks-1.1.1~image_size-8", "images": "2", "seeds": "1"}
STORY = {"images": "2", "seeds": "1"}  # the story that the page opens with, but for its size

PLOT = ".js-plotly-plot"
# Every part that has a picture from the start, and the picture; for lessons see test_ideas.py.
PARTS: dict[str, list[tuple[dict[str, str], str]]] = {
    "": [({}, ".st-key-start_curves")],
    "architecture": [({}, ".st-key-network")],
    "compare": [
        ({}, ".st-key-bars"),
        ({"tab": "What changes"}, ".st-key-waterfall"),
        ({"tab": "What if"}, '[role="tab"][aria-selected="true"]'),  # its picture is asked for below
        ({"tab": "Landscape"}, ".st-key-landscape"),
    ],
    "gradients": [
        (STORY, ".st-key-flow_chart"),
        ({**STORY, "view": "At each add"}, ".st-key-flow_network"),
        ({"view": "Activations"}, ".st-key-activations_chart"),
    ],
    "training": [({"experiment": "Recorded runs"}, ".st-key-race_curves")],
    "cam": [
        ({}, ".st-key-cam_pictures"),
        ({"look": "Two networks"}, ".st-key-cam_pictures"),
        ({"weights": "fashion-resnet20", "sample": "china"}, ".st-key-cam_pictures"),  # with an offer above it
    ],
}
_CONTROLS = """
() => [...document.querySelectorAll('[data-testid="stMain"] :is(input:not([type="hidden"]), select, textarea)')]
  .map((each) => each.closest('[data-testid="stElementContainer"]'))
  .filter((each, place, all) => each && all.indexOf(each) === place)
  .filter((each) => { const box = each.getBoundingClientRect(); return box.height > 0 && box.bottom <= 844; }).length
"""
_PART = """
() => [...document.querySelectorAll('h2, [role="tab"][aria-selected="true"]')].map((each) => each.textContent).join()
"""
_ON_TOP = """
(selector) => [...document.querySelectorAll(selector)].filter((each) => {
  const box = each.getBoundingClientRect();
  if (!box.width || box.top < 0 || box.bottom > innerHeight) return false;
  let top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  while (top?.shadowRoot) top = top.shadowRoot.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return top && top.closest('.modebar-container');
}).length
"""


def opened(open_page: OpenPage, server: Server, name: str, query: dict[str, str], picture: str) -> Page:
    page = open_page(address(server.url, name, **query), width=390, height=844)
    drawn(page, picture)
    return page


def drawn(page: Page, picture: str) -> None:
    """Return once the picture is there and nothing is computed any more."""
    page.locator(picture).first.wait_for()
    wait_idle(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    if picture == PLOT:
        page.locator(f"{PLOT} .main-svg").first.wait_for()
    wait_idle(page)


@pytest.mark.parametrize("name", PARTS)
def test_the_picture_begins_on_the_first_screen(server: Server, open_page: OpenPage, name: str) -> None:
    """One page goes from part to part; what is wrong is said of each."""
    (first, picture), *others = PARTS[name]
    page = opened(open_page, server, name, first, picture)
    wrong = beside_the_first_screen(page, picture)
    for query, picture in others:
        before = page.evaluate(_PART)
        follow(page, address(server.url, name, **query))
        drawn(page, picture)
        assert page.evaluate(_PART) != before
        wrong |= beside_the_first_screen(page, picture)
    assert not wrong


def beside_the_first_screen(page: Page, picture: str) -> dict[str, object]:
    """The address, with where the picture begins and how many controls stand before, where either is too much."""
    box, controls = page.locator(picture).first.bounding_box(), page.evaluate(_CONTROLS)
    fits = box and 0 < box["y"] < FIRST_SCREEN and controls <= 6
    return {} if fits else {page.url: (box, controls)}


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        (("architecture", {}, ".st-key-network"), ["Blocks per stage", "Width of each stage", "Block", "Shortcut"]),
        (
            ("cam", {"weights": "fashion-resnet20", "sample": "china"}, ".st-key-cam_pictures"),
            ["Light on dark"],
        ),
        (("gradients", SMALL, ".st-key-flow_chart"), ["Activation", "Normalisation", "Images", "Scale"]),
        (("ideas", {"lesson": Lesson.IDENTITY}, PLOT), ["F is", "Learning rate", "Steps of gradient descent"]),
    ],
)
def test_all_settings_are_one_tap_away_and_back(
    server: Server, open_page: OpenPage, part: tuple[str, dict[str, str], str], settings: list[str]
) -> None:
    page = opened(open_page, server, *part)
    labels = [page.get_by_test_id("stWidgetLabel").get_by_text(words, exact=True).first for words in settings]
    for label in labels:
        expect(label).to_be_hidden()
    button = page.get_by_role("button", name="All settings")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    for label in labels:
        expect(label).to_be_visible()
    button = page.get_by_role("button", name="Fewer settings")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    for label in labels:
        expect(label).to_be_hidden()


@pytest.mark.parametrize("width", [390, 360])
def test_the_navigation_is_three_rows_and_the_name_of_the_app_one_line(
    server: Server, open_page: OpenPage, width: int
) -> None:
    page = open_page(address(server.url, "architecture"), width=width, height=844)
    expect(page.get_by_role("button", name="All settings")).to_be_visible()
    bar, name = page.locator(".st-key-navigation").bounding_box(), page.get_by_role("link", name="ResNet Explorer")
    assert bar and bar["height"] <= 125
    assert name.bounding_box()["height"] < 40  # type: ignore[index]


def test_on_a_screen_all_settings_are_shown_without_the_button(server: Server, open_page: OpenPage) -> None:
    page = open_page(address(server.url, "architecture"))
    expect(page.get_by_test_id("stWidgetLabel").get_by_text("Shortcut", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="All settings")).to_be_hidden()


def test_a_page_without_hidden_settings_has_no_button_for_them(server: Server, open_page: OpenPage) -> None:
    page = opened(open_page, server, "cam", {}, ".st-key-cam_pictures")
    expect(page.get_by_role("button", name="All settings")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "picture", "count"), [("cam", ".st-key-cam_pictures", 7), ("gradients", ".st-key-flow_chart", 5)]
)
def test_every_tab_can_be_seen(server: Server, open_page: OpenPage, name: str, picture: str, count: int) -> None:
    query = SMALL if name == "gradients" else {}
    page = opened(open_page, server, name, query, picture)
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(count)
    for tab in tabs.all():
        box = tab.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_each_button_of_a_row_that_wraps_has_a_whole_border(server: Server, open_page: OpenPage) -> None:
    page = opened(open_page, server, "ideas", {}, PLOT)
    borders = page.get_by_role("radiogroup", name="Lesson").evaluate(
        """(group) => [...group.querySelectorAll('button')].map((each) => {
          const style = getComputedStyle(each);
          const sides = ['Top', 'Right', 'Bottom', 'Left'].map((side) => style[`border${side}Color`]);
          const box = each.getBoundingClientRect();
          return { sides: new Set(sides).size, box: [box.x, box.y, box.right, box.bottom] };
        })"""
    )
    assert len(borders) == len(Lesson)
    assert all(each["sides"] == 1 for each in borders)
    for one, other in pairwise(borders):
        same_row = one["box"][1] == other["box"][1]
        assert other["box"][0] >= one["box"][2] + 2 if same_row else other["box"][1] >= one["box"][3] + 2


@pytest.mark.parametrize("width", [390, 1440])
def test_no_toolbar_lies_over_a_title_or_a_key_to_colours(server: Server, open_page: OpenPage, width: int) -> None:
    page = open_page(address(server.url, "ideas", lesson=Lesson.IDENTITY), width=width, height=1800)
    page.locator(".st-key-idea_weights .main-svg").first.wait_for()
    wait_idle(page)
    for key in ("idea_losses", "idea_weights"):
        page.locator(f".st-key-{key} {PLOT}").hover()
        assert page.evaluate(_ON_TOP, f".st-key-{key} :is(.gtitle, .colorbar, .annotation)") == 0
        expect(page.locator(f".st-key-{key} .modebar")).to_be_hidden()
