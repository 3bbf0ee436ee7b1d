"""Runs the programs of "Spot the bug" and keeps what they print or raise.

Only programs that this project brings along are run, never anything that a reader sent.
"""

import traceback
from dataclasses import dataclass
from functools import lru_cache

import torch

from explorer.ideas.bugs import Bug

_NAME = "listing"


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """What a program printed, and the ``error`` (``TypeError: ...``) that ended it in ``line``, from 1, if one did."""

    printed: str
    error: str = ""
    line: int | None = None

    @property
    def words(self) -> str:
        """What a reader sees: the error, or what was printed."""
        return self.error or self.printed.rstrip("\n")


@lru_cache(maxsize=64)
def run_program(program: str) -> ProgramOutput:
    """Runs a program in a namespace of its own. It does not change the random state of others."""
    printed: list[str] = []
    names = {"__name__": _NAME, "print": lambda *words: printed.append(f"{' '.join(map(str, words))}\n")}
    try:
        with torch.random.fork_rng(devices=[]):
            exec(compile(program, _NAME, "exec"), names)
    except Exception as error:  # whatever the listing raises is what is to be seen
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _NAME]
        line = frames[-1].lineno if frames else None
        return ProgramOutput("".join(printed), f"{type(error).__name__}: {error}", line)
    return ProgramOutput("".join(printed))


def check_wrong(bug: Bug) -> ProgramOutput:
    """Runs the check after the wrong program."""
    return run_program(f"{bug.wrong}\n{bug.check}\n")


def check_mended(bug: Bug) -> ProgramOutput:
    """Runs the check after the mended program."""
    return run_program(f"{bug.mended}\n{bug.check}\n")
