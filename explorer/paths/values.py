"""What a path is: steps, each with a link into the app, a question, and what to look at.

A path is data. What is true of its questions is computed (``explorer.paths.truths``) and stands nowhere in it; only a
question that somebody wrote themselves may say which of its options is right.
"""

import re
from dataclasses import dataclass

from explorer.classroom.values import MAX_QUESTION, Poll
from explorer.text.errors import Refusal
from explorer.text.quantities import counted, listed
from explorer.text.typed_numbers import quoted

Query = tuple[tuple[str, str], ...]  # names and values of a link, in their order

# Names in a link that are the reader's own and no view's, and those that Streamlit keeps for itself.
RESERVED = frozenset({"path", "path_step", "path_said", "own_path", "join", "embed", "embed_options"})
MOST_STEPS = 20
LONGEST = {"title": 80, "question": MAX_QUESTION, "wrong": 300, "look": 400, "note": 600, "query": 900}  # characters
MOST_MINUTES = 60
_TITLE = "The title"
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
        Refusal: it is no question for a class, or a text is too long.
    """

    text: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    truth: str = ""
    right: int | None = None

    def __post_init__(self) -> None:
        for text in (self.text, self.unit, *(option.text for option in self.options)):
            _whole("The question", text)
        _ = self.poll
        for option in self.options:
            _short("The sentence for a wrong answer", option.wrong, LONGEST["wrong"])
        if self.right is not None and not 0 <= self.right < len(self.options):
            raise Refusal(f"The right option is number {quoted(self.right + 1)} of {len(self.options)}: there is none.")

    @property
    def poll(self) -> Poll:
        """The question as a class is asked it."""
        return Poll(self.text, tuple(option.text for option in self.options), self.unit)


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
        _short(_TITLE, self.title, LONGEST["title"], needed=True)
        _short("What to look at", self.look, LONGEST["look"])
        _short("The note for the teacher", self.note, LONGEST["note"])
        if self.page not in PAGES:
            raise Refusal(f"{quoted(self.page)} is no page of this app: there are {listed(PAGES)}.")
        _short("The link of a step", "&".join("=".join(pair) for pair in self.query), LONGEST["query"])
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
        _short(_TITLE, self.title, LONGEST["title"], needed=True)
        if self.key and not _KEY.fullmatch(self.key):
            raise Refusal(f"{quoted(self.key)} is no name for a path: use small letters, digits and hyphens.")
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise Refusal(f"A path has {counted(len(self.steps), 'step')}: give 1 to {MOST_STEPS}.")

    @property
    def minutes(self) -> int:
        """How long one reader takes for all of it."""
        return sum(step.minutes for step in self.steps)


def _short(what: str, text: str, most: int, *, needed: bool = False) -> None:
    if len(text) > most:
        raise Refusal(f"{what} has {len(text):,} characters: write at most {most}.")
    _whole(what, text)
    if needed and not text.strip():
        raise Refusal(f"{what} is empty: write something.")


def _whole(what: str, text: str) -> None:
    """Refuse half of a pair of characters (a lone surrogate), which JSON can hold and no screen can show."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal(f"{what} has half a character in it, which cannot be shown: write it anew.") from None
