"""A class in three browsers: its teacher, a student who follows, and one who strays and comes back."""

import re

from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer.ui.compare.choices import Tab
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    address,
    expect_healthy,
    expect_no_overflow,
    expect_no_overflow_in_either_scheme,
    follow,
    wait_idle,
)

NET = "resnet20~stage_blocks-1.1.1~image_size-8"
QUESTION, OPTIONS = "Is <b>deeper</b> always better?", ("yes", "no", "it depends")


def bar(page: Page) -> Locator:
    return page.locator(".st-key-class_bar")


def press(page: Page, label: str) -> None:
    bar(page).get_by_role("button", name=label, exact=True).click()


def opened_class(server: Server, open_page: OpenPage) -> tuple[Page, str]:
    """The teacher's page, and the code that is on it."""
    teacher = open_page(address(server.url, "classroom"))
    teacher.get_by_role("button", name="Open a class").click()
    expect(bar(teacher)).to_contain_text("0 in")
    return teacher, bar(teacher).locator(".place").inner_text().removeprefix("Class ")


def came(server: Server, open_page: OpenPage, code: str, **how: int | bool) -> Page:
    page = open_page(address(server.url, "architecture", net=NET) + f"&join={code}", **how)
    expect(bar(page)).to_contain_text("You follow your teacher.")
    return page


