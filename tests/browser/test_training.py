"""The Training page in a real Chromium: a race from prediction to words, a block cut by keyboard and by click, and on
every other tab a choice that changes the answer."""

import re
from typing import NamedTuple

from playwright.sync_api import Page, expect

from bench.server import Server
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    PATIENCE_MS,
    address,
    expect_healthy,
    expect_no_overflow_in_either_scheme,
    follow,
    wait_idle,
)
from tests.browser.keyboard import press, tab_to
from tests.browser.test_phone_layout import drawn, expect_on_the_first_screen

SMALL = {"race_depths": "8, 14", "race_batch": "64"}
SHALLOW = "residual-20-seed0"
SHATTERED = "Shattered gradients"


class Visit(NamedTuple):
    """What a tab's link asks for, what its answer begins with or holds, the control and the keys that change it, and
    what then is in the link."""

    query: dict[str, str]
    answer: str
    control: tuple[str, str]
    keys: tuple[str, ...]
    linked: str


VISITS = {
    "Train or eval?": Visit({"modes_network": SHALLOW}, "the mixed batch's mean", ("1", "radio"),
                            ("ArrowRight", "Space"), "modes_batch=2"),
    "Little by little": Visit({"looked_into": SHALLOW}, "channels of layer1.0 to which F(x) adds most", ("3", "button"),
                              ("Enter",), "inside_picture=2"),
    "Many paths": Visit({"looked_into": SHALLOW}, "of the 512 paths", ("trained", "radio"),
                        ("ArrowRight", "Space"), "inside_weights=untrained"),
    SHATTERED: Visit({}, "apart have gradients that correlate", ("Batch norm", "switch"), ("Space",),
               "shattered_norm=false"),
}  # fmt: skip
# The sentence with these words, once it is there and is not the one before.
_ANSWER = """
([words, before]) => [...document.querySelectorAll('[data-testid="stMain"] :is(li, p)')]
  .map((each) => each.innerText).find((said) => said.includes(words) && said !== before)
"""
_LINES = (
    "() => [...document.querySelectorAll('.scatterlayer .trace path.js-line')].map((each) => each.getAttribute('d'))"
)


def open_training(open_page: OpenPage, server: Server, *, width: int = 1440, **query: str) -> Page:
    page = open_page(address(server.url, "training", **query), width=width)
    wait_idle(page)
    expect_healthy(page)
    return page


def main(page: Page) -> str:
    return page.get_by_test_id("stMain").inner_text()


