"""A path's question put to a class: its teacher asks it from the path's bar, and reveals it there or in the class's.

Until the answer is shown, the page is hidden on the students' screens as it is on the teacher's.
"""

from explorer.classroom import values
from explorer.classroom.values import MAX_SENTENCE, Hidden, Scene
from explorer.paths.answers import CLOSE, Truth, place_of
from explorer.paths.values import Question
from explorer.text.errors import Refusal
from explorer.text.quantities import capitalised
from explorer.ui.classroom.actions import ask_class, shown_to_class, tell_class


def ask_with(question: Question, truth: Truth, minutes: int) -> str:
    """Put the question on every screen of the class, and start its clock; returns why that cannot be, or nothing."""
    try:
        ask_class(values.Question(question.poll, truth_of(question, truth)))
    except Refusal as refusal:
        return str(refusal)
    tell_class(minutes=minutes)
    return ""


def hide_page(*, hides: bool) -> None:
    """Hide the page on the class's screens while a path asks its teacher, and show it again."""
    scene = shown_to_class()
    if scene:
        hidden = {*scene.hidden, Hidden.PAGE} if hides else {*scene.hidden} - {Hidden.PAGE}
        if hidden != {*scene.hidden}:
            tell_class(hidden=tuple(hidden))


def truth_of(question: Question, truth: Truth) -> values.Truth | None:
    """The truth as a class is told it; None where none of the answers is right, or the question is open."""
    place = place_of(question, truth)
    right = place if question.options else truth.answer
    if not isinstance(right, int | float):
        return None
    wrong = tuple("" if each == place else option.wrong for each, option in enumerate(question.options))
    return values.Truth(right, _first(truth.sentences), wrong, 0.0 if question.options else CLOSE)


def _first(sentences: tuple[str, ...]) -> str:
    """As many of the sentences as a class is shown."""
    said = ""
    for each in sentences:
        if len(said) + len(each) < MAX_SENTENCE:
            said = f"{said} {capitalised(each)}".strip()
    return said


def is_on_screens(question: Question | None) -> bool:
    """Whether the class that this session leads sees this question now."""
    return _scene_of(question) is not None


def was_revealed(question: Question) -> bool:
    """Whether the class that this session leads was asked this, and has seen the answer."""
    scene = _scene_of(question)
    return scene is not None and scene.revealed


def _scene_of(question: Question | None) -> Scene | None:
    """What the class that this session leads sees, if it is asked this question."""
    scene = shown_to_class() if question else None
    asks = scene and question and any(each.poll == question.poll for each in scene.asked)
    return scene if asks else None


def reveal() -> None:
    """Show the class the answer, if this session leads one and it was asked."""
    tell_class(revealed=True)


def put_away() -> None:
    """Take the question and the clock from the class's screens."""
    tell_class(asking=False, minutes=0)
