"""Where jobs are done, as the tests of the queue see it: in threads here, or by a cluster."""

import logging
import threading
from typing import Any

import pytest

from explorer.jobs.queue import JobQueue
from tests.jobs.work import Clock, until


class Threads:
    """Queues of this process. What a test changes here is changed back afterwards."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        self._monkeypatch, self._caplog, self._clock = monkeypatch, caplog, Clock()
        self._made: list[JobQueue] = []
        caplog.set_level(logging.INFO, logger="explorer.jobs.queue")

    def make(self, **bounds: Any) -> JobQueue:
        """A queue of one's own, closed when the test is over."""
        self._made.append(JobQueue(**bounds))
        return self._made[-1]

    def patch(self, name: str, value: object) -> None:
        """Set something that a module has, as ``explorer.jobs.store.KEEP_BYTES``."""
        self._monkeypatch.setattr(name, value)

    def later(self, seconds: float) -> None:
        """Let time go by for the queue."""
        self._clock.later(seconds)
        self._monkeypatch.setattr("explorer.jobs.queue.time.monotonic", self._clock)

    def logged(self) -> list[tuple[str, int, bool]]:
        """What was logged: the message, its level, and whether a traceback stands with it."""
        return [(each.getMessage(), each.levelno, each.exc_info is not None) for each in self._caplog.records]

    def threads(self) -> int:
        """How many threads of the lane "test" there are."""
        return threads_of_tests()

    def remembered(self) -> tuple[int, int, int, int]:
        """How many jobs the last queue knows by handle and by request, how many wait, how many are not finished."""
        return remembered(self._made[-1])

    def close(self) -> None:
        """Close every queue, and see that its threads end."""
        for queue in self._made:
            queue.close()
        until(lambda: not self.threads())  # those that were given up, too, which a queue does not wait for


def threads_of_tests() -> int:
    """How many threads of the lane "test" this process has."""
    return sum(thread.name == "jobs-test" for thread in threading.enumerate())


def remembered(queue: JobQueue) -> tuple[int, int, int, int]:
    """See ``Threads.remembered``."""
    store, lanes = queue._jobs, queue._lanes.values()
    return len(store.by_id), len(store.by_key), sum(len(lane.waiting) for lane in lanes), len(list(store.unfinished()))
