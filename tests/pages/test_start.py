"""The start page's logic, without a browser: its sentences, its block, and where its doors lead."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st

from explorer.ideas.one_block import OneBlock, sentence
from explorer.paths.shipped.twenty_minutes import TWENTY_MINUTES
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.training.verdict import Result, told
from explorer.ui.ideas.choices import Lesson
from explorer.ui.shell import PAGES
from explorer.ui.start.doors import LEARN, LINKS
from tests.pages.helpers import component, healthy, link, opened, warnings, words


def test_the_sentences_are_the_training_pages_own() -> None:
    found = recorded_set(Shown.FASHION)
    assert found
    results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
    said = told(results, found.pairs)
    for start in ("plain-56 fits", "residual-56 fits"):
        (one,) = [each for each in said if each.startswith(start)]
        assert one in words(opened("start"))
    assert "of 20 and 56 layers" in words(opened("start"))


def test_the_curves_are_those_of_the_four_networks() -> None:
    (figure,) = [each.proto.spec for each in opened("start").get("plotly_chart")]
    assert all(name in figure for name in ("plain-20", "plain-56", "residual-20", "residual-56"))
    assert "seed" not in figure


def test_the_slider_moves_the_block_its_words_and_the_link() -> None:
    page = opened("start")
    assert sentence(OneBlock(1)) in words(page)
    assert not page.query_params  # nothing that "back" would have to undo
    healthy(page.select_slider(key="branch.widget").set_value("0").run())
    assert sentence(OneBlock(0)) in words(page)
    assert link(page, "branch") == "0"
    assert "F is 0" in component(page, "picture")["tall"]


def test_a_link_opens_its_block_and_nonsense_gets_a_sentence() -> None:
    assert sentence(OneBlock(0.3)) in words(opened("start", branch="0.3"))
    page = opened("start", branch="2")
    (said,) = warnings(page)
    assert "How much of F" in said and sentence(OneBlock(1)) in words(page)


def test_both_pictures_have_tables() -> None:
    curves, block = opened("start", start_values="true", branch="0.5").dataframe
    assert list(curves.value) == ["steps", "plain-20", "plain-56", "residual-20", "residual-56"]
    assert list(block.value)[:2] == ["place", "x"] and len(block.value) == len(OneBlock(1).branch)


def test_the_doors_in_the_order_of_the_menu() -> None:
    beside, rooms = LINKS[1:3], [each for each in LINKS[3:] if "?" not in each]
    assert beside == ("paths", "classroom")
    assert rooms == ["architecture", "compare", "gradients", "training", "cam", "ideas"]
    assert rooms == [stem for file, _ in PAGES if (stem := Path(file).stem) in rooms]


def test_the_first_door_begins_the_path_and_the_last_one_checks() -> None:
    first, last = (urlsplit(LINKS[place]) for place in (0, -1))
    page = opened(first.path, **dict(parse_qsl(first.query)))
    bar = component(page, "path_bar")
    assert (bar["path"], bar["place"], bar["away"]) == (TWENTY_MINUTES.title, 0, False)
    assert set(TWENTY_MINUTES.steps[0].query) <= set(parse_qsl(first.query))
    assert (last.path, last.query) == ("ideas", f"lesson={Lesson.CHECK}")


@pytest.mark.parametrize("door", ["compare", "ideas?lesson=check"])
def test_a_door_leads_to_its_page_and_state(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[tuple[str, object]] = []
    monkeypatch.setattr(st, "switch_page", lambda page, query_params=None: left.append((page, query_params)))
    monkeypatch.setattr("explorer.ui.start.doors._DOORS", lambda **_: _Answer(door))
    opened("start")
    page, _, query = door.partition("?")
    assert left[0] == (f"pages/{page}.py", {"lesson": "check"} if query else None)


def test_a_path_is_begun_without_the_choices_and_answers_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("training", recorded="digits, 1,000 steps", path="read-a-network", path_step="3", path_said="1!~2!")
    page.query_params.clear()
    monkeypatch.setattr("explorer.ui.start.doors._DOORS", lambda **_: _Answer(LEARN))
    page.switch_page("pages/start.py")
    bar = component(healthy(page.run()), "path_bar")
    assert (bar["path"], bar["place"], bar["said"], bar["seen"]) == (TWENTY_MINUTES.title, 0, "", False)
    assert "recorded" not in page.query_params, "the step's own view"


class _Answer:
    """What a component answers with after a click."""

    def __init__(self, go: str) -> None:
        self.go = go


def test_a_click_on_what_is_no_door_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "switch_page", lambda *_, **__: pytest.fail("it leads somewhere"))
    monkeypatch.setattr("explorer.ui.start.doors._DOORS", lambda **_: _Answer("../secrets"))
    assert "The problem." in words(opened("start"))