def test_a_race_is_predicted_watched_and_told_and_another_cancelled_without_a_trace(
    server: Server, open_page: OpenPage
) -> None:
    page = open_training(open_page, server, **SMALL, race_steps="60")
    page.get_by_role("radio", name="residual-8").or_(page.get_by_role("button", name="residual-8")).first.click()
    wait_idle(page)
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.wait_for_function(f"() => ({_LINES})().length >= 4", timeout=PATIENCE_MS)
    first = page.evaluate(_LINES)
    page.wait_for_function(f"(before) => String(({_LINES})()) !== String(before)", arg=first, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stMain").get_by_text("What happened.")).to_be_visible(timeout=PATIENCE_MS)
    wait_idle(page)
    said = main(page)
    assert re.search(r"(Yes|No): .*lowest training loss", said)
    assert re.search(r"Plain-14 fits its (own )?training pictures", said) and "Residual-14" in said
    assert len(page.evaluate(_LINES)) == 4
    expect_no_overflow_in_either_scheme(page)
    page.reload()
    wait_idle(page)
    assert "race_steps=60" in page.url and "race_depths=8" in page.url

    follow(page, address(server.url, "training", **SMALL, race_steps="900", race_seed="7"))
    page.get_by_role("button", name="Start the race").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    wait_idle(page)
    expect(page.get_by_role("button", name="Start the race")).to_be_visible()
    expect_healthy(page)


def test_on_a_phone_recorded_runs_replay_by_keyboard_and_landscapes_and_correlations_fit(
    server: Server, open_page: OpenPage
) -> None:
    page = open_training(open_page, server, width=390, experiment="Recorded runs")
    drawn(page, ".st-key-race_curves .main-svg")
    expect_on_the_first_screen(page, ".st-key-race_curves")
    before = page.evaluate(_LINES)
    page.get_by_role("slider").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    wait_idle(page)
    assert "replay=" in page.url
    assert page.evaluate(_LINES) != before
    last = page.get_by_test_id("stTable").get_by_role("columnheader").last.bounding_box()
    assert last and last["x"] + last["width"] <= 390  # no column is out of sight
    expect_no_overflow_in_either_scheme(page)

    follow(page, address(server.url, "training", experiment="Landscape"))
    page.locator(".st-key-landscape_plain_loss .heatmaplayer").first.wait_for()
    expect_no_overflow_in_either_scheme(page)
    follow(page, address(server.url, "training", experiment=SHATTERED))
    from_the_top(page)
    _a_choice_changes_the_answer(page, VISITS[SHATTERED])
    expect_no_overflow_in_either_scheme(page)


def test_a_block_is_cut_by_keyboard_and_the_link_keeps_it(server: Server, open_page: OpenPage) -> None:
    page = open_training(open_page, server, experiment="Damage", damaged=SHALLOW)
    expect(page.get_by_text("Nothing is cut: the whole network gets")).to_be_visible()
    expect(page.get_by_text("half of its lead over guessing is gone")).to_have_count(2)  # recorded, plain beside it
    block = page.get_by_role("button", name=re.compile("layer2.1")).first
    block.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Without the branch of layer2.1")).to_be_visible()
    expect(page.get_by_text("The same cut in plain-20")).to_be_visible()
    wait_idle(page)
    assert "cuts=000010000" in page.url
    page.get_by_role("button", name=re.compile("layer3.1")).first.click()  # no recording has both
    expect(page.get_by_text("Without the branches of layer2.1 and layer3.1")).to_be_visible()
    page.get_by_role("button", name="Whole again").click()
    expect(page.get_by_text("Nothing is cut: the whole network gets")).to_be_visible(timeout=PATIENCE_MS)
    expect_healthy(page)


def test_a_choice_made_by_keyboard_changes_the_answer(server: Server, open_page: OpenPage) -> None:
    """One page goes from tab to tab; shattered gradients are changed on a phone, above."""
    urls = {tab: address(server.url, "training", experiment=tab, **VISITS[tab].query) for tab in VISITS}
    first, *others = (tab for tab in VISITS if tab != SHATTERED)
    page = open_page(urls[first])
    page.get_by_role("button", name="Cancel").click()  # all sizes of batches take half a minute of a core
    _a_choice_changes_the_answer(page, VISITS[first])
    for tab in others:
        follow(page, urls[tab])
        from_the_top(page)
        _a_choice_changes_the_answer(page, VISITS[tab])


def from_the_top(page: Page) -> None:
    """Have the next Tab lead on from the first part of the page."""
    page.get_by_role("link", name="ResNet Explorer").focus()


def _a_choice_changes_the_answer(page: Page, visit: Visit) -> None:
    before = said_now(page, visit.answer)
    wait_idle(page)
    tab_to(page, *visit.control)
    press(page, *visit.keys)
    assert said_now(page, visit.answer, before) != before
    wait_idle(page)
    assert visit.linked in page.url
    expect_healthy(page)


def said_now(page: Page, words: str, before: str = "") -> str:
    said: str = page.wait_for_function(_ANSWER, arg=[words, before], timeout=PATIENCE_MS).json_value()
    return said


def test_a_plane_is_cancelled_measured_and_told(server: Server, open_page: OpenPage) -> None:
    shallow = {"landscape_network": SHALLOW, "landscape_plane": "4"}  # the proposed one takes three times as long
    page = open_training(open_page, server, experiment="Landscape", **shallow)
    expect(page.get_by_text("Height is no measure of chaos.")).to_be_visible()
    page.get_by_role("button", name="Measure this plane").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.get_by_role("button", name="Measure this plane").click()
    expect(page.get_by_text("plane 4, running statistics")).to_be_visible(timeout=2 * PATIENCE_MS)
    wait_idle(page)
    assert page.locator(".heatmaplayer").count() >= 6 and "landscape_plane=4" in page.url
    expect_no_overflow_in_either_scheme(page)
