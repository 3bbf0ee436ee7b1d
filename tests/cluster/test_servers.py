"""Two real servers on one cluster: one measurement for both, which goes on when the server that asked is killed."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from bench.client import Visitor
from bench.ray_nodes import Nodes
from bench.server import Server, serve
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from explorer.ui.state.cluster import ADDRESS
from tests.jobs.work import PATIENCE, double, until

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]
MINUTES = 180.0


@pytest.fixture
def jobs(nodes: Nodes) -> Iterator[ClusterJobs]:
    wire = Wire(partial(find, nodes.address))
    wire.start()
    yield ClusterJobs(wire)
    wire.close()


def count(jobs: ClusterJobs, number: float) -> int:
    """How many jobs there have been, with this one."""
    handle = jobs.submit(double, number, owner="me", lane="words")
    jobs.result(handle, PATIENCE)
    return int(handle.partition(":")[0].rpartition("-")[2])


def test_a_measurement_is_made_once_and_outlives_the_server_that_asked(nodes: Nodes, jobs: ClusterJobs) -> None:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve(environment={ADDRESS: address}))
            for address in (nodes.address, nodes.client_address)
        ]
        before = count(jobs, 0.25)
        one, other = (stack.enter_context(Visitor(server, "gradients", MINUTES)) for server in servers)
        one.visit()
        until(lambda: one.tick() >= 0 and jobs.busy(), MINUTES)
        servers[0].process.kill()
        killed = time.perf_counter()
        other.visit()
        other.settle(MINUTES)
        sys.stdout.write(f"seen on the other server {time.perf_counter() - killed:.1f} s after the first was killed\n")
        assert count(jobs, 0.75) == before + 2, "one measurement, and one job that counts"
        assert not [text for text in other.said() if "not answer" in text or "cancelled" in text]
        assert not_traced(servers[1])


def not_traced(server: Server) -> bool:
    return "Traceback" not in server.log


def test_a_server_without_its_cluster_says_so(nodes: Nodes) -> None:
    """And shows everything that needs no computation."""
    with serve(environment={ADDRESS: "ray://127.0.0.1:9"}) as server, Visitor(server, "gradients", MINUTES) as visitor:
        visitor.visit()
        until(lambda: visitor.tick() >= 0 and any("do not answer" in text for text in visitor.said()), MINUTES)
        assert not_traced(server)
        with Visitor(server, "architecture", MINUTES) as another:
            another.visit()
            assert another.counts()["metric"] + another.counts()["bidi_component"] > 0
