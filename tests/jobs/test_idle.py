"""The server's own work: one at a time, behind every reader's, and there for them when it is done."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from explorer.jobs.idle import Request, work_when_idle
from explorer.jobs.queue import JobQueue, JobState
from explorer.jobs.service import SERVER
from tests.jobs.work import PATIENCE, Work, double, raises, submit

Start = Callable[..., threading.Thread]


@pytest.fixture
def start(queue: JobQueue) -> Iterator[Start]:
    """Starts the server's own work on these functions, and ends it with the test."""
    stop, threads = threading.Event(), []

    def start(*functions: Callable[..., object]) -> threading.Thread:
        requests = [Request(function, (), "test") for function in functions]
        threads.append(threading.Thread(target=partial(work_when_idle, queue, requests, stop, pause=0.001)))
        threads[-1].start()
        return threads[-1]

    yield start
    stop.set()
    queue.close()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_reader_finds_the_result_kept(queue: JobQueue, start: Start) -> None:
    work = Work("ready")
    work.go.set()
    start(work.stoppable).join(PATIENCE)
    handle = submit(queue, work.stoppable, owner="reader")
    assert queue.status(handle).state is JobState.DONE
    assert (queue.result(handle), work.runs) == ("ready", 1)


def test_it_waits_for_readers_and_goes_one_by_one(queue: JobQueue, start: Start) -> None:
    readers, first, second = Work(), Work(), Work()
    submit(queue, readers)
    assert readers.started.wait(PATIENCE)
    start(first.stoppable, second.stoppable)
    assert not first.started.wait(0.1)
    readers.go.set()
    assert first.started.wait(PATIENCE)
    assert not second.started.wait(0.1)
    first.go.set()
    assert second.started.wait(PATIENCE)


def test_it_gives_way_to_a_reader_and_is_begun_again(queue: JobQueue, start: Start) -> None:
    own = Work("at last")
    thread = start(own.stoppable)
    assert own.started.wait(PATIENCE)
    assert queue.result(submit(queue, double, 3, owner="reader"), PATIENCE) == 6
    assert own.stopped.is_set()
    own.go.set()
    thread.join(PATIENCE)
    assert own.runs >= 2
    assert queue.result(submit(queue, own.stoppable, owner="reader"), 0) == "at last"


def test_a_reader_of_another_device_is_given_way_to(queue: JobQueue, start: Start) -> None:
    own = Work()
    start(own.stoppable)
    assert own.started.wait(PATIENCE)
    assert queue.result(queue.submit(double, 3, owner="reader", lane="other"), PATIENCE) == 6
    # Over before the own work reported again, or not: the next one is there for long.
    long = Work()
    queue.submit(long, owner="reader", lane="other")
    assert own.stopped.wait(PATIENCE)
    long.go.set()


def test_what_a_reader_joined_gives_way_to_nobody(queue: JobQueue, start: Start) -> None:
    own = Work("for you")
    start(own.stoppable)
    assert own.started.wait(PATIENCE)
    mine = submit(queue, own.stoppable, owner="reader")
    assert queue.status(mine).state is JobState.RUNNING
    other = submit(queue, double, 3, owner="another")
    assert not own.stopped.wait(0.1)
    own.go.set()
    assert queue.result(mine, PATIENCE) == "for you"
    assert queue.result(other, PATIENCE) == 6
    assert own.runs == 1


def test_the_server_is_no_absent_reader(queue: JobQueue, start: Start, engine: Any) -> None:
    engine.patch("explorer.jobs.queue.ABSENCE_CHECK_S", 0.0)
    queue.alive = lambda owner: owner != SERVER
    own = Work()
    start(own.stoppable)
    assert own.started.wait(PATIENCE)
    assert not own.stopped.wait(0.1)


def test_what_fails_is_left_out(queue: JobQueue, start: Start) -> None:
    work, fails = Work("the next"), partial(raises, ValueError("no such thing"))
    work.go.set()
    start(fails, work.stoppable).join(PATIENCE)
    assert work.runs == 1
