"""How a class looks: on the wall, where a path is followed, and on a phone."""

from playwright.sync_api import Locator, Page, expect

from bench.server import Server
from explorer.classroom.values import MAX_QUESTION
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, expect_no_overflow, wait_idle
from tests.browser.test_classroom import QUESTION, ask, bar, came, opened_class, press

PATH = {"path": "resnets-in-20-minutes"}
_LETTERS = "(each) => parseFloat(getComputedStyle(each).fontSize)"
_SIGN = "(each) => getComputedStyle(each, '::before').content"
_GAPS = """
(label) => {
  const [before, field, after] = [...label.childNodes].map((each) => {
    const range = document.createRange();
    range.selectNode(each);
    return range.getBoundingClientRect();
  });
  return [field.left - before.right, after.left - field.right];
}
"""


def on_the_wall(server: Server, open_page: OpenPage) -> tuple[Page, str]:
    teacher, code = opened_class(server, open_page)
    teacher.set_viewport_size({"width": 1280, "height": 720})
    press(teacher, "Projector")
    expect(teacher.locator("html")).to_have_class("projector")
    return teacher, code


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found
    return {**found, "bottom": found["y"] + found["height"]}


def scroll(page: Page, pixels: int) -> None:
    page.get_by_test_id("stMain").evaluate(f"(main) => main.scrollTo(0, {pixels})")


def fill(teacher: Page, **fields: str) -> Locator:
    form = bar(teacher).locator("form.ask")
    if not form.is_visible():
        press(teacher, "Ask")
    for label, text in fields.items():
        form.get_by_label(label).fill(text)
    form.get_by_role("button", name="Ask the class").click(delay=1100)  # nobody asks twice within a second
    return form


def test_the_code_is_the_largest_thing_on_the_wall_where_a_path_stands_below_its_bar_and_beside_an_answer(
    server: Server, open_page: OpenPage
) -> None:
    teacher, code = on_the_wall(server, open_page)
    place = teacher.locator(".st-key-class_code")
    heading = place.get_by_role("heading", name=code)
    others = teacher.get_by_test_id("stMain").locator("p, li, a, button, h1").all()
    assert heading.evaluate(_LETTERS) > 2 * max(each.evaluate(_LETTERS) for each in others)
    assert box(heading)["y"] > box(place.locator("p").first)["bottom"] - 1

    teacher.goto(address(server.url, "training", **PATH))
    path = teacher.locator(".st-key-path_bar")
    expect(path).to_be_visible()
    wait_idle(teacher)
    assert 0 <= box(path)["y"] - box(bar(teacher))["bottom"] < 20

    student = came(server, open_page, code, width=390, height=844)
    path.get_by_role("button", name="Ask the class").click()
    bar(student).locator(".options button").first.click()
    expect(bar(teacher)).to_contain_text("1 of 1 have answered")
    press(teacher, "Show the answer")
    expect(path.get_by_role("button", name="Just show me")).to_have_count(0)
    sentence = bar(student).locator("tr.why").first
    expect(sentence).to_be_visible()
    expect(teacher.locator(".js-plotly-plot").first).to_be_in_viewport(ratio=0.9)
    wait_idle(teacher)
    beside = box(bar(teacher))
    assert abs(box(path)["y"] - beside["y"]) < 20 and 0 <= box(path)["x"] - beside["x"] - beside["width"] < 30
    expect(bar(teacher).locator(".mark")).to_be_in_viewport()
    assert box(sentence)["width"] > 300  # below its bar, as wide as the phone
    expect_no_overflow(student)


def test_a_refused_question_stays_in_its_form_and_a_long_bar_on_a_phone_scrolls_with_the_page(
    server: Server, open_page: OpenPage
) -> None:
    """The field of a number stands clear of its words."""
    teacher, code = opened_class(server, open_page)
    a_refused_question_stays_in_its_form_until_it_is_asked(teacher)
    press(teacher, "Put it away")
    student = came(server, open_page, code, width=390, height=844)
    a_long_bar_scrolls_with_the_page_and_gives_what_is_chosen_and_what_is_right_their_own_signs(teacher, student)

    fill(teacher, Question="How many parameters?", Unit="M")
    field = bar(student).get_by_label("Your answer")
    expect(field).to_be_visible()
    assert min(field.locator("xpath=..").evaluate(_GAPS)) >= 6


def a_long_bar_scrolls_with_the_page_and_gives_what_is_chosen_and_what_is_right_their_own_signs(
    teacher: Page, student: Page
) -> None:
    """It is seen when it becomes long."""
    wait_idle(student)
    scroll(student, 700)
    expect(bar(student)).to_be_in_viewport()  # a short one stays
    ask(teacher)
    press(student, "yes")
    expect(bar(student)).to_contain_text("You say: yes.")
    expect(bar(student).get_by_text(QUESTION)).to_be_in_viewport()
    chosen = bar(student).locator('.options [aria-pressed="true"]')
    expect(chosen).to_have_text("yes")
    assert chosen.evaluate(_SIGN) == '"● " / "your answer: "'
    scroll(student, 700)
    expect(bar(student)).not_to_be_in_viewport()
    press(teacher, "Show the answer")
    expect(bar(student).locator("tr", has_text="yes").locator(".mark")).to_have_text("● your answer")
    expect(bar(student).locator("tr", has_text="no").locator(".mark")).to_have_text("✓ right")
    scroll(student, 700)
    press(teacher, "Put it away")
    expect(bar(student)).to_be_in_viewport()


def a_refused_question_stays_in_its_form_until_it_is_asked(teacher: Page) -> None:
    form = fill(teacher, Question="Is it  deep?", Options="yes")
    expect(form.get_by_label("Question")).to_have_attribute("maxlength", str(MAX_QUESTION))
    expect(bar(teacher).get_by_role("alert")).to_have_text("A question has 2 to 6 options; this one has 1.")
    expect(form.get_by_label("Question")).to_have_value("Is it  deep?")
    expect(form.get_by_label("Options")).to_have_value("yes")
    fill(teacher, Options="yes\nno")
    expect(bar(teacher)).to_contain_text("0 of 0 have answered")
    expect(form).to_be_hidden()
    expect(bar(teacher).get_by_role("button", name="Ask", exact=True)).to_have_attribute("aria-expanded", "false")
    press(teacher, "Ask")
    expect(form.get_by_label("Question")).to_have_value("")
    press(teacher, "Ask")
    expect(form).to_be_hidden()
