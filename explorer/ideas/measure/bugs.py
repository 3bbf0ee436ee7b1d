"""What the listings of "Spot the bug" really do: each is run, and what comes of it is kept as it is.

Only programs that this project brings along are run here, never anything that a reader sent.
"""

import traceback
from dataclasses import dataclass
from functools import lru_cache

import torch

from explorer.ideas.bugs import Bug

_NAME = "listing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program printed, or the ``error`` that it ended with (``TypeError: ...``) and in which ``line``, from
    1."""

    printed: str
    error: str = ""
    line: int | None = None

    @property
    def words(self) -> str:
        """What people read: the error's text, or what was printed."""
        return self.error or self.printed.rstrip("\n")


@lru_cache(maxsize=64)
def outcome(program: str) -> Outcome:
    """Run one of the listings, in a namespace of its own; the random state of others stays as it is."""
    printed: list[str] = []
    names = {"__name__": _NAME, "print": lambda *words: printed.append(f"{' '.join(map(str, words))}\n")}
    try:
        with torch.random.fork_rng(devices=[]):
            exec(compile(program, _NAME, "exec"), names)
    except Exception as error:  # whatever the listing raises is what is to be seen
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _NAME]
        line = frames[-1].lineno if frames else None
        return Outcome("".join(printed), f"{type(error).__name__}: {error}", line)
    return Outcome("".join(printed))


def caught(bug: Bug) -> Outcome:
    """What the check says of the program with the mistake."""
    return outcome(f"{bug.wrong}\n{bug.check}\n")


def passed(bug: Bug) -> Outcome:
    """What the check says of the mended program."""
    return outcome(f"{bug.mended}\n{bug.check}\n")
