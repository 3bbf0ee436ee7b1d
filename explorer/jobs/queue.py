"""Long work off the page: a process-wide, bounded queue, one worker a device.

``submit`` a module-level function with plain, picklable arguments and results; ask ``status`` by the handle; fetch the
``result`` or ``cancel``. Identical requests run once and share the result. Nothing here knows what a page is, and
the face is small enough for a cluster to stand behind it.
"""

import atexit
import inspect
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from explorer.jobs.job import GONE, Job, JobCancelled, JobFailed, JobState, JobStatus, QueueFull, request_key
from explorer.text.errors import Refusal

__all__ = ["JobCancelled", "JobFailed", "JobQueue", "JobState", "JobStatus", "QueueFull", "queue"]

ABSENCE_CHECK_S = 1.0  # how often the queue asks who is still there

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Lane:
    """The jobs that wait for one device, and the turn of the last one to start."""

    waiting: list[Job] = field(default_factory=list)
    turn: int = 0
    workers: list[threading.Thread] = field(default_factory=list)


class JobQueue:
    """A bounded queue with ``workers`` threads for each lane (a lane is a device).

    Lanes are fair: owners take turns, whoever asked first within a turn goes first. At most ``max_waiting`` jobs wait
    in all and ``max_per_owner`` unfinished ones for one owner. The last ``keep`` results are kept; an error answers
    identical requests for ``error_seconds``. ``alive(owner)``, where set, tells whether somebody still looks: jobs
    of the absent are dropped, as by ``release``.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        max_waiting: int = 64,
        max_per_owner: int = 4,
        keep: int = 64,
        error_seconds: float = 30.0,
    ) -> None:
        self.alive: Callable[[str], bool] | None = None
        self._workers, self._max_waiting, self._max_per_owner = workers, max_waiting, max_per_owner
        self._keep, self._error_seconds = keep, error_seconds
        self._changed = threading.Condition()  # one lock for everything below; notified at every change of state
        self._lanes: dict[str, _Lane] = {}
        self._jobs: OrderedDict[str, Job] = OrderedDict()  # the finished ones in order of last use
        self._by_key: dict[Hashable, Job] = {}
        self._count = 0
        self._looked = 0.0
        self._closed = False

    def submit(self, function: Callable[..., Any], *args: Any, owner: str, lane: str = "cpu", **kwargs: Any) -> str:
        """Ask for ``function(*args, **kwargs)``; a handle for the other methods.

        An identical request that waits, runs or is kept is joined. A function with a parameter ``progress`` is
        given a callable ``progress(fraction, message="")``, through which it is also cancelled.

        Raises:
            QueueFull: the queue, or this owner's share of it, is full.
        """
        key = request_key(function, args, kwargs)
        self._drop_absent()
        with self._changed:
            job = self._known(key)
            if job is None:
                job = self._new_job(key, partial(function, *args, **kwargs), owner, lane)
            elif not job.state.finished:
                job.turn = min(job.turn, self._turn(owner, job.lane))
                job.owners.add(owner)
            return f"{job.id}:{owner}"

    def status(self, handle: str) -> JobStatus:
        """How the job is doing. Never raises: what is unknown counts as cancelled."""
        with self._changed:
            job = self._find(handle)
            return GONE if job is None else self._status(job)

    def result(self, handle: str, timeout: float | None = None) -> Any:
        """What the function returned, waiting for it up to ``timeout`` seconds.

        Raises:
            JobFailed: it raised. JobCancelled: nobody waits for it any more. TimeoutError: it is not finished.
        """

        def finished() -> bool:
            job = self._find(handle)
            return job is None or job.state.finished

        with self._changed:
            if not self._changed.wait_for(finished, timeout):
                raise TimeoutError(f"It is not finished after {timeout} s.")
            job = self._find(handle)
            if job is None:
                raise JobCancelled(GONE.message)
            if job.state is JobState.FAILED:
                raise JobFailed(job.message)
            self._jobs.move_to_end(job.id)
            return job.result

    def cancel(self, handle: str) -> None:
        """Drop this owner's interest. The job stops once nobody wants it; cancelling twice does nothing."""
        with self._changed:
            job = self._find(handle)
            if job is not None:
                self._drop(job, _owner(handle))

    def release(self, owner: str) -> None:
        """Drop everything this owner waits for: a closed session."""
        with self._changed:
            for job in list(self._jobs.values()):
                self._drop(job, owner)

    def close(self, timeout: float = 2.0) -> None:
        """Cancel everything and wait up to ``timeout`` seconds for the workers to end."""
        with self._changed:
            self._closed = True
            for job in list(self._jobs.values()):
                for owner in list(job.owners):
                    self._drop(job, owner)
            self._changed.notify_all()
            workers = [worker for lane in self._lanes.values() for worker in lane.workers]
        until = time.monotonic() + timeout
        for worker in workers:
            worker.join(max(until - time.monotonic(), 0))

    # What follows up to ``_work`` is called with the lock held.

    def _known(self, key: Hashable) -> Job | None:
        job = self._by_key.get(key)
        if job is None:
            return None
        if job.state is JobState.FAILED and time.monotonic() - job.ended >= self._error_seconds:
            self._forget(job)
            return None
        if job.state.finished:
            self._jobs.move_to_end(job.id)
        return job

    def _new_job(self, key: Hashable, call: Callable[..., Any], owner: str, lane_name: str) -> Job:
        if self._closed:
            raise QueueFull("This queue is closed.")
        unfinished = [job for job in self._jobs.values() if not job.state.finished]
        if sum(owner in job.owners for job in unfinished) >= self._max_per_owner:
            raise QueueFull(
                f"You already have {self._max_per_owner} computations waiting or running: cancel one or let it finish."
            )
        waiting = sum(job.state is JobState.QUEUED for job in unfinished)
        if waiting >= self._max_waiting:
            raise QueueFull(f"The server is busy: {waiting} computations are waiting. Please try again in a minute.")
        self._count += 1
        job = Job(f"job{self._count}", key, call, lane_name, self._turn(owner, lane_name), {owner})
        if "progress" in inspect.signature(call).parameters:
            job.call = partial(call, progress=partial(self._progress, job))
        self._jobs[job.id] = self._by_key[key] = job
        self._enqueue(job)
        return job

    def _enqueue(self, job: Job) -> None:
        lane = self._lanes.setdefault(job.lane, _Lane())
        lane.waiting.append(job)
        if len(lane.workers) < self._workers:
            worker = threading.Thread(target=self._work, args=(lane,), name=f"jobs-{job.lane}", daemon=True)
            lane.workers.append(worker)
            worker.start()
        self._changed.notify_all()

    def _turn(self, owner: str, lane_name: str) -> int:
        """The round in which this owner's next job runs: one after its last unfinished one, but not in the past."""
        lane = self._lanes.get(lane_name)
        theirs = (job for job in self._jobs.values() if owner in job.owners and job.lane == lane_name)
        return max([0 if lane is None else lane.turn, *(job.turn + 1 for job in theirs)])

    def _find(self, handle: str) -> Job | None:
        job = self._jobs.get(handle.partition(":")[0])
        if job is None or job.state.finished or _owner(handle) in job.owners:
            return job
        return None

    def _drop(self, job: Job, owner: str) -> None:
        if owner not in job.owners:
            return
        job.owners.remove(owner)
        if not job.owners and job.state is JobState.QUEUED:
            self._lanes[job.lane].waiting.remove(job)
            self._forget(job)
        self._changed.notify_all()  # a running job without owners stops at its next word of progress

    def _forget(self, job: Job) -> None:
        if not job.state.finished:
            job.state = JobState.CANCELLED
        del self._jobs[job.id]
        if self._by_key.get(job.key) is job:
            del self._by_key[job.key]

    def _status(self, job: Job) -> JobStatus:
        if job.state is JobState.QUEUED:
            order = sorted(self._lanes[job.lane].waiting, key=lambda other: other.turn)
            return JobStatus(job.state, position=order.index(job) + 1)
        until = job.ended if job.state.finished else time.monotonic()
        return JobStatus(job.state, 0, job.progress, job.message, until - job.started)

    # The workers' side: these take the lock themselves.

    def _work(self, lane: _Lane) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or lane.waiting)
                if self._closed:
                    return
            self._drop_absent()
            with self._changed:
                if not lane.waiting:
                    continue
                job = min(lane.waiting, key=lambda waiting: waiting.turn)  # the first of equals
                lane.waiting.remove(job)
                lane.turn = job.turn
                job.state, job.started = JobState.RUNNING, time.monotonic()
                self._changed.notify_all()
            self._run(job)
            del job  # or an idle worker would keep the last result alive

    def _run(self, job: Job) -> None:
        result, state, message = None, JobState.DONE, ""
        try:
            assert job.call is not None
            result = job.call()
        except BaseException as error:  # a worker outlives whatever it runs
            state, message = JobState.FAILED, str(error) or type(error).__name__
            if isinstance(error, JobCancelled):
                state = JobState.CANCELLED
            elif isinstance(error, Refusal):
                _log.info("a job was refused: %s", message)
            elif job.state is not JobState.CANCELLED:
                _log.warning("a job failed: %s", message, exc_info=True)
        with self._changed:
            self._finish(job, state, result, message)

    def _finish(self, job: Job, state: JobState, result: Any, message: str) -> None:
        job.call = None  # its arguments may be large
        if job.state is not JobState.CANCELLED:
            job.state, job.result, job.message, job.ended = state, result, message, time.monotonic()
            job.progress = 1.0 if state is JobState.DONE else job.progress
            job.owners.clear()  # what is finished is anyone's
            self._jobs.move_to_end(job.id)
            if state is JobState.CANCELLED:
                self._forget(job)
        finished = [other for other in self._jobs.values() if other.state.finished]
        for old in finished[: max(len(finished) - self._keep, 0)]:
            self._forget(old)
        self._changed.notify_all()

    def _progress(self, job: Job, fraction: float, message: str = "") -> None:
        self._drop_absent()
        with self._changed:
            if job.state is not JobState.RUNNING or not job.owners:
                if job.state is JobState.RUNNING:
                    self._forget(job)
                    self._changed.notify_all()
                raise JobCancelled("Nobody waits for this any more.")
            job.progress = min(max(0.0, fraction), 1.0)  # NaN counts as 0
            job.message = message

    def _drop_absent(self) -> None:
        """Release the owners that are no longer there."""
        now, alive = time.monotonic(), self.alive
        if alive is None or now - self._looked < ABSENCE_CHECK_S:
            return
        self._looked = now
        with self._changed:
            owners = {owner for job in self._jobs.values() for owner in job.owners}
        for owner in owners:
            if not alive(owner):  # asked without the lock: it may take locks of its own
                self.release(owner)


def _owner(handle: str) -> str:
    return handle.partition(":")[2]


_QUEUE = JobQueue()
atexit.register(_QUEUE.close)  # a daemon thread inside torch would abort the interpreter's exit


def queue() -> JobQueue:
    """The one that this process shares."""
    return _QUEUE
