"""Jobs on a Ray cluster of this machine: what one costs beside its computation, and how many get done in a second.

The work is a gradient measurement of a small network from each of 50 sessions, four at a time. The cluster has one or
two worker nodes with one processor each; beside it stands the queue in this process with as many threads.
"""

import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch

from bench.ray_nodes import Nodes
from bench.result import Result, seconds
from explorer import preset
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from explorer.gradients.page_jobs import Question, study
from explorer.jobs.queue import JobQueue
from explorer.jobs.service import JobService

OVERHEAD_GOAL, SPEED_GOAL = 50.0, 0.9
SESSIONS = 50
_NETWORK = preset("resnet20")
_seeds = itertools.count()  # no two jobs are the same


def run(jobs: int = 200, repeats: int = 30) -> Iterator[Result]:
    """``jobs`` measurements for each figure of speed, ``repeats`` of one job's cost."""
    torch.set_num_threads(1)  # as a worker node has it
    with Nodes() as nodes:
        nodes.add()
        wire = Wire(partial(find, nodes.address))
        wire.start()
        cluster = ClusterJobs(wire)
        try:
            yield _overhead(cluster, repeats)
            for workers in (1, 2):
                if workers > 1:
                    nodes.add()
                    _wait_for(wire, workers)
                yield _speed(cluster, workers, jobs)
        finally:
            wire.close()


def measure(seed: int) -> float:
    """One gradient measurement; returns its own seconds."""
    start = time.perf_counter()
    study(Question((_NETWORK,), (seed,), batch_size=4))
    return time.perf_counter() - start


def _overhead(cluster: JobService, repeats: int) -> Result:
    def cost(service: JobService) -> float:
        computed: list[float] = []
        whole = seconds(lambda: computed.append(_one(service, "me")))
        return whole - computed[0]

    queue = JobQueue()
    costs = [(cost(cluster), cost(queue)) for _ in range(repeats + 2)][2:]
    queue.close()
    ours, theirs = (statistics.median(each) * 1e3 for each in zip(*costs, strict=True))
    return Result(
        name="one job on a cluster",
        measured=ours,
        goal=OVERHEAD_GOAL,
        unit="ms beside its computation",
        at_least=False,
        ours=f"asked for and fetched, median of {repeats}",
        theirs=f"the queue in this process, {theirs:.1f} ms",
    )


def _speed(cluster: JobService, workers: int, jobs: int) -> Result:
    queue = JobQueue(workers=workers)
    _all(cluster, 4 * workers)  # every worker has loaded what it needs
    ours = jobs / seconds(lambda: _all(cluster, jobs))
    theirs = jobs / seconds(lambda: _all(queue, jobs))
    queue.close()
    return Result(
        name=f"{jobs} gradient measurements of {SESSIONS} sessions, {workers} worker node{'s' * (workers > 1)}",
        measured=ours / theirs,
        goal=SPEED_GOAL,
        unit="×",
        at_least=True,
        ours=f"{ours:.1f} jobs a second",
        theirs=f"the queue in this process with as many threads, {theirs:.1f} a second",
    )


def _all(service: JobService, jobs: int) -> None:
    with ThreadPoolExecutor(SESSIONS) as people:
        list(people.map(lambda number: _one(service, f"session {number % SESSIONS}"), range(jobs)))


def _one(service: JobService, owner: str) -> float:
    found: float = service.result(service.submit(measure, next(_seeds), owner=owner, lane="cpu"))
    return found


def _wait_for(wire: Wire, cpus: int) -> None:
    while wire.call("jobs", "resources").get("CPU") != cpus:
        time.sleep(0.2)
