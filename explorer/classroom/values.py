"""What goes in and out of a class: plain frozen data. Whoever makes a value too large is told so in a sentence."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from explorer.text.errors import Refusal

MAX_QUESTION, MAX_OPTION, MAX_UNIT, MAX_SENTENCE = 300, 120, 20, 600  # characters
MIN_OPTIONS, MAX_OPTIONS = 2, 6
MAX_PAGE, MAX_QUERY_PAIRS, MAX_QUERY = 40, 80, 4000  # the last in characters of names and values together
MAX_NUMBER = 1e15
MAX_MINUTES = 180.0


class Hidden(StrEnum):
    """What the students' screens can leave out until the answer is revealed."""

    VERDICTS = "verdicts"
    SETTINGS = "settings"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows: the page's name (its file without ``.py``) and its address's names and values, in order.

    Raises:
        Refusal: it is larger than any page's address.
    """

    page: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        size = sum(len(name) + len(value) for name, value in self.query)
        if len(self.page) > MAX_PAGE or len(self.query) > MAX_QUERY_PAIRS or size > MAX_QUERY:
            raise Refusal("This view has too many choices to be shown to a class: its address is too long.")
        object.__setattr__(self, "query", tuple((_unicode(name), _unicode(value)) for name, value in self.query))


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with two to six options, or without options: then the answer is a number, counted in ``unit``.

    Raises:
        Refusal: the question or an option is empty, too long, or there twice; the message says which.
    """

    question: str
    options: tuple[str, ...] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "question", _line("The question", self.question, MAX_QUESTION))
        options = tuple(_line(f"Option {place}", each, MAX_OPTION) for place, each in enumerate(self.options, 1))
        object.__setattr__(self, "options", options)
        if options and not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
            raise Refusal(f"A question has {MIN_OPTIONS} to {MAX_OPTIONS} options; this one has {len(options)}.")
        if len(set(options)) < len(options):
            raise Refusal("Two options are the same: nobody could tell them apart.")
        if len(self.unit) > MAX_UNIT:
            raise Refusal(f"A unit has at most {MAX_UNIT} characters.")
        object.__setattr__(self, "unit", _unicode(self.unit))

    def admitted(self, choice: float) -> float:
        """Returns an answer as it is counted: an option's index, or a number rounded to six digits.

        Raises:
            Refusal: no such answer is possible.
        """
        if isinstance(choice, bool) or not isinstance(choice, int | float):
            raise Refusal("An answer is one of the options, or a number.")
        if self.options:
            if choice not in range(len(self.options)):
                raise Refusal("This question has no such option.")
            return int(choice)
        if not abs(choice) <= MAX_NUMBER:  # nor is NaN; math.isfinite raises for an integer of 400 digits
            raise Refusal("Please answer with an ordinary number.")
        return float(f"{choice:.6g}")


def _line(what: str, text: str, most: int) -> str:
    if len(text) > 10 * most:  # before anything walks through it
        raise Refusal(f"{what} has {len(text):,} characters; at most {most} are allowed.")
    line = " ".join(_unicode(text).split())
    if not line:
        raise Refusal(f"{what} is empty.")
    if len(line) > most:
        raise Refusal(f"{what} has {len(line):,} characters; at most {most} are allowed.")
    return line


def _unicode(text: str) -> str:
    """Returns the text with a question mark for each half of a surrogate pair, which no screen could be sent."""
    return text.encode(errors="replace").decode()


@dataclass(frozen=True, slots=True)
class Truth:
    """What is shown when a poll is revealed: the right option's index or the number, and a sentence.

    ``wrong`` has a sentence for each option, empty for the right one; or it is empty. A number is right within the
    share ``close`` of the true one.

    Raises:
        Refusal: a sentence is too long.
    """

    right: float
    sentence: str = ""
    wrong: tuple[str, ...] = ()
    close: float = 0.0

    def holds(self, choice: float) -> bool:
        """Whether this answer is right."""
        return math.isclose(choice, self.right, rel_tol=self.close)

    def __post_init__(self) -> None:
        if len(self.wrong) > MAX_OPTIONS or any(len(each) > MAX_SENTENCE for each in (self.sentence, *self.wrong)):
            raise Refusal(f"The sentences for the answers have at most {MAX_SENTENCE} characters each.")
        object.__setattr__(self, "sentence", _unicode(self.sentence))
        object.__setattr__(self, "wrong", tuple(map(_unicode, self.wrong)))


@dataclass(frozen=True, slots=True)
class Question:
    """A poll, and its truth where that is known."""

    poll: Poll
    truth: Truth | None = None

    def __post_init__(self) -> None:
        if self.truth and self.poll.options and self.truth.right not in range(len(self.poll.options)):
            raise Refusal("The right answer is none of the options.")


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one round: pairs of an answer and how many gave it; all options, and of numbers those given."""

    counts: tuple[tuple[float, int], ...]

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of this class as one screen may know it.

    ``rounds`` are the tallies of the votes; students get them, and ``truth``, when the answer is revealed. ``mine`` is
    this student's own answer to the present vote.
    """

    number: int
    poll: Poll
    truth: Truth | None = None
    rounds: tuple[Tally, ...] = ()
    mine: float | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """All that one screen shows of its class. ``version`` changes whenever anything else here does.

    ``moves`` counts how often the teacher went somewhere, ``gathered`` how often everybody was called back. ``asked``
    are the questions on the screens now: one, or those of a quiz; ``round`` is 1, or 2 for the second vote on it.
    ``seeds`` is whether each student has a recorded run of their own. ``students`` is how many were in when this
    changed, ``seat`` this student's number, from 0; it is None for the teacher.
    """

    version: int
    view: View = View()
    moves: int = 0
    gathered: int = 0
    following: bool = True
    asked: tuple[Asked, ...] = ()
    round: int = 1
    revealed: bool = False
    hidden: tuple[Hidden, ...] = ()
    projector: bool = False
    seeds: bool = False
    seconds_left: float | None = None
    students: int = 0
    seat: int | None = None
    ended: bool = False


ENDED = Scene(version=-1, ended=True)


class Full(Refusal):
    """All places are taken: there may be one later."""


class Words(TypedDict, total=False):
    """What a teacher can say. ``minutes`` is how long this step takes, 0 for no limit; ``gather`` calls everybody
    back; ``round`` 2 begins the second vote; ``revealed`` shows the answer; ``asking`` False puts the poll away."""

    view: View
    following: bool
    gather: bool
    hidden: tuple[Hidden, ...]
    projector: bool
    seeds: bool
    minutes: float
    round: int
    revealed: bool
    asking: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A new class: ``code`` is for everybody, ``secret`` for the teacher alone."""

    code: str
    secret: str
