"""Every step of every path that ships opens what it describes, and its page says what is true of its question."""

import inspect
import pkgutil
from collections.abc import Sequence
from importlib import import_module

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.queue import JobQueue
from explorer.paths import truths
from explorer.paths.answers import Measured, Truth, place_of, reply
from explorer.paths.shipped import SHIPPED
from explorer.paths.truths import measured
from explorer.paths.values import PAGES, Path, Step
from explorer.text.quantities import capitalised
from explorer.ui.shell import PAGES as SHELL_PAGES
from tests.pages.helpers import component, link, opened, rerun_until, words

EVERY = [(path, place) for path in SHIPPED for place in range(len(path.steps))]
ASKED = [(path, place) for path, place in EVERY if path.steps[place].question]
NAMES = [f"{path.key}-{place + 1}" for path, place in ASKED]


@pytest.fixture(autouse=True)
def fresh_queue(shared_queue: JobQueue) -> JobQueue:
    """One queue for all steps: several ask for the same measurement."""
    return shared_queue


def truth_of(step: Step, jobs: JobQueue) -> Truth:
    """The truth, measured by the queue that the page asks, too: where both ask for the same it is measured once."""
    assert step.question
    how = measured(step.question.truth, "cpu")
    request = how.request
    asked = jobs.submit(request.function, *request.args, owner="the test", lane=request.lane, **request.kwargs)
    return how.read(jobs.result(asked))


def said_alike(sentence: str, text: str) -> bool:
    return sentence.lower().replace("\N{NO-BREAK SPACE}", " ") in text.lower().replace("\N{WORD JOINER}", "")


def told(page: AppTest, sentences: Sequence[str]) -> AppTest:
    """The page once it says all of that, or has nothing more to say: other work of it may take a minute."""
    return rerun_until(page, lambda page: not page.status or all(said_alike(each, words(page)) for each in sentences))


@pytest.mark.parametrize(("path", "place"), ASKED, ids=NAMES)
def test_the_page_of_a_step_says_what_is_true_of_its_question(path: Path, place: int, fresh_queue: JobQueue) -> None:
    step = path.steps[place]
    assert step.question
    truth = truth_of(step, fresh_queue)
    right = place_of(step.question, truth)
    assert (right is not None) == bool(step.question.options)
    for each, option in enumerate(step.question.options):
        answer = reply(step.question, str(each), truth)
        assert answer == ("Right." if each == right else f"You said “{option.text}”. {option.wrong}")
        assert option.wrong, "somebody may choose it"

    if not step.question.options:
        assert isinstance(truth.answer, float), "a number, to be typed"
        assert reply(step.question, f"{truth.answer:g}", truth) == "Right."
        assert reply(step.question, f"{2 * truth.answer:g}", truth) != "Right."

    seen = "~" * place + "0!"
    page = opened(step.page, **dict(step.query), path=path.key, path_step=str(place + 1), path_said=seen)
    assert not page.warning, [each.value for each in page.warning]
    for name, value in step.query:
        assert link(page, name) == value, "the page has this choice, and it is open"
    assert truth.sentences
    text = words(told(page, truth.sentences))
    for sentence in truth.sentences:
        assert said_alike(sentence, text), sentence
    bar = component(page, "path_bar")
    assert bar["shown"]["right"] == right
    assert bar["shown"]["sentences"] == [capitalised(each) for each in truth.sentences]
    assert bar["steps"][bar["place"]] == step.title


def test_every_truth_is_asked_for_by_a_question() -> None:
    asked = {step.question.truth for path in SHIPPED for step in path.steps if step.question}
    known = {
        f"{module.name}.{name}"
        for module in pkgutil.iter_modules(truths.__path__)
        for name, found in vars(import_module(f"{truths.__name__}.{module.name}")).items()
        if inspect.isfunction(found) and found.__annotations__.get("return") is Measured and name[0] != "_"
    }
    assert asked == known
    with pytest.raises(LookupError, match="no truth is called"):
        measured("os.system", "cpu")


def test_steps_open_pages_of_the_app() -> None:
    files = {file.removeprefix("pages/").removesuffix(".py") for file, _ in SHELL_PAGES}
    assert set(PAGES) <= files


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.key)
def test_no_option_of_a_question_is_longer_than_a_button(path: Path) -> None:
    assert len({step.title for step in path.steps}) == len(path.steps)
    for step in path.steps:
        assert step.look, step.title
        assert step.note, step.title
        assert all(len(option.text) <= 60 for option in (step.question.options if step.question else ()))
