"""Machines that are lost in the middle: what readers are told, how long it takes, and that everything works again."""

import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import psutil
import pytest

from bench.ray_nodes import Nodes
from explorer.classroom.codes import new_token
from explorer.cluster.classes import ClusterClassroom
from explorer.cluster.finder import find
from explorer.cluster.jobs import AWAY, ClusterJobs
from explorer.cluster.task import LOST_TWICE
from explorer.cluster.wire import Wire
from explorer.jobs.job import JobCancelled, JobFailed, JobState, QueueFull
from explorer.text.errors import Refusal
from tests.jobs.work import PATIENCE, Work, double, until

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]
LONG = 120.0  # seconds in which the engine is to have noticed


@pytest.fixture
def own_nodes() -> Iterator[Nodes]:
    """A cluster of one's own, to be broken: a head and no workers."""
    with Nodes() as made:
        yield made


def tell(figure: str) -> None:
    """Shows a figure with ``pytest -s``."""
    sys.stdout.write(f"{figure}\n")


def begun(work: Work, times: int) -> None:
    until(lambda: work.runs == times, LONG)


def lose(nodes: Nodes, node: Any) -> tuple[Any, float]:
    """End a node at once, when another one is there; returns that, and the moment."""
    following = nodes.add()
    lost = time.perf_counter()
    nodes.kill(node)
    return following, lost


def test_a_machine_lost_once_is_made_up_for_and_twice_is_told(own_nodes: Nodes) -> None:
    wire = Wire(partial(find, own_nodes.address))
    wire.start()
    jobs, node, work = ClusterJobs(wire), own_nodes.add(), Work("in the end")
    handle = jobs.submit(work.stoppable, owner="me")
    begun(work, 1)
    node, lost = lose(own_nodes, node)
    begun(work, 2)
    tell(f"begun again {time.perf_counter() - lost:.1f} s after its machine was lost")
    work.go.set()
    assert jobs.result(handle, PATIENCE) == "in the end"

    work = Work("never")
    handle = jobs.submit(work.stoppable, owner="me")
    begun(work, 1)
    node, _ = lose(own_nodes, node)
    begun(work, 2)
    node, lost = lose(own_nodes, node)
    with pytest.raises(JobFailed) as told:
        jobs.result(handle, LONG)
    assert str(told.value) == LOST_TWICE
    tell(f"told {time.perf_counter() - lost:.1f} s after the second machine was lost")
    assert work.runs == 2
    assert jobs.result(jobs.submit(double, 21, owner="me"), LONG) == 42
    wire.close()


def test_a_lost_keeper_is_started_anew(own_nodes: Nodes) -> None:
    wire, other = (Wire(partial(find, own_nodes.address)) for _ in range(2))
    for each in (wire, other):
        each.start()
    jobs, others = ClusterJobs(wire), ClusterJobs(other)
    own_nodes.add()
    handle = jobs.submit(double, 1, owner="me")
    assert jobs.result(handle, LONG) == 2
    (keeper,) = (
        process
        for process in psutil.process_iter(["cmdline"])
        if own_nodes.address in (process.info["cmdline"] or ()) and "explorer.cluster.keeper" in process.info["cmdline"]
    )
    keeper.kill()
    lost = time.perf_counter()
    until(lambda: not wire.up and not other.up, LONG)
    until(lambda: wire.up and other.up, LONG)
    tell(f"found again {time.perf_counter() - lost:.1f} s after the keeper was killed")
    with pytest.raises(JobCancelled, match="ask for it again"):
        jobs.result(handle, LONG)
    assert jobs.result(jobs.submit(double, 1, owner="me"), LONG) == 2
    assert others.result(others.submit(double, 1, owner="you"), 0) == 2
    for each in (wire, other):
        each.close()


def test_a_lost_head_is_told_and_its_return_noticed(own_nodes: Nodes) -> None:
    wire = Wire(partial(find, own_nodes.client_address))
    wire.start()
    jobs, classes, work = ClusterJobs(wire), ClusterClassroom(wire), Work("after all")
    own_nodes.add()
    opened, handle = classes.open(), jobs.submit(work.stoppable, owner="me")
    begun(work, 1)
    lost = time.perf_counter()
    own_nodes.kill_all()
    with pytest.raises(JobCancelled) as cancelled:
        jobs.result(handle)
    with pytest.raises(QueueFull) as full:
        jobs.submit(double, 1, owner="me")
    assert str(full.value) == AWAY == str(cancelled.value)
    assert jobs.status(handle).state is JobState.CANCELLED
    assert classes.watch(opened.code, opened.secret) is None
    with pytest.raises(Refusal, match="does not answer"):
        classes.join(opened.code, new_token())
    tell(f"all of it told within {time.perf_counter() - lost:.1f} s of the head's end")
    own_nodes.begin_again()
    own_nodes.add()
    back = time.perf_counter()
    until(lambda: wire.up, LONG)
    tell(f"found again {time.perf_counter() - back:.1f} s after the head was back")
    work.go.set()
    assert jobs.status(handle).state is JobState.CANCELLED, "and no handle of before names another job"
    assert jobs.result(jobs.submit(work.stoppable, owner="me"), LONG) == "after all"
    assert classes.open().code != opened.code
    wire.close()
