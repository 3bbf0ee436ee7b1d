"""On a phone: the picture on the first screen of every page, the settings within one tap, nothing cut off, and nothing
over another. A page of the browser goes through all parts of several pages of the app; test_start.py and
test_training.py look at theirs."""

from itertools import pairwise

from playwright.sync_api import Page, expect

from bench.server import Server
from explorer import from_url, name_of
from explorer.ui.compare.choices import Tab
from explorer.ui.gradients.choices import GradientsView
from explorer.ui.ideas.choices import Lesson
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    address,
    expect_healthy,
    expect_no_overflow,
    expect_no_overflow_in_either_scheme,
    follow,
    wait_idle,
)

FIRST_SCREEN = 700  # pixels of 844 above which the picture begins
FEW = {"images": "2", "seeds": "1"}
PLOT = ".js-plotly-plot"
NETWORKS = ("resnet50", "resnet1202", "plain34", "resnet50d")
CAM_VIEWS = ("The map", "Why not …", "Two networks", "Other methods", "Believe it?")

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
    expect_healthy(page)


def followed(page: Page, url: str, picture: str) -> None:
    """The page at another link, which shows another part of it."""
    before = page.evaluate(_PART)
    follow(page, url)
    drawn(page, picture)
    assert page.evaluate(_PART) != before


def expect_on_the_first_screen(page: Page, picture: str) -> None:
    """The picture begins there, and not many controls stand before it."""
    box, controls = page.locator(picture).first.bounding_box(), page.evaluate(_CONTROLS)
    assert box and 0 < box["y"] < FIRST_SCREEN and controls <= 6, (page.url, box, controls)


def expect_settings_one_tap_away(page: Page, *settings: str) -> None:
    """And one more hides them again."""
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


def expect_every_tab_seen(page: Page, count: int) -> None:
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(count)
    for tab in tabs.all():
        box = tab.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


def expect_the_navigation_in_three_rows(page: Page) -> None:
    """And the name of the app in one line."""
    bar, name = page.locator(".st-key-navigation").bounding_box(), page.get_by_role("link", name="ResNet Explorer")
    assert bar and bar["height"] <= 125
    assert name.bounding_box()["height"] < 40  # type: ignore[index]


def open_tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name, exact=True)
    tab.click()
    wait_idle(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    wait_idle(page)
    expect_healthy(page)
    expect(tab).to_have_attribute("aria-selected", "true")


def test_architecture_compare_and_gradients_fit_a_phone_with_their_settings_one_tap_away(
    server: Server, open_page: OpenPage
) -> None:
    page = opened(open_page, server, "architecture", {}, ".st-key-network")
    architecture_fits(page, server)
    followed(page, address(server.url, "compare"), ".st-key-bars")
    compare_fits(page, server)
    gradients_fits(page, server)


def test_cam_and_ideas_fit_a_phone_with_their_settings_one_tap_away(server: Server, open_page: OpenPage) -> None:
    page = opened(open_page, server, "cam", {}, ".st-key-cam_pictures")
    cam_fits(page, server)
    ideas_fits(page, server)


def architecture_fits(page: Page, server: Server) -> None:
    expect_on_the_first_screen(page, ".st-key-network")
    expect_settings_one_tap_away(page, "Blocks per stage", "Width of each stage", "Block", "Shortcut")
    expect_the_navigation_in_three_rows(page)
    page.set_viewport_size({"width": 360, "height": 844})
    wait_idle(page)
    expect_the_navigation_in_three_rows(page)
    page.set_viewport_size({"width": 390, "height": 844})
    for net in NETWORKS:
        follow(page, address(server.url, "architecture", net=net))
        expect_healthy(page)
        expect(page.get_by_role("heading", name=name_of(from_url(net)), exact=True)).to_be_visible()
        expect_no_overflow(page)
        expect(page.locator(".st-key-network .canvas.tall")).to_be_visible()
        expect(page.locator(".st-key-network .canvas.wide")).to_be_hidden()
        page.locator('.st-key-network .canvas:visible [data-pick="layer1.0"]').click()
        expect(page.get_by_role("heading", name="Inside layer1.0")).to_be_visible()
        expect_no_overflow_in_either_scheme(page)

    page.set_viewport_size({"width": 1440, "height": 900})  # where all settings are shown without the button
    expect(page.get_by_test_id("stWidgetLabel").get_by_text("Shortcut", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="All settings")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})


