"""Jobs under a test's control, a clock that is told the time, and how tests wait."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from explorer.jobs.job import JobCancelled
from explorer.jobs.service import JobService

PATIENCE = 30  # seconds until a test that waits for an event gives up


@dataclass(frozen=True)
class Signal:
    """An event that a test and its job share, in whichever process that runs: a file that is there once it is set.

    Waiting goes by the one clock that tests leave alone.
    """

    path: Path

    def set(self) -> None:
        self.path.touch()

    def is_set(self) -> bool:
        return self.path.exists()

    def wait(self, timeout: float) -> bool:
        end = time.perf_counter() + timeout
        while not self.is_set():
            if time.perf_counter() >= end:
                return False
            time.sleep(0.001)
        return True


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="jobs-of-tests-")


def own_folder() -> Path:
    """A new folder, gone when the tests are over."""
    return Path(tempfile.mkdtemp(dir=_folder().name))


@dataclass(eq=False)
class Work:
    """A job under the test's control: says when it starts, goes on when let, and remembers how often it ran."""

    answer: object = None
    folder: Path = field(default_factory=own_folder)

    @property
    def started(self) -> Signal:
        return Signal(self.folder / "started")

    @property
    def go(self) -> Signal:
        return Signal(self.folder / "go")

    @property
    def stopped(self) -> Signal:
        return Signal(self.folder / "stopped")

    @property
    def runs(self) -> int:
        """How often it was begun."""
        begun = self.folder / "runs"
        return begun.stat().st_size if begun.exists() else 0

    def _begin(self) -> None:
        file = os.open(self.folder / "runs", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, b".")
        os.close(file)

    def __call__(self) -> object:
        self._begin()
        self.started.set()
        assert self.go.wait(PATIENCE)
        return self.answer

    def stoppable(self, progress: Callable[..., None]) -> object:
        """Reports progress until it is let go or cancelled."""
        self._begin()
        fraction = 0.0
        try:
            while not self.go.wait(0.001):
                fraction = min(fraction + 0.25, 0.75)
                progress(fraction, f"{fraction:.0%} of the way")
                self.started.set()
        except JobCancelled:
            self.stopped.set()
            raise
        return self.answer


def submit(queue: JobService, function: Callable[..., object], *args: object, owner: str = "me") -> str:
    return queue.submit(function, *args, owner=owner, lane="test")


@dataclass
class Clock:
    """A clock that also goes forward when it is told to."""

    ahead: float = 0.0
    real: Callable[[], float] = time.monotonic

    def __call__(self) -> float:
        return self.real() + self.ahead

    def later(self, seconds: float) -> None:
        self.ahead += seconds


def double(number: float) -> float:
    return 2 * number


def fail(message: str) -> None:
    raise ValueError(message)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what no event announces."""
    end = time.perf_counter() + PATIENCE
    while not condition():
        assert time.perf_counter() < end
        time.sleep(0.001)