def gone_to(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()
    expect_at(page, title)


def expect_at(page: Page, title: str) -> None:
    expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")


def ask(teacher: Page) -> None:
    press(teacher, "Ask")
    form = bar(teacher).locator("form.ask")
    form.get_by_label("Question").fill(QUESTION)
    form.get_by_label("Options").fill("\n".join(OPTIONS))
    form.get_by_label("Right").select_option("no")
    form.get_by_role("button", name="Ask the class").click()


def votes(page: Page) -> list[list[str]]:
    """The histogram: a row for each option, a number for each vote."""
    rows = bar(page).locator("tbody tr:has(.count)")
    return [[re.sub(r" .*", "", each) for each in row.locator(".count").all_inner_texts()] for row in rows.all()]


def test_a_class_follows_answers_strays_and_comes_back(server: Server, open_page: OpenPage) -> None:
    follows_answers_strays_and_comes_back(server, server, open_page)


def follows_answers_strays_and_comes_back(teachers: Server, students: Server, open_page: OpenPage) -> None:
    """A class with its teacher on one server and its students on another, or on the same."""
    teacher, code = opened_class(teachers, open_page)
    follower, other = came(students, open_page, code, width=390), came(students, open_page, code, dark=True)
    expect(bar(teacher)).to_contain_text("2 in")

    gone_to(teacher, "Training")
    for page in (follower, other):
        expect_at(page, "Training")
    gone_to(other, "Architecture")  # it strays
    expect(bar(other)).to_contain_text("You look around on your own.")
    gone_to(teacher, "Paths")
    expect_at(follower, "Paths")
    expect_at(other, "Architecture")

    ask(teacher)
    press(follower, "no")
    press(follower, "yes")  # the last one counts
    press(other, "no")
    expect(bar(teacher)).to_contain_text("2 of 2 have answered")
    expect(bar(teacher).locator("tbody tr").nth(1)).to_contain_text("1 (50 %)")
    assert votes(teacher) == [["1"], ["1"], ["0"]]
    assert bar(teacher).locator("b").count() == bar(follower).locator("b").count() == 0  # markup stays text
    expect(bar(teacher)).not_to_contain_text("✓ right")

    press(teacher, "Discuss, then vote again")
    expect(bar(follower)).to_contain_text("Vote again")
    press(follower, "no")
    press(other, "no")
    expect(bar(teacher)).to_contain_text("2 of 2 have answered")  # no vote counts after the answer
    press(teacher, "Show the answer")
    for page in (follower, other, teacher):
        expect(bar(page)).to_contain_text("✓ right")
    for page in (follower, other, teacher):
        assert votes(page) == [["1", "0"], ["1", "2"], ["0", "0"]]
    expect_no_overflow(teacher)
    expect_no_overflow_in_either_scheme(follower)

    press(other, "Back to the class")
    expect_at(other, "Paths")
    press(teacher, "Put it away")
    expect(bar(follower).locator("table")).to_have_count(0)
    for page in (teacher, follower, other):
        expect_healthy(page)


def test_a_reload_loses_neither_teacher_nor_student_and_verdicts_stay_hidden_until_the_answer_is_shown(
    server: Server, open_page: OpenPage
) -> None:
    reloads_and_hides(server, server, open_page)


def reloads_and_hides(teachers: Server, students: Server, open_page: OpenPage) -> None:
    """The same with the teacher on one server and the student on another."""
    teacher, code = opened_class(teachers, open_page)
    student = came(students, open_page, code)
    without_charts = {"tab": Tab.WHAT_IF}
    follow(teacher, address(teachers.url, "compare", **without_charts))
    expect_at(student, "Compare")
    verdict = ".st-key-after_the_picture p"
    expect(student.locator(verdict).first).to_be_visible()
    press(teacher, "Hide verdicts")
    for page in (teacher, student):
        expect(page.locator(verdict).first).to_be_hidden()
    ask(teacher)
    press(student, "it depends")
    expect(bar(teacher)).to_contain_text("1 of 1 have answered")
    secret = next(each for each in teacher.context.cookies() if each["name"] == "resnet_explorer_teacher")["value"]
    assert code in secret and secret.partition(".")[2] not in teacher.url + student.url + student.content()

    student.goto(address(students.url, "compare", **without_charts))  # without the code
    expect(bar(student)).to_contain_text("You say: it depends.")
    teacher.reload()
    expect(bar(teacher)).to_contain_text("1 of 1 have answered")
    press(student, "no")
    expect(bar(teacher).locator("tbody tr").nth(1)).to_contain_text("1 (100 %)")
    assert votes(teacher) == [["0"], ["1"], ["0"]]
    for page in (teacher, student):
        expect(page.locator(verdict).first).to_be_hidden()
    press(teacher, "Show the answer")
    for page in (teacher, student):
        expect(page.locator(verdict).first).to_be_visible()

    press(student, "Leave")
    expect(bar(student)).to_have_count(0)
    student.reload()
    wait_idle(student)
    expect(bar(student)).to_have_count(0)


def test_the_main_picture_is_on_the_wall_without_scrolling_and_axe_finds_nothing_of_ours_in_a_class(
    server: Server, open_page: OpenPage
) -> None:
    teacher, code = opened_class(server, open_page)
    press(teacher, "Projector")
    the_main_picture_is_on_the_wall_without_scrolling(teacher)
    press(teacher, "Put it away")
    press(teacher, "Projector")  # off again
    gone_to(teacher, "Architecture")
    gone_to(teacher, "Class")
    axe_finds_nothing_of_ours_in_a_class_and_its_bar_ends_with_it(teacher, came(server, open_page, code))


def the_main_picture_is_on_the_wall_without_scrolling(teacher: Page) -> None:
    """Neither before a question nor beside its answer."""
    teacher.set_viewport_size({"width": 1280, "height": 720})
    for title, picture in (
        ("Gradient flow", ".js-plotly-plot"),
        ("Ideas", ".js-plotly-plot"),
        ("Architecture", ".st-key-network svg"),
        ("Compare", ".js-plotly-plot"),
    ):
        gone_to(teacher, title)
        wait_idle(teacher)
        shown = teacher.get_by_test_id("stMain").locator(picture).first
        expect(shown).to_be_in_viewport(ratio=0.9)
    ask(teacher)
    press(teacher, "Show the answer")
    for title in ("Compare", "Gradient flow"):
        gone_to(teacher, title)
        wait_idle(teacher)
        expect(teacher.get_by_test_id("stMain").locator(".js-plotly-plot").first).to_be_in_viewport(ratio=0.9)
    expect_no_overflow(teacher)


def axe_finds_nothing_of_ours_in_a_class_and_its_bar_ends_with_it(teacher: Page, student: Page) -> None:
    press(teacher, "More")
    ask(teacher)
    press(student, "no")
    expect(bar(teacher)).to_contain_text("1 of 1 have answered")
    assert faults_in_every_look(student) == []
    press(teacher, "Discuss, then vote again")
    press(teacher, "Show the answer")
    expect(bar(teacher)).to_contain_text("✓ right")
    press(teacher, "Ask")
    assert faults_in_every_look(teacher) == []

    teacher.on("dialog", lambda dialog: dialog.accept())
    press(teacher, "End the class")
    for page in (teacher, student):
        expect(bar(page)).to_contain_text("The class is over.")
        press(page, "Close")
        expect(bar(page)).to_have_count(0)
