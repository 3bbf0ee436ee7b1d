"""What a path is: steps, each with a link into the app, a question, and what to look at.

A path is data. What is true of its questions is computed (``explorer.paths.truths``) and stands nowhere in it; only a
question that somebody wrote themselves may say which of its options is right.
"""

import re
from dataclasses import dataclass

from explorer.classroom.values import MAX_OPTION, MAX_OPTIONS, MAX_QUESTION, MAX_UNIT, MIN_OPTIONS
from explorer.text.errors import Refusal
from explorer.text.quantities import counted, listed
from explorer.text.typed_numbers import quoted

Query = tuple[tuple[str, str], ...]  # names and values of a link, in their order

# Names in a link that are the reader's own and no view's, and those that Streamlit keeps for itself.
RESERVED = frozenset({"path", "path_step", "path_said", "own_path", "join", "embed", "embed_options"})
MOST_STEPS = 20
LONGEST = {  # characters; a question has to fit on the screens of a class, too
    "title": 80,
    "question": MAX_QUESTION,
    "option": MAX_OPTION,
    "wrong": 300,
    "look": 400,
    "note": 600,
    "unit": MAX_UNIT,
    "query": 900,
}
MOST_MINUTES = 60
_KEY = re.compile(r"[a-z0-9-]{1,40}")
PAGES = ("architecture", "compare", "gradients", "training", "cam", "ideas")  # files in pages/ that a step may open


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``answer`` is what the truth calls it: a word, or a number as text. ``wrong`` is what to say to
    those who chose it and were wrong."""

    text: str
    answer: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with two to six options or, without any, one whose answer is a number with a ``unit``.

    ``truth`` names a function of ``explorer.paths.truths``. Without it, ``right`` is the place of the option that the
    author of the path calls right, or None for an open question.

    Raises:
        Refusal: a text is missing or too long, or there are too few or too many options.
    """

    text: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    truth: str = ""
    right: int | None = None

    def __post_init__(self) -> None:
        _short("question", self.text, needed=True)
        _short("unit", self.unit)
        if self.options and not MIN_OPTIONS <= len(self.options) <= MAX_OPTIONS:
            given = counted(len(self.options), "option")
            raise Refusal(f"A question has {given}: give {MIN_OPTIONS} to {MAX_OPTIONS}, or none.")
        for option in self.options:
            _short("option", option.text, needed=True)
            _short("wrong", option.wrong)
        if self.right is not None and not 0 <= self.right < len(self.options):
            raise Refusal(f"The right option is number {quoted(self.right + 1)} of {len(self.options)}: there is none.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``page`` is a file in ``pages/`` and ``query`` its link, ``look`` what to look at, ``note`` what a
    teacher may say, ``minutes`` how long one reader takes; a class that votes takes twice as long.

    Raises:
        Refusal: a text is missing or too long.
    """

    title: str
    page: str
    query: Query = ()
    question: Question | None = None
    look: str = ""
    note: str = ""
    minutes: int = 2

    def __post_init__(self) -> None:
        _short("title", self.title, needed=True)
        _short("look", self.look)
        _short("note", self.note)
        if self.page not in PAGES:
            raise Refusal(f"{quoted(self.page)} is no page of this app: there are {listed(PAGES)}.")
        _short("query", "&".join("=".join(pair) for pair in self.query))
        for name, _ in self.query:
            if name.lower() in RESERVED:
                raise Refusal(f"A step's link has no {quoted(name)}: that belongs to whoever opens it.")
        if not 0 <= self.minutes <= MOST_MINUTES:
            raise Refusal(f"A step of {quoted(self.minutes)} minutes is out of range: take 0 to {MOST_MINUTES}.")


@dataclass(frozen=True, slots=True)
class Path:
    """Steps in their order, under a title. ``key`` names a shipped path in links; one of somebody's own has none.

    Raises:
        Refusal: there is no step, or there are too many; the title is missing or too long.
    """

    title: str
    steps: tuple[Step, ...]
    key: str = ""

    def __post_init__(self) -> None:
        _short("title", self.title, needed=True)
        if self.key and not _KEY.fullmatch(self.key):
            raise Refusal(f"{quoted(self.key)} is no name for a path: use small letters, digits and hyphens.")
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise Refusal(f"A path has {counted(len(self.steps), 'step')}: give 1 to {MOST_STEPS}.")

    @property
    def minutes(self) -> int:
        """How long one reader takes for all of it."""
        return sum(step.minutes for step in self.steps)


def _short(what: str, text: str, *, needed: bool = False) -> None:
    most = LONGEST[what]
    if len(text) > most:
        raise Refusal(f"A {what} has {len(text):,} characters: write at most {most}.")
    if not text.isascii() and not _is_text(text):
        raise Refusal(f"A {what} has half a character in it, which cannot be shown: write it anew.")
    if needed and not text.strip():
        raise Refusal(f"A {what} is empty: write something.")


def _is_text(text: str) -> bool:
    """Whether no character is half of a pair (a lone surrogate), which JSON can hold and no screen can show."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
