"""The keeper: the jobs and classes of all replicas, which it has done by the cluster's workers.

``python -m explorer.cluster.keeper HOST:PORT SERVICES`` is what the cluster's actor runs on its head.
"""

import logging
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import ray

from explorer.classroom.rooms import Rooms
from explorer.cluster.actor import NAMESPACE
from explorer.cluster.machines import DIRECT_BYTES, LOST, Machines, result_of
from explorer.cluster.task import AGAIN, LOST_TWICE, Pickled, Work
from explorer.cluster.wire import Place, serve, write_place
from explorer.jobs.job import GONE, JobStatus
from explorer.jobs.queue import JobQueue
from explorer.jobs.service import Entry
from explorer.text.errors import Refusal
from explorer.text.log_lines import write_lines

ABSENT_SECONDS = 30.0  # after these, the owners of a replica that is not heard of any more have left

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
        self._heard: dict[str, float] = {}
        self._machines = Machines(place)
        name = f"-{secrets.token_hex(4)}-"  # an actor that was started anew has no job of before
        self.queue = JobQueue(workers=(lambda _: workers) if workers else self._machines.workers, name=name, **bounds)
        self.queue.alive = self._is_here
        self._machines.watch(self.queue.fill)

    def submit(self, key: str, owner: str, lane: str, work: Work | None = None) -> str | None:
        """As ``JobQueue.take``: where the job is not known, and ``work`` is not given, None."""
        self._heard[replica_of(owner)] = time.monotonic()
        call, of_file = None, False
        if work is not None:
            request, of_file = work.request, work.of_file
            kept = request if len(request) <= DIRECT_BYTES else ray.put(request)
            call = Call(self._machines, lane, work.kind, work.on_gpu, kept)
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
        return self._machines.resources

    def told(self, task: str, fraction: float, message: str, so_far: bytes | None) -> bool:
        """Takes a task's progress; returns whether anybody waits for it still."""
        return self._machines.told(task, fraction, message, so_far)

    def _is_here(self, owner: str) -> bool:
        return time.monotonic() - self._heard.get(replica_of(owner), 0.0) < ABSENT_SECONDS


@dataclass(frozen=True, slots=True)
class Call:
    """What the queue calls for a job: computes it on the cluster, once more where the machine was lost."""

    machines: Machines
    lane: str
    kind: str  # the name of the function
    on_gpu: bool
    request: Any  # where Ray keeps it: as long as this call

    def __call__(self, progress: Callable[..., None], wanted: Callable[[], bool]) -> bytes | Pickled:
        for said in (AGAIN, LOST_TWICE):
            try:
                return result_of(self.machines.compute(self.lane, self.on_gpu, self.request, progress, wanted))
            except LOST as error:
                _log.warning(f"a job's machine was lost: {type(error).__name__}")
                if said is AGAIN:
                    progress(0.0, said)
        raise Refusal(LOST_TWICE)


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
