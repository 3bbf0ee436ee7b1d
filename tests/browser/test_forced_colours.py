"""With the reader's own colours forced on the page (contrast themes), what colours alone say is still there."""

from playwright.sync_api import Locator, expect

from bench.server import Server
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.layer import Role
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle


def style(part: Locator, name: str) -> str:
    """The computed value of a property."""
    return str(part.evaluate(f"(each) => getComputedStyle(each).getPropertyValue('{name}')"))


def rgb(colour: str) -> str:
    """``#RRGGBB`` as browsers write it."""
    return f"rgb({', '.join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))})"


def test_the_legend_keeps_its_colours_and_what_is_chosen_is_seen(server: Server, open_page: OpenPage) -> None:
    page = open_page(address(server.url, "architecture"))
    page.emulate_media(forced_colors="active")
    swatch = page.locator(".legend span", has_text="3×3 convolution").first.locator("i")
    expect(swatch).to_be_visible()
    assert rgb(ROLE_COLOURS[Role.CONV3X3]) in style(swatch, "background")
    assert style(swatch, "outline-style") == "solid"
    wait_idle(page)

    follow(page, address(server.url, "cam"))
    chosen, other = (page.locator(f".thumbnails [aria-pressed={lit}]").first for lit in ("true", "false"))
    chosen.wait_for()
    wait_idle(page)
    assert style(chosen, "border-color") != style(other, "border-color")
    assert (style(chosen, "outline-style"), style(other, "outline-style")) == ("solid", "none")
    tab = page.get_by_role("tab", name="The map")
    expect(tab).to_have_css("outline-style", "solid")
    track = page.get_by_test_id("stCheckbox").first.locator("label > div").first
    assert style(track, "border-top-width") == "1px"
