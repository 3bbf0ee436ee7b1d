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

    The ``answer`` is what an option calls it, or a number; None where none of the options says it. Instead of it,
    ``place`` is that of the option which the author of the path calls right."""

    answer: str | float | None = None
    sentences: tuple[str, ...] = ()
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How to find a truth: a request for the job queue, the page's own wherever the page makes one, and how to read
    its result."""

    request: Request
    read: Callable[[Any], Truth]


def authors_truth(question: Question) -> Truth:
    """What the author of a path calls right."""
    return Truth(place=question.right)


def place_of(question: Question, truth: Truth) -> int | None:
    """Returns the place of the right option: the one that is called so, or the nearest number.

    None for questions without options, and where no option is called so: then all of them are wrong.
    """
    answer, called = truth.answer, [option.answer for option in question.options]
    if answer is None or not called:
        return truth.place
    if isinstance(answer, str):
        return called.index(answer) if answer in called else None
    distances = [abs(float(each) - answer) for each in called]
    return distances.index(min(distances))


def is_right(question: Question, said: str, truth: Truth) -> bool:
    """Whether ``said``, an option's place or a number as text, is right. A number is within a tenth of the truth."""
    if question.options:
        place = place_of(question, truth)
        return place is not None and said == str(place)
    return isinstance(truth.answer, float | int) and math.isclose(number_said(said), truth.answer, rel_tol=CLOSE)


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
