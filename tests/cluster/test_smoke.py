"""One walk through everything, for every day: a replica finds the cluster, a job is done there, a class is shared."""

import pytest

from bench.ray_nodes import Nodes
from explorer.classroom.codes import new_token
from explorer.cluster.classes import ClusterClassroom
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from explorer.jobs.job import JobFailed, JobState
from explorer.text.errors import Refusal
from tests.jobs.work import PATIENCE, Work, double, fail, submit, until

pytestmark = [pytest.mark.cluster(smoke=True), pytest.mark.filterwarnings("ignore"), pytest.mark.slow]


def test_two_replicas_share_jobs_and_classes(nodes: Nodes) -> None:
    wires = [Wire(lambda: find(nodes.address)) for _ in range(2)]
    for wire in wires:
        wire.start()
        assert wire.up
    one, other = map(ClusterJobs, wires)
    work = Work("once")
    handles = [submit(queue, work.stoppable) for queue in (one, other)]
    assert work.started.wait(PATIENCE)
    one.cancel(handles[0])
    assert one.status(handles[0]).state is JobState.CANCELLED
    until(lambda: 0 < other.status(handles[1]).progress <= 0.75)
    work.go.set()
    assert other.result(handles[1], PATIENCE) == "once" == one.result(submit(one, work.stoppable), 0)
    assert work.runs == 1
    with pytest.raises(JobFailed, match=r"^does not fit$"):
        one.result(submit(one, fail, "does not fit"), PATIENCE)
    assert one.result(submit(one, double, 21), PATIENCE) == 42
    teacher, student = map(ClusterClassroom, wires)
    opened, token = teacher.open(), new_token()
    assert student.join(opened.code, token) == 0
    scene = teacher.watch(opened.code, opened.secret)
    assert scene and scene.students == 1
    with pytest.raises(Refusal, match="not yours"):
        student.close(opened.code, token)
    for wire in wires:
        wire.close()
