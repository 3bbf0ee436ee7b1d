"""A path as JSON and as a link: it comes back as it was, and what is broken is refused with a sentence."""

import base64
import json
import random
import zlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.paths.links import MOST_JSON, MOST_LINK, OWN, from_json, from_link, to_json, to_link
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import LONGEST, PAGES, RESERVED, Option, Path, Question, Step
from explorer.text.errors import Refusal

TEXT = st.text(min_size=1, max_size=40).filter(str.strip)
NAME = TEXT.filter(lambda name: name.lower() not in RESERVED)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    each = st.builds(Option, TEXT, TEXT, st.text(max_size=40))
    options = tuple(draw(st.lists(each, min_size=2, max_size=6, unique_by=lambda option: (*option.text.split(),))))
    if draw(st.booleans()):
        return Question(draw(TEXT), (), draw(st.text(max_size=10)))
    return Question(draw(TEXT), options, right=draw(st.none() | st.integers(0, len(options) - 1)))


STEPS = st.builds(
    Step,
    title=TEXT,
    page=st.sampled_from(PAGES),
    query=st.lists(st.tuples(NAME, st.text(max_size=20)), max_size=4).map(tuple),
    question=st.none() | questions(),
    look=st.text(max_size=40),
    note=st.text(max_size=40),
    minutes=st.integers(0, 60),
)
PATHS = st.builds(Path, title=TEXT, steps=st.lists(STEPS, min_size=1, max_size=4).map(tuple))


@given(PATHS)
def test_a_path_of_ones_own_comes_back_from_json_and_from_a_link(path: Path) -> None:
    assert from_json(to_json(path)) == path
    assert from_link(to_link(path)) == path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.key)
def test_a_shipped_path_is_its_name_in_a_link_and_keeps_its_truths_in_a_file(path: Path) -> None:
    assert to_link(path) == path.key
    assert from_link(path.key) is path
    assert from_json(to_json(path)) == replace(path, key="")
    assert to_link(replace(path, key="")).startswith(OWN)


def _json(**changes: object) -> str:
    step = {"title": "A", "page": "compare"} | changes
    return json.dumps({"title": "Mine", "steps": [step]})


def _question(*options: dict[str, str]) -> str:
    return _json(question={"text": "?", "options": options})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is not JSON"),
        ("[" * 5_000, "it is not JSON"),
        ("[]", "has to be an object"),
        ('{"title": "A", "steps": []}', "A path has 0 steps: give 1 to 20"),
        (_json(page="../secrets"), "Step 1: '../secrets' is no page of this app"),
        (_json(query=[["join", "ABCDEF"]]), "A step's link has no 'join'"),
        (_json(query=[["EMBED", "true"]]), "A step's link has no 'EMBED'"),
        (_json(title="\ud800"), "The title has half a character in it"),
        (_json(query=[["net", "\udfff"]]), "The link of a step has half a character in it"),
        (_json(question={"text": "\ud800"}), "The question has half a character in it"),
        (_json(minutes=10**4_200), "A step of a number of thousands|A step of 1000000"),
        ('{"title": "A", "steps": [{"title": "A", "page": "cam", "minutes": ' + "9" * 4_300 + "}]}", "A step of 9999"),
        (_json(question={"text": "?", "right": 10**4_299}), "The right option is number"),
        (_json(colour="red"), "Step 1: A step has no 'colour'"),
        (_json(minutes=True), "“minutes” of a step has to be a whole number"),
        (_json(minutes=500), "A step of 500 minutes is out of range"),
        (_json(query=["net"]), "its link is no list of pairs"),
        (_json(title=" "), "The title is empty"),
        (_json(look="x" * 401), "What to look at has 401 characters: write at most 400"),
        (_json(note="x" * 601), "The note for the teacher has 601 characters"),
        (_json(query=[["net", "x" * 900]]), "The link of a step has 904 characters"),
        (
            _question({"text": "A", "wrong": "x" * 301}, {"text": "B"}),
            "The sentence for a wrong answer has 301 characters",
        ),
        (_question({"text": "x" * 121}, {"text": "B"}), "Option 1 has 121 characters"),
        (_question({"text": "A"}, {"text": " A "}), "Two options are the same"),
        (_json(question={"text": "?", "options": [{"text": "one"}]}), "A question has 2 to 6 options; this one has 1"),
        (_json(question={"text": "?", "right": 0}), "The right option is number 1 of 0"),
        (_json(question={"text": "?", "truth": "os.system"}), "'os.system' is nothing that this app measures"),
        ("x" * (MOST_JSON + 1), "are the most"),
    ],
)
def test_what_is_no_path_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        from_json(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "There is no path called 'nonsense'"),
        (OWN, "cut off or was changed"),
        (OWN + "AAAA", "cut off or was changed"),
        (OWN + "ä", "cut off or was changed"),
        (OWN + "A" * MOST_LINK, "are the most"),
    ],
)
def test_a_broken_link_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        from_link(text)


@given(PATHS, st.data())
def test_a_link_that_was_cut_off_is_no_other_path(path: Path, data: st.DataObject) -> None:
    link = to_link(path)
    cut = link[: data.draw(st.integers(1, len(link) - 1))]
    with suppress(Refusal):
        assert from_link(cut) == path  # all that is missing is padding


def test_a_link_that_would_unpack_to_more_than_a_path_is_refused() -> None:
    bomb = OWN + base64.urlsafe_b64encode(zlib.compress(b" " * 2_000_000, 9)).decode().rstrip("=")
    assert len(bomb) < MOST_LINK
    with pytest.raises(Refusal, match="are the most"):
        from_link(bomb)


def test_a_path_too_long_for_a_link_is_told_so() -> None:
    noise = random.Random(0)
    looks = ["".join(chr(noise.randrange(0x4E00, 0x9000)) for _ in range(LONGEST["look"])) for _ in range(20)]
    long = Path("Mine", tuple(Step(f"{number}", "cam", look=look) for number, look in enumerate(looks)))
    with pytest.raises(Refusal, match="too long for a link"):
        to_link(long)


def test_a_truth_belongs_to_the_question_it_was_made_for() -> None:
    question = next(step.question for step in SHIPPED[0].steps if step.question and step.question.truth)
    assert question
    changed = replace(question, options=tuple(replace(option, answer="7") for option in question.options))
    (step,) = from_json(to_json(Path("Mine", (Step("A", "cam", question=changed),)))).steps
    assert step.question
    assert not step.question.truth
