"""The page of paths: shipped ones are begun, and one's own is collected on any page, edited and handed on."""

import json
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from explorer.paths.links import from_json, from_link, to_json, to_link
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import RESERVED, Path, Step
from explorer.ui.state.url import OWN_NAMES
from tests.pages.helpers import component, healthy, link, opened, warnings

OWN = Path("Mine", (Step("A", "compare", (("by", "role"),)), Step("B", "ideas")))


def edited(page: AppTest) -> Path:
    return from_link(link(page, "own_path"))


def test_every_shipped_path_can_be_begun() -> None:
    page = opened("paths")
    for path in SHIPPED:
        assert path.title in [each.value for each in page.subheader]
    healthy(page.button(key=f"begin.{SHIPPED[0].key}").click().run())
    bar = component(page, "path_bar")
    assert (bar["path"], bar["place"], bar["away"]) == (SHIPPED[0].title, 0, False)
    for key, value in SHIPPED[0].steps[0].query:
        assert link(page, key) == value


def test_views_are_collected_on_any_page_and_only_what_is_the_views_goes_into_a_step() -> None:
    page = opened("paths")
    healthy(page.button(key="own_path.make").click().run())
    assert link(page, "own_path") == "empty"
    page.query_params.clear()
    page.query_params.update({"by": "role", "edit": "true"})
    page.switch_page("pages/compare.py")
    healthy(page.run())
    healthy(page.button(key="own_path.add").click().run())
    (step,) = edited(page).steps
    assert (step.title, step.page, dict(step.query)) == ("Compare", "compare", {"by": "role"})
    healthy(page.button(key="own_path.add").click().run())
    assert len(edited(page).steps) == 2


def test_a_step_is_edited_moved_and_removed() -> None:
    page = opened("paths", own_path=to_link(OWN))
    healthy(page.text_input(key="own_path.0.question").input("Which is larger?").run())
    healthy(page.text_area(key="own_path.0.options").input("* One\nTwo | It is one.").run())
    question = edited(page).steps[0].question
    assert question
    assert (question.text, question.right) == ("Which is larger?", 0)
    assert [(each.text, each.wrong) for each in question.options] == [("One", ""), ("Two", "It is one.")]
    assert page.text_area(key="own_path.0.options").value == "* One\nTwo | It is one."
    healthy(page.button(key="own_path.Later").click().run())
    assert [step.title for step in edited(page).steps] == ["B", "A"]
    assert page.text_input(key="own_path.1.title").value == "A", "the moved step stays open"
    healthy(page.button(key="own_path.remove").click().run())
    assert [step.title for step in edited(page).steps] == ["B"]
    healthy(page.button(key="own_path.remove").click().run())
    assert link(page, "own_path") == "empty"


def test_what_cannot_be_is_told_and_changes_nothing() -> None:
    page = opened("paths", own_path=to_link(OWN))
    healthy(page.text_input(key="own_path.0.question").input("?").run())
    healthy(page.text_area(key="own_path.0.options").input("* One\n* Two").run())
    assert warnings(page) == ["Two options are marked as right with \\*\\: mark one."]
    assert edited(page).steps[0].question == edited(opened("paths", own_path=link(page, "own_path"))).steps[0].question
    healthy(page.text_input(key="own_path.title").input(" ").run())
    assert warnings(page) == ["A title is empty\\: write something."]
    assert edited(page).title == "Mine"


def test_a_shipped_step_keeps_its_measured_question() -> None:
    page = opened("paths", own_path=to_link(OWN))
    first = SHIPPED[0].steps[0]
    healthy(page.selectbox(key="own_path.shipped").select(f"{SHIPPED[0].title}: {first.title}").run())
    assert edited(page).steps[-1] == first


def test_a_measured_question_may_be_put_in_other_words() -> None:
    first = SHIPPED[0].steps[0]
    page = opened("paths", own_path=to_link(Path("Mine", (first,))))
    healthy(page.text_input(key="own_path.0.question").input("What happens to it?").run())
    question = edited(page).steps[0].question
    assert question
    assert first.question
    assert question == replace(first.question, text="What happens to it?")
    assert page.text_area(key="own_path.0.options").disabled, "they are measured still"


def test_a_file_is_opened_and_a_broken_one_gets_a_sentence() -> None:
    page = opened("paths")
    healthy(page.text_area(key="own_path.file.widget").input('{"title": "X"}').run())
    assert warnings(page) == ["A path has 0 steps\\: give 1 to 20."]
    healthy(page.text_area(key="own_path.file.widget").input(to_json(OWN)).run())
    healthy(page.button(key="own_path.open_file").click().run())
    assert edited(page) == OWN == from_json(json.dumps(json.loads(to_json(OWN))))


def test_a_broken_path_in_the_link_is_told_of_and_dropped() -> None:
    page = opened("compare", own_path="~broken")
    assert "cut off or was changed" in " ".join(warnings(page))
    assert "own_path" not in page.query_params


def test_the_readers_own_names_are_in_no_step() -> None:
    assert OWN_NAMES <= RESERVED


def test_a_title_that_is_markdown_is_shown_as_it_is() -> None:
    page = opened("paths", own_path=to_link(Path("Mine", (Step("![x](http://evil/t.png)", "compare"),))))
    (chosen,) = [each for each in page.get("button_group") if each.proto.id.endswith("own_path.open")]
    assert "![x](" not in str(chosen.proto)


def test_a_path_that_is_tried_stays_in_the_making() -> None:
    page = opened("paths", own_path=to_link(OWN))
    healthy(page.button(key="begin.").click().run())
    assert link(page, "path") == link(page, "own_path") == to_link(OWN)
