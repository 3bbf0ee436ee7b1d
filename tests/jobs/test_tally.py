"""What the queue counts for whoever runs the server: jobs by function, lane and state."""

from typing import Any

import pytest

from explorer.jobs.queue import JobCancelled, JobFailed, JobState
from tests.jobs.work import PATIENCE, Work, double, fail, submit, until


def test_jobs_are_counted_by_function_lane_and_state(engine: Any) -> None:
    queue, held = engine.make(keep=1), Work()
    assert queue.tally() == {}
    running = submit(queue, held.stoppable)
    assert held.started.wait(PATIENCE)
    waiting = [submit(queue, double, number, owner=f"owner {number}") for number in range(3)]
    submit(queue, double, 0, owner="another")  # joins the first: no job of its own
    queue.cancel(waiting[2])
    assert queue.tally() == {
        ("stoppable", "test", JobState.RUNNING): 1,
        ("double", "test", JobState.QUEUED): 2,
        ("double", "test", JobState.CANCELLED): 1,
    }
    queue.cancel(running)
    assert held.stopped.wait(PATIENCE)
    assert queue.result(waiting[1], PATIENCE) == 2
    with pytest.raises(JobFailed):
        queue.result(queue.submit(fail, "lost", owner="me", lane="other"), PATIENCE)
    until(lambda: not queue.busy())
    ended = {
        ("stoppable", "test", JobState.CANCELLED): 1,
        ("double", "test", JobState.DONE): 2,
        ("double", "test", JobState.CANCELLED): 1,
        ("fail", "other", JobState.FAILED): 1,
    }
    assert queue.tally() == ended
    with pytest.raises(JobCancelled):
        queue.result(waiting[0])  # results that are kept no longer have been counted all the same
    queue.close(PATIENCE)
    assert queue.tally() == ended
