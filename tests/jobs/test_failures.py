"""Jobs that fail, and jobs from which nothing is heard."""

import logging
from typing import Any

import pytest

from explorer.jobs.crews import MOST_GIVEN_UP
from explorer.jobs.queue import JobFailed, JobQueue, JobState
from explorer.text.errors import Refusal
from tests.jobs.work import PATIENCE, Work, double, fail, raises, submit, until


def test_a_silent_job_is_given_up_and_its_lane_goes_on(engine: Any) -> None:
    queue, silent = engine.make(silent_seconds=600), Work()
    handle = submit(queue, silent)
    assert silent.started.wait(PATIENCE)
    after = submit(queue, double, 21, owner="you")
    engine.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    engine.later(1)
    assert queue.status(after).state is not JobState.CANCELLED
    with pytest.raises(JobFailed, match="given up after 10 minutes without a sign of progress"):
        queue.result(handle, 0)
    assert queue.result(after, PATIENCE) == 42  # while the first still runs
    assert not silent.go.is_set()
    for number in range(4):
        submit(queue, double, number)  # it counts no more against its owner
    silent.go.set()
    until(lambda: engine.threads() == 1)
    assert queue.status(handle).state is JobState.FAILED  # its late answer is nobody's


def test_a_job_that_reports_is_not_given_up(engine: Any) -> None:
    queue, work = engine.make(silent_seconds=600), Work("late and right")
    handle = submit(queue, work.tells_late)
    assert work.started.wait(PATIENCE)
    engine.later(599)
    work.go.set()
    assert work.told.wait(PATIENCE)
    until(lambda: queue.status(handle).progress == 0.5)
    engine.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    work.done.set()
    assert queue.result(handle, PATIENCE) == "late and right"


def test_a_given_up_job_stops_when_it_reports_again(engine: Any) -> None:
    queue, work = engine.make(silent_seconds=600), Work()
    handle = submit(queue, work.stalls)
    assert work.started.wait(PATIENCE)
    engine.later(600)
    assert queue.status(handle).state is JobState.FAILED
    work.go.set()
    assert work.stopped.wait(PATIENCE)


@pytest.mark.parametrize("engine", ["threads"], indirect=True)  # a cluster can end what it has given up, and does
def test_only_so_many_threads_of_a_lane_are_left_to_themselves(engine: Any) -> None:
    queue = engine.make(silent_seconds=600)
    silent = [Work(number) for number in range(MOST_GIVEN_UP + 1)]
    for number, work in enumerate(silent):
        handle = submit(queue, work, owner=f"owner {number}")
        assert work.started.wait(PATIENCE)
        engine.later(600)
        assert queue.status(handle).state is JobState.FAILED
    after = submit(queue, double, 21)
    with pytest.raises(TimeoutError):
        queue.result(after, 0.1)  # the lane waits for one to end
    silent[0].go.set()
    assert queue.result(after, PATIENCE) == 42
    for work in silent:
        work.go.set()


def test_an_error_keeps_its_message_for_a_while_only(engine: Any) -> None:
    queue = engine.make(error_seconds=0)
    first = submit(queue, fail, "the kernel does not fit")
    with pytest.raises(JobFailed, match=r"^the kernel does not fit$"):
        queue.result(first, PATIENCE)
    status = queue.status(first)
    assert (status.state, status.message) == (JobState.FAILED, "the kernel does not fit")
    second = submit(queue, fail, "the kernel does not fit")
    assert second != first


def test_an_error_answers_identical_requests_meanwhile(queue: JobQueue) -> None:
    """Or a page that asks at every run would fail, and work, for ever."""
    first = submit(queue, fail, "no")
    with pytest.raises(JobFailed):
        queue.result(first, PATIENCE)
    assert submit(queue, fail, "no") == first


@pytest.mark.parametrize(("error", "traced"), [(Refusal("no picture"), False), (ValueError("a mistake"), True)])
def test_only_faults_of_the_program_are_traced(engine: Any, queue: JobQueue, error: Exception, traced: bool) -> None:
    with pytest.raises(JobFailed, match=str(error)):
        queue.result(queue.submit(raises, error, owner="ada"), timeout=PATIENCE)
    ((message, level, has_traceback),) = engine.logged()
    assert (has_traceback, level >= logging.WARNING) == (traced, traced)
    assert str(error) in message


def test_a_worker_outlives_what_it_runs(queue: JobQueue) -> None:
    with pytest.raises(JobFailed, match="SystemExit"):
        queue.result(submit(queue, raises, SystemExit()), PATIENCE)
    assert queue.result(submit(queue, double, 1), PATIENCE) == 2
