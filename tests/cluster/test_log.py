"""What the keeper logs on the cluster's head: lines, with nothing of a reader's."""

from functools import partial
from pathlib import Path

import pytest

from bench.ray_nodes import Nodes
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from explorer.jobs.job import JobFailed
from tests.jobs.work import PATIENCE, fail, until

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]
SECRET = "a-reader-s-own-words"


def test_a_job_that_fails_is_logged_by_its_error_and_place_alone(nodes: Nodes) -> None:
    wire = Wire(partial(find, nodes.address))
    wire.start()
    jobs = ClusterJobs(wire)
    with pytest.raises(JobFailed, match=SECRET):
        jobs.result(jobs.submit(fail, SECRET, owner="me"), PATIENCE)
    wire.close()
    folder = Path(nodes._cluster.head_node.get_session_dir_path(), "logs")

    def logged() -> str:
        return "\n".join(file.read_text(errors="replace") for file in folder.glob("worker-*"))

    until(lambda: "a job failed: …" in logged())
    assert ": a job raised ValueError at tests/jobs/work.py:" in logged()
    assert SECRET not in logged()
