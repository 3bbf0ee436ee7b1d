"""The bar of the path that is followed, on every page: the question, the reader's answer, the truth, and the next step.

Until the truth of a step's question is shown, the page under the bar is hidden: it would tell. The truth is measured as
the page itself measures it, by a job.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path as FilePath
from typing import Any

import streamlit as st

from explorer.paths.answers import Truth, authors_truth, is_right, number_said, place_of, reply
from explorer.paths.values import Question
from explorer.text.quantities import capitalised
from explorer.ui.classroom.membership import leads
from explorer.ui.paths.class_question import ask_with, hide_page, is_on_screens, put_away, reveal, was_revealed
from explorer.ui.paths.finished import finish, forget, is_leaving, note_answer
from explorer.ui.paths.followed import Followed, followed, leave
from explorer.ui.state import url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.component_data import packed
from explorer.ui.widgets.device import chosen_device

_HERE = FilePath(__file__).parent
_BAR = st.components.v2.component(
    "resnet_explorer_path_bar",
    html=(_HERE / "path_bar.html").read_text(encoding="utf-8"),
    css=(_HERE / "path_bar.css").read_text(encoding="utf-8"),
    js=(_HERE / "path_bar.js").read_text(encoding="utf-8"),
)
_TRUTH = job_progress.Work("path_truth", "Measuring", automatic=True, patience=0.5)
_MOST = 1e12  # an answer is a number below it
PATHS_PAGE = "paths"  # where a path ends
_KEY = "path_bar"
_BOX = "path_box"  # the key of the bar's container: page.css hides what follows it


@dataclass(frozen=True, slots=True)
class Shown:
    """What path_bar.js draws of a truth: the place of the right option, whether the reader was right, and sentences."""

    right: int | None
    correct: bool | None
    reply: str
    sentences: tuple[str, ...]


def path_bar(page: str) -> None:
    """Draw the bar if a path is followed; ``page`` is the page's file in ``pages/`` without its ending."""
    here = followed()
    if is_leaving():
        st.switch_page(f"pages/{PATHS_PAGE}.py")
    if page != PATHS_PAGE:
        forget()
    if here is None:
        return
    _open_at_first(here, page)
    question = here.step.question
    if question and not here.answer.seen and was_revealed(question):
        here = here.with_answer(seen=True)
        here.keep()
    hide_page(hides=question is not None and not here.answer.seen and page == here.step.page)
    with st.container(key=_BOX):
        spot = st.container()
        shown = _shown(question, here.answer.answer) if question and here.answer.seen else None
        if shown and shown.correct is not None:
            note_answer(here, right=shown.correct)
        if question and _is_asked(here):
            _ask_class(question, here.step.minutes)
        with spot:
            _BAR(
                key=_KEY,
                data=packed(_content(here, page, shown)),
                on_say_change=lambda: _say(here),
                on_reveal_change=lambda: _reveal(here),
                on_ask_change=lambda: _want_asked(here),
                on_leave_change=lambda: _leave(here),
                on_go_change=_note_go,
            )
    _go(here)


def _open_at_first(here: Followed, page: str) -> None:
    """Go to the step's own view where a link names the path and the step alone; later the reader may look around."""
    mine, opened = held("path"), (here.link, here.place)
    if mine.get("opened") != opened:
        mine["opened"] = opened
        address, view = url.everything(), url.by_name(here.step.query)
        if page != here.step.page or any(address.get(key) != values for key, values in view.items()):
            here.open()


def _content(here: Followed, page: str, shown: Shown | None) -> Mapping[str, Any]:
    step, question = here.step, here.step.question
    return {
        "path": here.path.title,
        "place": here.place,
        "steps": [each.title for each in here.path.steps],
        "away": page != step.page,
        "question": question.text if question else "",
        "options": [option.text for option in question.options] if question else [],
        "unit": question.unit if question else "",
        "said": here.answer.answer,
        "seen": here.answer.seen,
        "shown": asdict(shown) if shown else None,
        "look": step.look,
        "leads": leads(),
        "asked": is_on_screens(question),
        "note": step.note if leads() else "",
    }


def _is_asked(here: Followed) -> bool:
    """Whether the teacher wants the class to be asked this step's question, once its truth is known."""
    return bool(held("path").get("asks") == (here.link, here.place))


def _ask_class(question: Question, minutes: int) -> None:
    truth = _truth(question)
    if truth is not None:
        held("path").pop("asks")
        problem = ask_with(question, truth, minutes)
        if problem:
            st.warning(escaped(problem), icon=":material/error:")


def _truth(question: Question) -> Truth | None:
    """What is true, once it is measured; None while it is not, which the page then says."""
    if question.truth and not job_progress.wait_for_libraries("the answer is measured"):
        return None
    return _measured(question.truth) if question.truth else authors_truth(question)


def _shown(question: Question, said: str) -> Shown | None:
    """What the bar tells of the truth; None while it is not known."""
    truth = _truth(question)
    if truth is None:
        return None
    is_open = not question.truth and question.right is None
    correct = is_right(question, said, truth) if said and not is_open else None
    words = "" if is_open else reply(question, said, truth)
    return Shown(place_of(question, truth), correct, words, tuple(map(capitalised, truth.sentences)))


def _measured(name: str) -> Truth | None:
    from explorer.paths.truths import measured

    device = chosen_device()
    how = measured(name, device)
    request = how.request
    found = _TRUTH.outcome((name, device), request.function, *request.args, lane=request.lane, **dict(request.kwargs))
    return None if found is None else how.read(found)


# What the reader does is kept by callbacks: a fragment that ends while a run begins takes an event's value away.


def _say(here: Followed) -> None:
    said, question = st.session_state[_KEY].say, here.step.question
    if isinstance(said, str) and question:
        here.with_answer(answer=_kept(question, said)).keep()


def _reveal(here: Followed) -> None:
    here.with_answer(seen=True).keep()
    reveal()


def _leave(here: Followed) -> None:
    put_away()
    hide_page(hides=False)
    if here.is_done:
        finish(here)
    leave()


def _want_asked(here: Followed) -> None:
    held("path")["asks"] = here.link, here.place


def _note_go() -> None:
    held("path")["go"] = st.session_state[_KEY].go  # a callback itself cannot change the page


def _go(here: Followed) -> None:
    """Go to the step that the reader chose; that ends the run."""
    place = held("path").pop("go", None)
    if isinstance(place, int):
        put_away()
        here.at(place).open()


def _kept(question: Question, said: str) -> str:
    """The answer as the link keeps it; nothing where it is none."""
    if question.options:
        return said if said in map(str, range(len(question.options))) else ""
    number = number_said(said[:12], question.unit)
    return f"{number:g}" if abs(number) < _MOST else ""  # NaN is below nothing
