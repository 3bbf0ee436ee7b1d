"""Jobs under a test's control, a clock that is told the time, and how tests wait."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from explorer.jobs.job import Attachment, JobCancelled
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

    def stubborn(self, progress: Callable[..., None]) -> object:
        """Makes an error of its own of its cancellation, as torchinfo does."""
        try:
            return self.stoppable(progress)
        except JobCancelled as error:
            raise RuntimeError("wrapped") from error

    def tells(self, words: tuple[tuple[object, ...], ...], progress: Callable[..., None]) -> object:
        """Reports these and is silent until it is let go."""
        for word in words:
            progress(*word)
        self.started.set()
        assert self.go.wait(PATIENCE)
        return self.answer

    def tells_late(self, progress: Callable[..., None]) -> object:
        """Reports once it is let go, and ends when ``done`` is set."""
        self.started.set()
        assert self.go.wait(PATIENCE)
        progress(0.5)
        self.told.set()
        assert self.done.wait(PATIENCE)
        return self.answer

    def stalls(self, progress: Callable[..., None]) -> None:
        """Is silent until it is let go, then reports until it is cancelled."""
        self.started.set()
        assert self.go.wait(PATIENCE)
        end = time.perf_counter() + PATIENCE
        try:
            while time.perf_counter() < end:
                progress(0.5)
        except JobCancelled:
            self.stopped.set()
            raise

    @property
    def told(self) -> Signal:
        return Signal(self.folder / "told")

    @property
    def done(self) -> Signal:
        return Signal(self.folder / "done")

    def read(self, _: Attachment) -> object:
        """Is made from a file."""
        return self()

    def note(self, text: str) -> None:
        """Writes a line below those before."""
        with (self.folder / "notes").open("a") as file:
            file.write(f"{text}\n")

    def notes(self) -> list[str]:
        return (self.folder / "notes").read_text().splitlines()

    def alone(self, number: int) -> int:
        """Fails where another one is in here, too."""
        inside = self.folder / "inside"
        inside.touch(exist_ok=False)
        time.sleep(0.005)  # long enough for a second worker, were there one, to come in
        inside.unlink()
        return number

    def meet(self, number: int, others: int) -> int:
        """Waits until so many have come."""
        Signal(self.folder / str(number)).set()
        until(lambda: len(list(self.folder.iterdir())) == others)
        return number


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


def raises(error: BaseException) -> None:
    raise error


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for what no event announces."""
    end = time.perf_counter() + patience
    while not condition():
        assert time.perf_counter() < end
        time.sleep(0.001)
