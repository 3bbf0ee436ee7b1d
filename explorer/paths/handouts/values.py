"""A path ready to be written down: each step with its truth, its page's pictures, numbers and sentences, and code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.charts.still.legend import Entry
from explorer.charts.table_twin import Row
from explorer.jobs.idle import Request
from explorer.paths.answers import Truth, place_of
from explorer.paths.values import Path, Step

Ask = Callable[[Request], Any]
"""Does what is requested and returns the result; what was requested before is not done again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a page without scripts: ``wide`` for a screen and ``narrow`` for a phone, as markup that we made.

    Pixels have no ``narrow`` one. The next fields are plain text, and ``rows`` are its numbers. A ``drawing`` is made
    for a whole page's width.
    """

    title: str
    lines: tuple[str, ...]
    legend: tuple[Entry, ...]
    wide: str
    narrow: str
    rows: tuple[Row, ...] = ()
    drawing: bool = False


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a step's page shows, and its ``sentences``; both may be empty."""

    pictures: tuple[Picture, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepHandout:
    """A step with what is true of its question, if it has one that can be answered, and its page's experiment.

    ``code`` is Python that finds the same again, ``trouble`` why something could not be measured; both may be empty.
    """

    step: Step
    truth: Truth | None = None
    experiment: Experiment = field(default_factory=Experiment)
    code: str = ""
    trouble: str = ""

    @property
    def right(self) -> int | None:
        """The place of the right option, None where there is none."""
        question = self.step.question
        return place_of(question, self.truth) if question and self.truth else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said of the truth and of the page, each sentence once."""
        told = self.truth.sentences if self.truth else ()
        return tuple(dict.fromkeys((*told, *self.experiment.sentences)))


@dataclass(frozen=True, slots=True)
class Handout:
    """A path and all of its steps."""

    path: Path
    steps: tuple[StepHandout, ...]
