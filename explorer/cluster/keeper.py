"""The keeper: the jobs and classes of all replicas, which it has done by the cluster's workers.

``python -m explorer.cluster.keeper HOST:PORT SERVICES`` is what the cluster's actor runs on its head.
"""

import logging
import os
import secrets
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import ray
from ray import exceptions as lost
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from explorer.classroom.rooms import Rooms
from explorer.cluster.actor import NAMESPACE
from explorer.cluster.task import Ended, Outcome, Pickled, run
from explorer.cluster.wire import Away, Place, Wire, serve, write_place
from explorer.jobs.job import GONE, JobCancelled, JobStatus
from explorer.jobs.queue import JobQueue
from explorer.jobs.service import Entry
from explorer.text.errors import Refusal
from explorer.text.log_lines import write_lines

ABSENT_SECONDS = 30.0  # after these, the owners of a replica that is not heard of any more have left
LOOK_SECONDS = 0.1  # between two looks at whether anybody waits for a job still
CANCEL_SECONDS, FORCE_SECONDS = 2.0, 3.0  # after these an unwanted job is interrupted, and after these more, ended
RESOURCES_SECONDS = 1.0
WAITS_SECONDS = 2.0  # without a machine, before the reader is told so
DIRECT_BYTES = 64 * 1024  # a smaller request goes with its task, not through the store of objects: 20 ms less
WAITS = "Waiting for a free machine of the cluster."
AGAIN = "The machine that computed this is gone: it is computed once more."
LOST_TWICE = (
    "It was computed twice, and both times the machine that did it was lost. It may need more memory than there is: "
    "please ask for something smaller, or later."
)
_LOST = (
    lost.WorkerCrashedError,
    lost.NodeDiedError,
    lost.LocalRayletDiedError,
    lost.ObjectLostError,
    lost.OutOfMemoryError,
)

_log = logging.getLogger(__name__)


def replica_of(owner: str) -> str:
    """The replica that an owner's name ends with."""
    return owner.rpartition("@")[2]


