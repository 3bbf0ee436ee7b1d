"""A job as it runs on a machine, without the machines."""

from typing import Any

import pytest

from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.task import OTHER_VERSION, Outcome, Pickled, run
from explorer.cluster.wire import Wire
from explorer.jobs.job import JobFailed, JobState, JobStatus

ELSEWHERE = [b"cexplorer.jobs.queue\nnot_here\n.", b"cexplorer.not_here\nstudy\n."]  # pickles of what is not here


class Answers(Wire):
    """A way to a keeper that answers this."""

    def __init__(self, answer: object) -> None:
        super().__init__(lambda: None)
        self._answer = answer

    def call(self, *_args: Any, **_kwargs: Any) -> Any:
        return self._answer


@pytest.mark.parametrize("pickled", ELSEWHERE)
def test_another_version_of_the_program_is_told_in_a_sentence_on_either_side(pickled: bytes) -> None:
    ended = run(pickled, lambda *_: True)
    assert (ended.outcome, ended.message) == (Outcome.REFUSED, OTHER_VERSION)
    with pytest.raises(JobFailed) as told:
        ClusterJobs(Answers(Pickled(pickled))).result("job-1:me")
    assert str(told.value) == OTHER_VERSION
    status = ClusterJobs(Answers(JobStatus(JobState.RUNNING, so_far=pickled))).status("job-1:me")
    assert status == JobStatus(JobState.RUNNING)