def compare_fits(page: Page, server: Server) -> None:
    """Also with four networks, two of them with long names and deep."""
    expect_on_the_first_screen(page, ".st-key-bars")
    for tab, picture in (
        (Tab.CHANGES, ".st-key-waterfall"),
        (Tab.WHAT_IF, '[role="tab"][aria-selected="true"]'),  # its picture is asked for below
        (Tab.LANDSCAPE, ".st-key-landscape"),
    ):
        followed(page, address(server.url, "compare", tab=tab), picture)
        expect_on_the_first_screen(page, picture)
    follow(page, address(server.url, "compare", net3="resnet1202", net4="preact_resnet1001"))
    for tab in Tab:
        open_tab(page, tab)
        expect_no_overflow_in_either_scheme(page)


def gradients_fits(page: Page, server: Server) -> None:
    """Also with what is measured on request."""
    flow = {"flow": "resnet56~image_size-8", **FEW}
    followed(page, address(server.url, "gradients", **flow), ".st-key-flow_chart")
    expect_every_tab_seen(page, len(GradientsView))
    expect_settings_one_tap_away(page, "Activation", "Normalisation", "Images", "Scale")
    for view in GradientsView:
        open_tab(page, view)
        for name in ("Train both for these steps", "Measure both at every depth"):
            if page.get_by_role("button", name=name).count():
                page.get_by_role("button", name=name).click()
                open_tab(page, view)
        expect_no_overflow_in_either_scheme(page)
    # The story that the page opens with, but for its size.
    for query, picture in (
        (FEW, ".st-key-flow_chart"),
        ({**FEW, "view": GradientsView.ADDS}, ".st-key-flow_network"),
        ({"view": GradientsView.ACTIVATIONS}, ".st-key-activations_chart"),
    ):
        followed(page, address(server.url, "gradients", **query), picture)
        expect_on_the_first_screen(page, picture)


def cam_fits(page: Page, server: Server) -> None:
    shown = ".st-key-cam_pictures"
    expect_on_the_first_screen(page, shown)
    expect_every_tab_seen(page, 7)
    expect(page.get_by_role("button", name="All settings")).to_be_hidden()  # none is hidden
    followed(page, address(server.url, "cam", look="Two networks"), shown)
    expect_on_the_first_screen(page, shown)
    followed(page, address(server.url, "cam", weights="fashion-resnet20", sample="china"), shown)
    expect_on_the_first_screen(page, shown)  # with an offer above it
    expect_settings_one_tap_away(page, "Light on dark")
    follow(page, address(server.url, "cam", weights="fashion-resnet20", sample="ankle-boot-1"))
    for view in CAM_VIEWS:
        open_tab(page, view)
        expect(page.locator(f"{shown} figure").first).to_be_visible()
        expect_no_overflow_in_either_scheme(page)


def ideas_fits(page: Page, server: Server) -> None:
    followed(page, address(server.url, "ideas", lesson=Lesson.IDENTITY), PLOT)
    expect_settings_one_tap_away(page, "F is", "Learning rate", "Steps of gradient descent")
    expect_whole_borders(page)
    page.set_viewport_size({"width": 390, "height": 1800})
    expect_no_toolbar_over_words(page)
    page.set_viewport_size({"width": 390, "height": 844})
    for lesson in Lesson:
        if lesson is not Lesson.IDENTITY:
            followed(page, address(server.url, "ideas", lesson=lesson), "h2")
        if lesson not in (Lesson.BUGS, Lesson.CHECK):
            drawn(page, PLOT)
            expect_on_the_first_screen(page, PLOT)
        expect_no_overflow_in_either_scheme(page)


def expect_whole_borders(page: Page) -> None:
    """Each button of a row that wraps has one."""
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


def expect_no_toolbar_over_words(page: Page) -> None:
    """None over a title or a key to colours, and none where nobody points any more."""
    page.locator(".st-key-idea_weights .main-svg").first.wait_for()
    wait_idle(page)
    for key in ("idea_losses", "idea_weights"):
        page.locator(f".st-key-{key} {PLOT}").hover()
        assert page.evaluate(_ON_TOP, f".st-key-{key} :is(.gtitle, .colorbar, .annotation)") == 0
        expect(page.locator(f".st-key-{key} .modebar")).to_be_hidden()
