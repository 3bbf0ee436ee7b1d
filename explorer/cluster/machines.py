"""The cluster's machines as the keeper sees them: what they have, and a job computed on one of them."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import ray
from ray import exceptions as lost
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from explorer.cluster.task import WAITS, Ended, Outcome, Pickled, run
from explorer.cluster.wire import Away, Place, Wire
from explorer.jobs.job import JobCancelled
from explorer.text.errors import Refusal

LOOK_SECONDS = 0.1  # between two looks at whether anybody waits for a job still
CANCEL_SECONDS, FORCE_SECONDS = 2.0, 3.0  # after these an unwanted job is interrupted, and after these more, ended
RESOURCES_SECONDS = 1.0
WAITS_SECONDS = 2.0  # without a machine, before the reader is told so
DIRECT_BYTES = 64 * 1024  # a smaller request goes with its task, not through the store of objects: 20 ms less
LOST = (
    lost.WorkerCrashedError,
    lost.NodeDiedError,
    lost.LocalRayletDiedError,
    lost.ObjectLostError,
    lost.OutOfMemoryError,
)

_log = logging.getLogger(__name__)


class Machines:
    """Knows what the cluster has, and has requests computed by tasks, which tell the keeper at ``place``."""

    def __init__(self, place: Place) -> None:
        self.resources: dict[str, float] = {}
        self._place = place
        self._with_cpus: deque[str] = deque()
        self._running: dict[str, Running] = {}
        self._task = ray.remote(max_retries=0)(_run)
        self._gpu_task = ray.remote(max_retries=0, num_gpus=1, num_cpus=0, max_calls=1)(_run)

    def watch(self, looked: Callable[[], None]) -> None:
        """Look at what the cluster has every second from now on, and call ``looked`` each time."""
        threading.Thread(target=self._look, args=(looked,), name="machines", daemon=True).start()

    def workers(self, lane: str) -> int:
        """As many as there are GPUs for a lane of theirs, CPUs for the CPU's, and machines for any other."""
        if lane.startswith("cuda"):
            return max(int(self.resources.get("GPU", 0)), 1)
        return max(int(self.resources.get("CPU", 0)) if lane.startswith("cpu") else len(self._with_cpus), 1)

    def _options(self, lane: str) -> dict[str, Any]:
        """Work on a CPU takes one. What keeps no device busy, as reading a file, takes none and waits for none: the
        machines that have processors do it in turn."""
        if lane.startswith("cpu"):
            return {"num_cpus": 1}
        with suppress(IndexError):
            self._with_cpus.rotate()
            return {"num_cpus": 0, "scheduling_strategy": NodeAffinitySchedulingStrategy(self._with_cpus[0], soft=True)}
        return {"num_cpus": 0}

    def told(self, task: str, fraction: float, message: str, so_far: bytes | None) -> bool:
        """Takes a task's progress; returns whether anybody waits for it still."""
        running = self._running.get(task)
        return running is not None and running.told(fraction, message, so_far)

    def compute(
        self, lane: str, on_gpu: bool, request: Any, progress: Callable[..., None], wanted: Callable[[], bool]
    ) -> Ended:
        """Have a request computed by one of the cluster's workers, wherever there is room.

        Raises:
            JobCancelled: nobody waits for it any more. RayError: the machine was lost.
        """
        name, running = secrets.token_hex(8), Running(progress)
        self._running[name] = running
        task = self._gpu_task if on_gpu else self._task.options(**self._options(lane))
        try:
            ref = task.remote(request, self._place, name)
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

    def _look(self, looked: Callable[[], None]) -> None:
        while True:
            self.resources = ray.cluster_resources()
            here = [node["NodeID"] for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
            if set(here) != set(self._with_cpus):
                self._with_cpus = deque(here)
            looked()
            time.sleep(RESOURCES_SECONDS)


@dataclass(eq=False, slots=True)
class Running:
    """A task, from when it is handed to the cluster to its end. It begins when there is a machine for it."""

    progress: Callable[..., None]
    begun: bool = False
    looked: float = field(default_factory=time.monotonic)

    def told(self, fraction: float, message: str, so_far: bytes | None) -> bool:
        """See ``Machines.told``."""
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


class _RaisedThereError(RuntimeError):
    """What a function raised on another machine."""


def result_of(ended: Ended) -> bytes | Pickled:
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
    wires = [Wire(lambda: place, place)]

    def tell(fraction: float, message: str, so_far: bytes | None) -> bool:
        try:
            wanted: bool = wires[-1].call("jobs", "told", name, fraction, message, so_far)
        except Away:  # if it stays away, Ray ends this task with it
            wires[-1] = Wire(lambda: place, place)
            return True
        return wanted

    try:
        return run(request, tell)
    finally:
        wires[-1].close()


def _stop(ref: Any, patience: float) -> None:
    """Wait for a job that learns at its next word of progress that it is unwanted; then interrupt it, then end it."""
    if not ray.wait([ref], timeout=patience)[0]:
        ray.cancel(ref)
        if not ray.wait([ref], timeout=FORCE_SECONDS)[0]:
            ray.cancel(ref, force=True)
            ray.wait([ref], timeout=FORCE_SECONDS)
