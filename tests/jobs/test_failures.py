"""Jobs that fail, and jobs from which nothing is heard."""

import logging
import threading
from collections.abc import Callable

import pytest

from explorer.jobs import queue as jobs
from explorer.jobs.crews import MOST_GIVEN_UP
from explorer.jobs.queue import JobCancelled, JobFailed, JobQueue, JobState
from explorer.text.errors import Refusal
from tests.jobs.work import PATIENCE, Clock, Work, double, fail, submit, until


def test_a_silent_job_is_given_up_and_its_lane_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, silent, clock = JobQueue(silent_seconds=600), Work(), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    handle = submit(queue, silent)
    assert silent.started.wait(PATIENCE)
    after = submit(queue, double, 21, owner="you")
    clock.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    clock.later(1)
    assert queue.status(after).state is not JobState.CANCELLED
    with pytest.raises(JobFailed, match="given up after 10 minutes without a sign of progress"):
        queue.result(handle, 0)
    assert queue.result(after, PATIENCE) == 42  # while the first still runs
    assert not silent.go.is_set()
    for number in range(4):
        submit(queue, double, number)  # it counts no more against its owner
    silent.go.set()
    until(lambda: len([thread for thread in threading.enumerate() if thread.name == "jobs-test"]) == 1)
    assert queue.status(handle).state is JobState.FAILED  # its late answer is nobody's
    queue.close(PATIENCE)


def test_a_job_that_reports_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    report, heard, done = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Callable[..., None]) -> str:
        assert report.wait(PATIENCE)
        progress(0.5)
        heard.set()
        assert done.wait(PATIENCE)
        return "late and right"

    handle = submit(queue, work)
    clock.later(599)
    report.set()
    assert heard.wait(PATIENCE)
    clock.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    done.set()
    assert queue.result(handle, PATIENCE) == "late and right"
    queue.close(PATIENCE)


def test_a_given_up_job_stops_when_it_reports_again(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    started, report, stopped = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Callable[..., None]) -> None:
        started.set()
        assert report.wait(PATIENCE)
        try:
            progress(0.5)
        except JobCancelled:
            stopped.set()
            raise

    handle = submit(queue, work)
    assert started.wait(PATIENCE)
    clock.later(600)
    assert queue.status(handle).state is JobState.FAILED
    report.set()
    assert stopped.wait(PATIENCE)
    queue.close(PATIENCE)


def test_only_so_many_threads_of_a_lane_are_left_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    silent = [Work(number) for number in range(MOST_GIVEN_UP + 1)]
    for number, work in enumerate(silent):
        handle = submit(queue, work, owner=f"owner {number}")
        assert work.started.wait(PATIENCE)
        clock.later(600)
        assert queue.status(handle).state is JobState.FAILED
    after = submit(queue, double, 21)
    with pytest.raises(TimeoutError):
        queue.result(after, 0.1)  # the lane waits for one to end
    silent[0].go.set()
    assert queue.result(after, PATIENCE) == 42
    for work in silent:
        work.go.set()
    queue.close(PATIENCE)


def test_an_error_keeps_its_message_for_a_while_only() -> None:
    queue = JobQueue(error_seconds=0)
    first = submit(queue, fail, "the kernel does not fit")
    with pytest.raises(JobFailed, match=r"^the kernel does not fit$"):
        queue.result(first, PATIENCE)
    status = queue.status(first)
    assert (status.state, status.message) == (JobState.FAILED, "the kernel does not fit")
    second = submit(queue, fail, "the kernel does not fit")
    assert second != first
    queue.close()


def test_an_error_answers_identical_requests_meanwhile(queue: JobQueue) -> None:
    """Or a page that asks at every run would fail, and work, for ever."""
    first = submit(queue, fail, "no")
    with pytest.raises(JobFailed):
        queue.result(first, PATIENCE)
    assert submit(queue, fail, "no") == first


@pytest.mark.parametrize(("error", "traced"), [(Refusal("no picture"), False), (ValueError("a mistake"), True)])
def test_only_faults_of_the_program_are_traced(
    queue: JobQueue, caplog: pytest.LogCaptureFixture, error: Exception, traced: bool
) -> None:
    def fails() -> None:
        raise error

    caplog.set_level(logging.INFO, logger="explorer.jobs.queue")
    with pytest.raises(JobFailed, match=str(error)):
        queue.result(queue.submit(fails, owner="ada"), timeout=PATIENCE)
    (record,) = caplog.records
    assert (record.exc_info is not None, record.levelno >= logging.WARNING) == (traced, traced)
    assert str(error) in record.getMessage()


def test_a_worker_outlives_what_it_runs(queue: JobQueue) -> None:
    def leave() -> None:
        raise SystemExit

    with pytest.raises(JobFailed, match="SystemExit"):
        queue.result(submit(queue, leave), PATIENCE)
    assert queue.result(submit(queue, double, 1), PATIENCE) == 2
