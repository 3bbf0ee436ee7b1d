"""Paths in a real Chromium: each is followed to its end by keyboard, on a phone, in dark; a class is asked, too."""

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import Path
from tests.browser import test_classroom as in_class
from tests.browser.conftest import OpenPage
from tests.browser.driver import PATIENCE_MS, address, expect_healthy, expect_no_overflow, wait_idle
from tests.browser.keyboard import focused, press, tab_to


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Guided path")


IN_SUITE = tuple(path for path in SHIPPED if path.key in ("resnets-in-20-minutes", "read-a-network"))


@pytest.mark.parametrize("path", IN_SUITE, ids=lambda path: path.key)
def test_a_path_is_followed_to_its_end_by_keyboard_on_a_phone_in_dark(
    server: Server, open_page: OpenPage, path: Path
) -> None:
    """The longest, and the one with numbers to type; ``every_state`` follows the others."""
    follow(server, open_page, path)


def follow(server: Server, open_page: OpenPage, path: Path) -> None:
    page = open_page(address(server.url, path.steps[0].page, path=path.key), width=390, height=844, dark=True)
    for place, step in enumerate(path.steps):
        wait_idle(page)
        expect(bar(page)).to_contain_text(f"step {place + 1} of {len(path.steps)}: {step.title}")
        if step.question:
            expect(page.get_by_test_id("stMain").get_by_role("tab").first).to_be_hidden()
            if step.question.options:
                tab_to(page, step.question.options[0].text, "button")
            else:
                tab_to(page, "Your number")
                page.keyboard.type("7")
            press(page, "Enter")
            tab_to(page, "Show what is true", "button")
            press(page, "Enter")
            expect(bar(page).locator(".reply")).not_to_be_empty(timeout=PATIENCE_MS)
            expect(bar(page).locator(".sentences")).not_to_be_empty()
            wait_idle(page)
        expect_healthy(page)
        expect_no_overflow(page)
        onwards = "Done" if place == len(path.steps) - 1 else "Next"
        if step.question:
            assert focused(page).name == onwards, "the button that showed the truth is gone"
        else:
            tab_to(page, onwards, "button")
        press(page, "Enter")
    expect(bar(page)).to_have_count(0)
    expect(page.get_by_test_id("stAlert")).to_contain_text(f"You have followed “{path.title}” to its end.")
    assert "path" not in page.url.partition("?")[2]


def test_a_class_is_asked_a_paths_question_and_sees_the_page_once_it_is_answered(
    server: Server, open_page: OpenPage
) -> None:
    teacher, code = in_class.opened_class(server, open_page)
    student = in_class.came(server, open_page, code, width=390)
    in_class.gone_to(teacher, "Paths")
    teacher.get_by_role("button", name="Begin").first.click()
    path = SHIPPED[0]
    question = path.steps[0].question
    assert question
    expect(bar(teacher)).to_contain_text(question.text)
    in_class.expect_at(student, "Training")
    expect(student.get_by_test_id("stMain").get_by_role("tab").first).to_be_hidden()  # before it is asked, too
    bar(teacher).get_by_role("button", name="Ask the class").click()
    expect(in_class.bar(student)).to_contain_text(question.text)
    expect(student.get_by_test_id("stMain").get_by_role("tab").first).to_be_hidden()
    in_class.press(student, question.options[0].text)
    expect(in_class.bar(teacher)).to_contain_text("1 of 1 have answered")

    bar(teacher).get_by_role("button", name="Show what is true").click()
    expect(in_class.bar(student)).to_contain_text("✓ right")
    expect(in_class.bar(student)).to_contain_text("Plain-56 fits its own training pictures worse than plain-20")
    expect(student.get_by_test_id("stMain").get_by_role("tab").first).to_be_visible()

    bar(teacher).get_by_role("button", name="Next").click()
    expect(bar(teacher)).to_contain_text(path.steps[1].title)
    expect(in_class.bar(student).locator("table")).to_have_count(0)
    bar(teacher).get_by_role("button", name="Ask the class").click()
    expect(in_class.bar(student)).to_contain_text(path.steps[1].question.text if path.steps[1].question else "")
    in_class.press(teacher, "Show the answer")
    expect(bar(teacher)).to_contain_text("Look at:")
    assert "path" not in student.url.partition("?")[2], "the path is the teacher's"
