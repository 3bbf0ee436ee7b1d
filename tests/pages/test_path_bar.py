"""The bar of a path: it hides what it asks about, goes where a link points, and leaves broken paths."""

import json

from explorer.paths.links import from_json, to_link
from explorer.paths.shipped.believe_a_map import BELIEVE_A_MAP
from tests.pages.helpers import component, healthy, link, opened, settled, warnings

KEY = "resnets-in-20-minutes"
STEP = {"experiment": "Recorded runs", "curves": "training accuracy"}
OWN = {"title": "Mine", "steps": [{"title": "A", "page": "compare"}, {"title": "B", "page": "compare"}]}


def test_without_a_path_there_is_no_bar() -> None:
    page = opened("compare")
    assert not [each for each in page.get("bidi_component") if each.proto.component_name.endswith("path_bar")]


def test_nothing_is_told_before_it_is_asked_for() -> None:
    bar = component(opened("training", **STEP, path=KEY, path_said="0"), "path_bar")
    assert (bar["said"], bar["seen"], bar["shown"]) == ("0", False, None)
    page = settled(opened("training", **STEP, path=KEY, path_said="0!"))
    shown = component(page, "path_bar")["shown"]
    assert shown["correct"] is False
    assert shown["reply"].startswith("You said “It goes up”.")
    assert shown["sentences"]


def test_a_link_that_names_the_path_alone_opens_the_steps_own_view() -> None:
    page = opened("compare", path=KEY, path_step="4")
    assert component(page, "path_bar")["away"] is False
    assert (link(page, "lesson"), link(page, "distance"), link(page, "path_step")) == ("identity", "0", "4")


def test_a_step_keeps_a_name_that_stands_in_its_link_twice() -> None:
    step = {"title": "A", "page": "architecture", "query": [["stage", "stem"], ["stage", "head"]]}
    own = from_json(json.dumps({"title": "Mine", "steps": [step]}))
    page = opened("compare", path=to_link(own))
    assert page.query_params["stage"] == ["stem", "head"]


def test_a_reader_may_look_around_and_is_told_where_the_step_is() -> None:
    page = opened("training", **STEP, path=KEY)
    page.query_params.clear()
    page.switch_page("pages/compare.py")
    bar = component(healthy(page.run()), "path_bar")
    assert bar["away"] is True
    assert link(page, "path") == KEY, "the menu keeps the path"


def test_the_truth_is_measured_here_whatever_device_the_link_names() -> None:
    view = dict(BELIEVE_A_MAP.steps[0].query)
    page = settled(opened("cam", **view, path=BELIEVE_A_MAP.key, path_said="0!", device="cuda:9"))
    assert component(settled(page.run()), "path_bar")["shown"]["sentences"], "the page has opened its device by now"


def test_a_path_that_is_none_is_left_with_a_sentence() -> None:
    page = opened("compare", path="<b>~nonsense", path_step="99", path_said="zzz")
    said = " ".join(warnings(page))
    assert "There is no path called" in said
    assert "“Step of the path”" in said
    assert "path" not in page.query_params


def test_a_path_of_ones_own_is_followed_from_its_link_alone() -> None:
    own = from_json(json.dumps(OWN))
    bar = component(opened("compare", path=to_link(own), path_step="2"), "path_bar")
    assert (bar["path"], bar["place"], bar["question"]) == ("Mine", 1, "")


def test_the_author_of_a_path_may_say_what_is_right() -> None:
    question = {"text": "Which?", "options": [{"text": "One"}, {"text": "Two", "wrong": "It is one."}], "right": 0}
    own = from_json(json.dumps({"title": "Mine", "steps": [{"title": "A", "page": "compare", "question": question}]}))
    shown = component(opened("compare", path=to_link(own), path_said="1!"), "path_bar")["shown"]
    assert shown == {"right": 0, "correct": False, "reply": "You said “Two”. It is one.", "sentences": []}
