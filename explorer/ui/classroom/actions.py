"""What a reader does in the bar, as its script sends it: a word and what belongs to it. Anything else is ignored."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Unpack

from explorer.classroom.rooms import classroom
from explorer.classroom.values import MAX_MINUTES, MAX_OPTIONS, Hidden, Poll, Question, Scene, Truth, Words
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import any_number
from explorer.ui.classroom import follow, membership
from explorer.ui.classroom.membership import Member

# In the session: the bar's next run goes to the seeds, or has the whole page drawn anew.
GOES_TO_SEEDS, REDRAWS = "goes_to_seeds", "redraws"

Act = Callable[[Member, Scene, Any], None]


def act(member: Member, scene: Scene, what: object) -> str:
    """Do what the reader asked for; returns why it could not be done, as a sentence, or nothing."""
    actions = _OF_TEACHERS if member.leads else _OF_STUDENTS
    if not (isinstance(what, list) and len(what) == 2 and isinstance(what[0], str) and what[0] in actions):
        return ""
    try:
        actions[what[0]](member, scene, what[1])
    except Refusal as refusal:
        return str(refusal)
    return ""


def ask_class(*questions: Question) -> None:
    """Put a question on every screen of the class that this session leads, if it leads one, or several as a quiz.

    Raises:
        Refusal: the class is over, or was asked as much as it may be.
    """
    member = membership.member()
    if member and member.leads:
        _put(member, *questions)


def shown_to_class() -> Scene | None:
    """Returns what the class sees that this session leads; None where it leads none."""
    member = membership.member()
    return classroom().watch(member.code, member.key) if member and member.leads else None


def is_on_projector() -> bool:
    """Whether this session leads a class from a screen that is on the wall."""
    scene = shown_to_class()
    return scene is not None and scene.projector


def tell_class(**words: Unpack[Words]) -> None:
    """Change what the class sees that this session leads; nothing where it leads none, or it is over."""
    member = membership.member()
    if member and member.leads:
        with suppress(Refusal):
            classroom().say(member.code, member.key, **words)


def typed_question(question: str, options: str, unit: str = "", right: int = 0) -> Question:
    """Returns a question as a teacher typed it: options are lines, ``right`` is the right one's place from 1, or 0.

    Raises:
        Refusal: it is no such question; the message says why.
    """
    lines = tuple(line for line in options[:10_000].splitlines() if line.strip())
    if len(lines) < right <= MAX_OPTIONS:
        raise Refusal(f"Option {right} is said to be right, and there are {len(lines)}.")
    poll = Poll(question, lines, "" if lines else unit.strip())
    return Question(poll, Truth(right - 1) if lines and 0 < right <= len(lines) else None)


def _answer(member: Member, scene: Scene, given: object) -> None:
    asked, choice = given if isinstance(given, list) and len(given) == 2 else (0, "")
    unit = next((each.poll.unit for each in scene.asked if each.number == asked), "")
    answer = any_number(choice, unit) if isinstance(choice, str) else choice
    classroom().answer(member.code, member.key, asked, scene.round, answer)


def _put(member: Member, *questions: Question) -> None:
    classroom().ask(member.code, member.key, *questions)


def _ask(member: Member, _: Scene, typed: object) -> None:
    if isinstance(typed, Mapping):
        question, options, unit = (str(typed.get(name, "")) for name in ("question", "options", "unit"))
        right = typed.get("right")
        _put(member, typed_question(question, options, unit, right if isinstance(right, int) else 0))


def _ask_again(member: Member, _: Scene, __: object) -> None:
    """The exit quiz: all questions of this class once more, each student at their own pace."""
    asked = classroom().record(member.code, member.key)
    known = {each.poll: Question(each.poll, each.truth) for each in asked}
    if not known:
        raise Refusal("Nothing was asked yet: the quiz at the end asks all questions of this class once more.")
    _put(member, *known.values())


def _say(member: Member, **words: Any) -> None:
    classroom().say(member.code, member.key, **words)


def _hide(member: Member, _: Scene, hidden: object) -> None:
    _say(member, hidden=tuple(each for each in Hidden if isinstance(hidden, list) and each in hidden))


def _minutes(member: Member, _: Scene, minutes: object) -> None:
    _say(member, minutes=min(minutes, MAX_MINUTES) if isinstance(minutes, int | float) else 0.0)


def _reveal(member: Member, _: Scene, __: object) -> None:
    _say(member, revealed=True)
    membership.state()[REDRAWS] = True  # a path's bar tells the answer, too


def _projector(member: Member, _: Scene, on: object) -> None:
    _say(member, projector=on is True)
    membership.state()[REDRAWS] = True  # some pictures are lower there


def _seeds(member: Member, _: Scene, on: object) -> None:
    _say(member, seeds=on is True)
    if on is True:
        membership.state()[GOES_TO_SEEDS] = True  # a callback cannot change the page


def _end(member: Member, _: Scene, __: object) -> None:
    classroom().close(member.code, member.key)


_OF_STUDENTS: Mapping[str, Act] = {
    "answer": _answer,
    "stray": lambda _, scene, __: follow.stray(scene),
    "back": lambda _, __, ___: follow.come_back(),
    "sit_down": lambda member, _, __: membership.sit_down(member),
    "leave": lambda _, __, ___: membership.leave(),
}
_OF_TEACHERS: Mapping[str, Act] = {
    "ask": _ask,
    "quiz": _ask_again,
    "again": lambda member, _, __: _say(member, round=2),
    "reveal": _reveal,
    "put_away": lambda member, _, __: _say(member, asking=False),
    "follow": lambda member, _, on: _say(member, following=on is True),
    "gather": lambda member, _, __: _say(member, gather=True),
    "projector": _projector,
    "seeds": _seeds,
    "hide": _hide,
    "minutes": _minutes,
    "end": _end,
    "leave": lambda _, __, ___: membership.leave(),
}
