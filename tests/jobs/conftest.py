"""What every test of the queue needs: one of its own, and its only worker held up."""

import threading
from collections.abc import Iterator

import pytest

from explorer.jobs.queue import JobQueue
from tests.jobs.work import PATIENCE, Work


@pytest.fixture
def queue() -> Iterator[JobQueue]:
    made = JobQueue(max_waiting=8, max_per_owner=3, keep=50)
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs-test")]


@pytest.fixture
def busy(queue: JobQueue) -> Iterator[Work]:
    """Occupies the only worker of lane "test" until let go."""
    work = Work("busy")
    queue.submit(work, owner="somebody else", lane="test")
    assert work.started.wait(PATIENCE)
    yield work
    work.go.set()
