"""Jobs under a test's control, a clock that is told the time, and how tests wait."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from explorer.jobs.queue import JobCancelled, JobQueue

PATIENCE = 30  # seconds until a test that waits for an event gives up


@dataclass(eq=False)
class Work:
    """A job under the test's control: says when it starts, goes on when let, and remembers how often it ran."""

    answer: object = None
    started: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    runs: int = 0

    def __call__(self) -> object:
        self.runs += 1
        self.started.set()
        assert self.go.wait(PATIENCE)
        return self.answer

    def stoppable(self, progress: Callable[..., None]) -> object:
        """Reports progress until it is let go or cancelled."""
        self.runs += 1
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


def submit(queue: JobQueue, function: Callable[..., object], *args: object, owner: str = "me") -> str:
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
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)
