"""The page of paths: shipped ones are begun, and one's own is collected on any page, edited and handed on."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from explorer.paths.links import from_json, from_link, to_json, to_link
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import RESERVED, Path, Step
from explorer.ui.paths.handouts import file_name
from explorer.ui.state import uploads
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
    assert warnings(page) == ["The title is empty\\: write something."]
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


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many bytes of files are kept, none of them another test's."""
    store = MemoryUploadedFileManager("")
    monkeypatch.setattr(uploads, "_store", lambda: store)
    return uploads.held


def sent(page: AppTest, data: bytes, name: str = "mine.json") -> AppTest:
    """The page after this file was chosen in the field, which is then empty again."""
    field = page.file_uploader[0]
    healthy(field.set_value((name, data, "application/json")).run())
    assert page.file_uploader[0].key != field.key
    return page


def test_a_file_is_opened_at_once(kept: Callable[[], int]) -> None:
    page = sent(opened("paths"), to_json(OWN).encode())
    assert edited(page) == OWN == from_json(json.dumps(json.loads(to_json(OWN))))
    assert kept() == 0


def test_a_file_that_would_take_the_place_of_a_path_waits_for_a_click() -> None:
    other = Path("Other *one*", OWN.steps)
    page = sent(opened("paths", own_path=to_link(OWN)), to_json(other).encode())
    assert edited(page) == OWN
    button = page.button(key="own_path.open_file")
    assert button.label == "Open “Other \\*one\\*” instead"
    healthy(button.click().run())
    assert edited(page) == other
    assert "own_path.open_file" not in [each.key for each in page.button]


def test_a_file_that_cannot_be_read_gets_a_sentence_and_nothing_is_lost(kept: Callable[[], int]) -> None:
    page = opened("paths", own_path=to_link(OWN))
    for data, says in (
        (b'{"title": "X"}', "A path has 0 steps: give 1 to 20."),
        (b"{", "This path cannot be read: it is not JSON."),
        (b"\xff\x00\x9f", "This path cannot be read: it is not JSON."),
        (to_json(OWN).encode().ljust(64_001), "it has 64,001 characters, and 64,000 are the most."),
        (bytes(1_000_001), "This file has 1.1 MB, and 1 MB is the most for a path."),
        (to_json(long_path()).encode(), "This path is too long for a link"),
    ):
        (warning,) = warnings(sent(page, data))
        assert says in warning.replace("\\", "")
        assert edited(page) == OWN
        assert kept() == 0
        assert "own_path.open_file" not in [each.key for each in page.button]
    assert not warnings(sent(page, to_json(OWN).encode()))


def long_path() -> Path:
    """A path whose file is read, and whose link is too long."""
    return Path("Long", tuple(Step("A", "cam", note=Random(n).randbytes(280).hex()) for n in range(20)))


def test_a_paths_file_has_its_title_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for title, name in (("My *first* path", "my-first-path"), ("Žán, _2_", "žán-2"), ("?!", "path")):
        assert file_name(Path(title, OWN.steps)) == name
    names = []
    monkeypatch.setattr("streamlit.download_button", lambda *args, **_more: names.append(args[2]))
    opened("paths", own_path=to_link(OWN))
    assert names == ["mine.json"]


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
