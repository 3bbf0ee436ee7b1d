"""The Ideas page in a real Chromium: move a control, read the sentence, open the link elsewhere; and all by keys."""

import re
from pathlib import Path

import torchvision
from playwright.sync_api import Page, expect
from safetensors.torch import save_file

from bench.server import Server
from explorer.ui.ideas.choices import Lesson
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    address,
    expect_healthy,
    follow,
    wait_idle,
)
from tests.browser.keyboard import press, tab_to
from tests.browser.test_compare import query

# A slider, the key that moves it, and what then is in the link: one that is answered in the same rerun, one whose steps
# are names and whose answer is measured first, and one below a chart. tests/pages moves the slider of every lesson.
MOVES = {
    Lesson.IDENTITY: ("How far H is from it", "ArrowRight", ("distance", "0.4")),
    Lesson.FIELD: ("After", "ArrowLeft", ("field_after", "layer3.1")),
    Lesson.CHAIN: ("Kernel", "ArrowRight", ("kernel", "4")),
}


def open_ideas(open_page: OpenPage, server: Server, *, width: int = 1440, dark: bool = False, **asked: str) -> Page:
    page = open_page(address(server.url, "ideas", **asked), width=width, dark=dark)
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    return settled(page)


def settled(page: Page) -> Page:
    wait_idle(page)
    expect_healthy(page)
    return page


def seen(page: Page) -> str:
    said = page.locator("p", has_text="What you see.")
    said.first.wait_for()  # some numbers are measured first
    return "\n".join(said.all_inner_texts()).replace("\N{NO-BREAK SPACE}", " ")


def test_lessons_are_answered_by_keys_and_their_links_open_the_same_elsewhere(
    server: Server, open_page: OpenPage
) -> None:
    """One page goes from lesson to lesson; another opens its links."""
    first, *_ = MOVES
    page = open_ideas(open_page, server, lesson=first)
    for lesson in MOVES:
        go(page, address(server.url, "ideas", lesson=lesson))
        before = seen(page)
        move(page, lesson)
        assert seen(page) != before, lesson
    twin = open_ideas(open_page, server, **query(page))
    assert seen(twin) == seen(page)

    a_shortcut_is_chosen(page, server)
    go(twin, page.url)
    assert seen(twin) == seen(page)
    a_bug_is_found(page, server)
    go(twin, page.url)
    expect(twin.get_by_test_id("stMain").get_by_text("Right: line 12")).to_be_visible()


def go(page: Page, url: str) -> None:
    if page.url != url:
        follow(page, url)
        settled(page)


def move(page: Page, lesson: Lesson) -> None:
    """The slider is reached with the tabulator and moved with the arrow keys."""
    label, key, (name, value) = MOVES[lesson]
    page.get_by_role("link", name="ResNet Explorer").focus()  # the first part of the page
    tab_to(page, label, "input")
    expect(page.get_by_role("slider", name=re.compile(f"^{re.escape(label)}"))).to_be_focused()
    press(page, key)
    page.wait_for_function("([name, value]) => new URL(location).searchParams.get(name) === value", arg=[name, value])
    settled(page)


def a_shortcut_is_chosen(page: Page, server: Server) -> None:
    go(page, address(server.url, "ideas", lesson="shortcuts"))
    before = seen(page)
    page.get_by_role("radio", name="average-pool padding").or_(
        page.get_by_role("button", name="average-pool padding")
    ).first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stMain").get_by_text("KellerJordan's code calls")).to_be_visible()
    settled(page)
    assert seen(page) != before and query(page)["which_shortcut"] == "avgpool"


def a_bug_is_found(page: Page, server: Server) -> None:
    go(page, address(server.url, "ideas", lesson="bugs", bug="norms"))
    box = page.get_by_role("combobox", name="Which line is wrong?")
    box.focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMain").get_by_text("Right: line 12")).to_be_visible()
    run = page.get_by_role("switch", name="Run it").or_(page.get_by_role("checkbox", name="Run it")).first
    run.focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stMain").get_by_text("running_mean should contain 16 elements not 64")).to_be_visible()
    settled(page)


def test_a_cell_of_the_output_is_clicked_and_ones_own_network_is_checked(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_ideas(open_page, server, lesson="convolutions")
    a_cell_is_clicked(page)
    go(page, address(server.url, "ideas", lesson="check"))
    a_text_is_checked(page)
    page.get_by_label("The text of your network").fill("")
    page.keyboard.press("Control+Enter")
    weights_of_47_mb_stay_until_they_are_forgotten(page, tmp_path)


def a_cell_is_clicked(page: Page) -> None:
    page.locator(".st-key-idea_grid .js-plotly-plot .nsewdrag").scroll_into_view_if_needed()
    place = page.evaluate(
        """() => {
          const plot = document.querySelector('.st-key-idea_grid .js-plotly-plot');
          const trace = plot._fullData.find(each => each.name === 'output');
          const index = Array.from(trace.customdata).findIndex(each => each[0] === 3 && each[1] === 2);
          const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
          const { xaxis, yaxis } = plot._fullLayout;
          return [box.x + xaxis.d2p(trace.x[index]), box.y + yaxis.d2p(trace.y[index])];
        }"""
    )
    page.mouse.click(*place)
    expect(page.locator("p", has_text="Output row 3, column 2")).to_be_visible()  # the chart's label may say so, too
    settled(page)
    assert (query(page)["row"], query(page)["column"]) == ("3", "2")


def a_text_is_checked(page: Page) -> None:
    net = torchvision.models.resnet18()
    net.layer2[0].conv2 = net.layer1[0].conv1
    page.get_by_label("The text of your network").fill(str(net))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("stMain").get_by_text("layer2.0.conv2").first).to_be_visible()
    settled(page)
    assert "ResNet-18" in seen(page) and set(query(page)) == {"lesson"}


def weights_of_47_mb_stay_until_they_are_forgotten(page: Page, tmp_path: Path) -> None:
    nothing = page.get_by_test_id("stMain").get_by_text("Nothing is pasted yet.")
    expect(nothing).to_be_visible()
    file = tmp_path / "mine.safetensors"
    save_file(torchvision.models.resnet18().state_dict(), file)
    assert file.stat().st_size > 46_000_000
    field = page.locator('.st-key-check-upload input[type="file"]')
    forget = page.get_by_role("button", name="Forget my weights")
    field.set_input_files(file)
    expect(page.get_by_test_id("stMain").get_by_text("Open ResNet-18")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("mine.safetensors")).to_be_visible()
    expect(forget).to_have_count(0)
    page.get_by_role("link", name="Compare").click()
    settled(page)
    page.go_back()
    expect(page.get_by_test_id("stMain").get_by_text("Open ResNet-18")).to_be_visible()
    expect(forget).to_be_visible()  # the field is empty
    forget.click()
    expect(nothing).to_be_visible()
    field.set_input_files(file)
    expect(page.get_by_test_id("stMain").get_by_text("Open ResNet-18")).to_be_visible()
    page.get_by_role("button", name="Remove mine.safetensors").click()
    expect(nothing).to_be_visible()
    expect(forget).to_have_count(0)
    settled(page)
