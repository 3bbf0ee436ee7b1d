"""Who wants a job, and what happens when nobody does any more."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from explorer.jobs.queue import JobCancelled, JobQueue, JobState
from tests.jobs.work import PATIENCE, Work, double, submit


def test_cancelling_one_owner_leaves_the_others_theirs(queue: JobQueue) -> None:
    work = Work("for you")
    mine, yours = submit(queue, work.stoppable), submit(queue, work.stoppable, owner="you")
    assert work.started.wait(PATIENCE)
    queue.cancel(mine)
    assert queue.status(mine).state is JobState.CANCELLED
    with pytest.raises(JobCancelled):
        queue.result(mine, PATIENCE)
    assert queue.status(yours).state is JobState.RUNNING
    work.go.set()
    assert queue.result(yours, PATIENCE) == "for you"
    assert not work.stopped.is_set()


def test_a_job_that_nobody_wants_stops_at_once(queue: JobQueue) -> None:
    work = Work()
    handles = [submit(queue, work.stoppable, owner=owner) for owner in ("me", "you")]
    assert work.started.wait(PATIENCE)
    for handle in handles:
        queue.cancel(handle)
    assert work.stopped.wait(PATIENCE)
    assert [queue.status(handle).state for handle in handles] == [JobState.CANCELLED] * 2
    assert queue.result(submit(queue, double, 3), PATIENCE) == 6  # and the worker is free


def test_a_waiting_job_that_nobody_wants_never_starts(queue: JobQueue, busy: Work) -> None:
    work = Work()
    queue.cancel(submit(queue, work))
    after = submit(queue, double, 1)
    assert queue.status(after).position == 1
    busy.go.set()
    assert queue.result(after, PATIENCE) == 2
    assert work.runs == 0


def test_cancelling_wakes_whoever_waits_for_the_result(queue: JobQueue, busy: Work) -> None:
    handle = submit(queue, double, 1)
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(queue.result, handle)
        queue.cancel(handle)
        with pytest.raises(JobCancelled):
            waiting.result(PATIENCE)


def test_a_cancelled_request_can_be_made_again(queue: JobQueue) -> None:
    work = Work("second time")
    queue.cancel(submit(queue, work.stoppable))
    again = submit(queue, work.stoppable)
    assert queue.status(again).state in (JobState.QUEUED, JobState.RUNNING)
    work.go.set()
    assert queue.result(again, PATIENCE) == "second time"


def test_cancelling_twice_or_the_unknown_does_nothing(queue: JobQueue, busy: Work) -> None:
    handle = submit(queue, double, 1)
    other = submit(queue, double, 1, owner="you")
    for wrong in (handle, handle, "job999:me", "nonsense", ""):
        queue.cancel(wrong)
    assert queue.status(other).state is JobState.QUEUED
    assert queue.status("nonsense").state is JobState.CANCELLED
    busy.go.set()
    assert queue.result(other, PATIENCE) == 2
    queue.cancel(other)  # finished: the result stays
    assert queue.status(other).state is JobState.DONE


def test_a_closed_session_is_released_everywhere(queue: JobQueue, busy: Work) -> None:
    mine = [submit(queue, double, number) for number in range(3)]
    shared = submit(queue, double, 0, owner="you")
    queue.release("me")
    assert [queue.status(handle).state for handle in mine] == [JobState.CANCELLED] * 3
    assert queue.status(shared).position == 1
    queue.release("nobody")
    busy.go.set()
    assert queue.result(shared, PATIENCE) == 0


def test_the_work_of_the_absent_is_dropped(engine: Any, queue: JobQueue) -> None:
    engine.patch("explorer.jobs.queue.ABSENCE_CHECK_S", 0)
    here = {"me"}
    queue.alive = here.__contains__
    work = Work()
    handle = submit(queue, work.stoppable)
    assert work.started.wait(PATIENCE)
    here.clear()  # the tab is closed; nobody tells the queue
    assert work.stopped.wait(PATIENCE)
    assert queue.status(handle).state is JobState.CANCELLED


def test_a_function_cannot_ignore_its_cancellation(queue: JobQueue) -> None:
    work = Work()
    handle = submit(queue, work.stubborn)
    assert work.started.wait(PATIENCE)
    queue.cancel(handle)
    assert work.stopped.wait(PATIENCE)
    assert queue.result(submit(queue, double, 1), PATIENCE) == 2
    assert queue.status(handle).state is JobState.CANCELLED