class Jobs:
    """The jobs of all replicas. A lane has as many workers as the cluster has devices of its kind, at least one.

    A request is pickled: nothing of it is imported here. So are results, and what was found so far.
    """

    def __init__(self, place: Place, *, workers: int | None = None, **bounds: Any) -> None:
        self.place = place
        self._resources: dict[str, float] = {}
        self._machines: deque[str] = deque()
        self._heard: dict[str, float] = {}
        self._running: dict[str, Running] = {}
        name = f"-{secrets.token_hex(4)}-"  # an actor that was started anew has no job of before
        self.queue = JobQueue(workers=(lambda _: workers) if workers else self._workers, name=name, **bounds)
        self.queue.alive = self._is_here
        self._task = ray.remote(max_retries=0)(_run)
        self._gpu_task = ray.remote(max_retries=0, num_gpus=1, num_cpus=0, max_calls=1)(_run)
        threading.Thread(target=self._watch_resources, name="resources", daemon=True).start()

    def submit(
        self, key: str, owner: str, lane: str, request: bytes | None = None, *, of_file: bool = False, kind: str = ""
    ) -> str | None:
        """As ``JobQueue.take``: where the job is not known, and ``request`` is not given, None."""
        self._heard[replica_of(owner)] = time.monotonic()
        call = None
        if request is not None:
            call = Call(self, lane, request if len(request) <= DIRECT_BYTES else ray.put(request), kind)
        return self.queue.take(key, call, owner, lane, of_file=of_file)

    def status(self, handle: str) -> JobStatus:
        """As ``JobService.status``; what was found so far is pickled."""
        return self.queue.status(handle)

    def result(self, handle: str, timeout: float, known: bool = False) -> bytes | Pickled | None:
        """As ``JobService.result``; None where the replica has it already."""
        found: bytes | Pickled = self.queue.result(handle, timeout)
        return None if known else found

    def cancel(self, handle: str) -> None:
        """As ``JobService.cancel``."""
        self.queue.cancel(handle)

    def tally(self) -> Mapping[Entry, int]:
        """As ``JobService.tally``."""
        return self.queue.tally()

    def busy(self) -> bool:
        """As ``JobService.busy``."""
        return self.queue.busy()

    def release(self, *owners: str) -> None:
        """Drop everything these owners wait for."""
        for owner in owners:
            self.queue.release(owner)

    def present(self, replica: str, known: tuple[str, ...]) -> tuple[set[str], list[str]]:
        """Hear that a replica is there. Returns its owners, of whom it knows which have left, and which jobs of the
        ``known`` results are kept no longer."""
        self._heard[replica] = time.monotonic()
        owners = {owner for owner in self.queue.owners() if replica_of(owner) == replica}
        return owners, [job for job in known if self.queue.status(job) is GONE]

    def resources(self) -> dict[str, float]:
        """What the cluster has, as Ray names it."""
        return self._resources

    def told(self, task: str, fraction: float, message: str, so_far: bytes | None) -> bool:
        """Takes a task's progress; returns whether anybody waits for it still."""
        running = self._running.get(task)
        return running is not None and running.told(fraction, message, so_far)

    def compute(self, lane: str, request: Any, progress: Callable[..., None], wanted: Callable[[], bool]) -> Ended:
        """Have a request computed by one of the cluster's workers, wherever there is room.

        Raises:
            JobCancelled: nobody waits for it any more. RayError: the machine was lost.
        """
        name, running = secrets.token_hex(8), Running(progress)
        self._running[name] = running
        task = self._gpu_task if _on_gpu(lane) else self._task.options(**self._options(lane))
        try:
            ref = task.remote(request, self.place, name)
            try:
                while not ray.wait([ref], timeout=LOOK_SECONDS)[0]:
                    running.look(wanted)
            except JobCancelled:
                _stop(ref, CANCEL_SECONDS if running.begun else 0)
                raise
            ended: Ended = ray.get(ref)
            return ended
        finally:
            del self._running[name]

    def _workers(self, lane: str) -> int:
        """As many as there are GPUs for a lane of theirs, CPUs for the CPU's, and machines for any other."""
        if _on_gpu(lane):
            return max(int(self._resources.get("GPU", 0)), 1)
        return max(int(self._resources.get("CPU", 0)) if lane.startswith("cpu") else len(self._machines), 1)

    def _options(self, lane: str) -> dict[str, Any]:
        """Work on a CPU takes one. What keeps no device busy, as reading a file, takes none and waits for none: the
        machines that have processors do it in turn."""
        if lane.startswith("cpu"):
            return {"num_cpus": 1}
        with suppress(IndexError):
            self._machines.rotate()
            return {"num_cpus": 0, "scheduling_strategy": NodeAffinitySchedulingStrategy(self._machines[0], soft=True)}
        return {"num_cpus": 0}

    def _is_here(self, owner: str) -> bool:
        return time.monotonic() - self._heard.get(replica_of(owner), 0.0) < ABSENT_SECONDS

    def _watch_resources(self) -> None:
        while True:
            self._resources = ray.cluster_resources()
            here = [node["NodeID"] for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
            if set(here) != set(self._machines):
                self._machines = deque(here)
            self.queue.fill()
            time.sleep(RESOURCES_SECONDS)


@dataclass(eq=False, slots=True)
class Running:
    """A task, from when it is handed to the cluster to its end. It begins when there is a machine for it."""

    progress: Callable[..., None]
    begun: bool = False
    looked: float = field(default_factory=time.monotonic)

    def told(self, fraction: float, message: str, so_far: bytes | None) -> bool:
        """See ``Jobs.told``."""
        self.begun = True
        try:
            self.progress(fraction, message, so_far)
        except JobCancelled:
            return False
        return True

    def look(self, wanted: Callable[[], bool]) -> None:
        """Raises JobCancelled where nobody waits for it; says so where there is no machine for it yet."""
        if not wanted():
            raise JobCancelled("Nobody waits for this any more.")
        if not self.begun and time.monotonic() - self.looked >= WAITS_SECONDS:
            self.looked = time.monotonic()
            self.progress(0.0, WAITS)


@dataclass(frozen=True, slots=True)
class Call:
    """What the queue calls for a job: computes it on the cluster, once more where the machine was lost."""

    jobs: Jobs
    lane: str
    request: Any  # where Ray keeps it: as long as this call
    kind: str = ""  # the name of the function

    def __call__(self, progress: Callable[..., None], wanted: Callable[[], bool]) -> bytes | Pickled:
        for said in (AGAIN, LOST_TWICE):
            try:
                return _result(self.jobs.compute(self.lane, self.request, progress, wanted))
            except _LOST as error:
                _log.warning(f"a job's machine was lost: {type(error).__name__}")
                if said is AGAIN:
                    progress(0.0, said)
        raise Refusal(LOST_TWICE)


class _RaisedThereError(RuntimeError):
    """What a function raised on another machine."""


def _result(ended: Ended) -> bytes | Pickled:
    match ended.outcome:
        case Outcome.RETURNED:
            return ended.result
        case Outcome.CANCELLED:
            raise JobCancelled("Nobody waits for this any more.")
        case Outcome.REFUSED:
            raise Refusal(ended.message)
        case _:
            _log.warning(f"a job raised {ended.trace}")  # the program's own words
            raise _RaisedThereError(ended.message)


def _run(request: bytes, place: Place, name: str) -> Ended:
    wire = Wire(lambda: place, place)

    def tell(fraction: float, message: str, so_far: bytes | None) -> bool:
        try:
            wanted: bool = wire.call("jobs", "told", name, fraction, message, so_far)
        except Away:  # if it stays away, Ray ends this task with it
            return True
        return wanted

    try:
        return run(request, tell)
    finally:
        wire.close()


def _stop(ref: Any, patience: float) -> None:
    """Wait for a job that learns at its next word of progress that it is unwanted; then interrupt it, then end it."""
    if not ray.wait([ref], timeout=patience)[0]:
        ray.cancel(ref)
        if not ray.wait([ref], timeout=FORCE_SECONDS)[0]:
            ray.cancel(ref, force=True)
            ray.wait([ref], timeout=FORCE_SECONDS)


def _on_gpu(lane: str) -> bool:
    return lane.startswith("cuda")


def services(place: Place) -> dict[str, Any]:
    """What is kept."""
    return {"jobs": Jobs(place), "classes": Rooms()}


def main(address: str, made_by: str) -> None:
    """Keep what the function ``made_by`` (module:name) returns, until this process's input ends."""
    ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level="ERROR")
    write_lines()
    module, name = made_by.split(":")
    listener = socket.create_server(("0.0.0.0", int(os.environ.get("EXPLORER_CLUSTER_PORT", "0"))), backlog=256)
    place = Place(ray.util.get_node_ip_address(), listener.getsockname()[1], secrets.token_bytes(32))
    serve(getattr(import_module(module), name)(place), listener, place.key)
    write_place(place)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
