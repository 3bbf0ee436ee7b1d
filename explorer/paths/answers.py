"""What is true of a question, and what to say to those who answered it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.jobs.idle import Request
from explorer.paths.values import Option, Question
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import any_number, quoted

CLOSE = 0.1  # of the true number: an answer within it counts as right


@dataclass(frozen=True, slots=True)
class Truth:
    """A question's answer, and the sentences of the page that say so.

    The answer is what an option calls it, a number, or the place of the option that the author of the path calls right
    (None if none is)."""

    answer: str | float | int | None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """How to find a truth: a request for the job queue, the page's own wherever the page makes one, and how to read
    its result."""

    request: Request
    read: Callable[[Any], Truth]


def authors_truth(question: Question) -> Truth:
    """What the author of a path calls right."""
    return Truth(question.right)


def place_of(question: Question, truth: Truth) -> int | None:
    """Returns the place of the right option: the one that is called so, or the nearest number.

    None for questions without options, and where no option is called so: then all of them are wrong.
    """
    if not question.options or truth.answer is None or isinstance(truth.answer, int):
        return truth.answer if isinstance(truth.answer, int) else None
    if isinstance(truth.answer, float):
        distances = [abs(float(option.answer) - truth.answer) for option in question.options]
        return distances.index(min(distances))
    called = [option.answer for option in question.options]
    return called.index(truth.answer) if truth.answer in called else None


def is_right(question: Question, said: str, truth: Truth) -> bool:
    """Whether ``said``, an option's place or a number as text, is right. A number is within a tenth of the truth."""
    if question.options:
        place = place_of(question, truth)
        return place is not None and said == str(place)
    return isinstance(truth.answer, float) and math.isclose(number_said(said), truth.answer, rel_tol=CLOSE)


def number_said(said: str, unit: str = "") -> float:
    """The number that somebody typed, with its ``unit`` or without, NaN where it is none."""
    try:
        return any_number(said, unit)
    except Refusal:
        return math.nan


def reply(question: Question, said: str, truth: Truth) -> str:
    """What to say to somebody who answered ``said``; empty for somebody who did not."""
    if not said:
        return ""
    if is_right(question, said, truth):
        return "Right."
    chosen = option_said(question, said)
    if chosen is None:
        return f"You said {quoted(said)}." if question.options else f"You said {said}: not within a tenth of it."
    return f"You said “{chosen.text}”. {chosen.wrong}".strip()


def option_said(question: Question, said: str) -> Option | None:
    """The option whose place ``said`` is, if it is one's."""
    return question.options[int(said)] if said.isdecimal() and int(said) < len(question.options) else None
