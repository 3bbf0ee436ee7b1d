"""Long work in threads of this process: a bounded queue with one worker for each device.

Nothing here knows what a page is. Errors are logged here and raised for whoever asks for the result.
"""

import inspect
import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

from explorer.jobs.bounds import Bounds
from explorer.jobs.crews import Crews
from explorer.jobs.job import (
    GONE,
    Attachment,
    Job,
    JobCancelled,
    JobFailed,
    JobState,
    JobStatus,
    QueueFull,
    kind_of,
    request_key,
)
from explorer.jobs.service import SERVER, Entry
from explorer.jobs.store import JobStore, Lane, handle_of, split_handle
from explorer.text.errors import Refusal

__all__ = ["JobCancelled", "JobFailed", "JobQueue", "JobState", "JobStatus", "QueueFull"]

GIVEN_UP = "It was given up after {:g} minutes without a sign of progress. Please ask for something smaller."
ABSENCE_CHECK_S = 1.0  # how often the queue asks who is still there

_log = logging.getLogger(__name__)


class JobQueue:
    """A ``JobService`` with ``workers`` threads for each lane (a lane is a device), or as many as it says of a lane.

    Lanes are fair (see ``Lane``). At most ``max_waiting`` jobs wait in all and ``max_per_owner`` unfinished ones for
    one owner; places after the first ``shared`` are for owners who have none yet, so that a few cannot take all. The
    last ``keep`` results are kept; an error answers identical requests for ``error_seconds``. A job from which nothing
    is heard for ``silent_seconds`` is given up (see ``JobService.submit``). ``name`` tells its handles from others.
    """

    def __init__(
        self,
        *,
        workers: int | Callable[[str], int] = 1,
        max_waiting: int = 256,
        shared: int = 64,
        max_per_owner: int = 4,
        keep: int = 64,
        error_seconds: float = 30.0,
        silent_seconds: float = 600.0,
        name: str = "",
    ) -> None:
        self.alive: Callable[[str], bool] | None = None
        self._bounds = Bounds(max_waiting, shared, max_per_owner)
        self._changed = threading.Condition()  # one lock for everything below; notified at every change of state
        self._jobs = JobStore(keep, error_seconds)
        self._lanes: dict[str, Lane] = {}
        self._crews = Crews(workers if callable(workers) else lambda _: workers, self._work)
        self._silent_seconds = silent_seconds
        self._name, self._count = name, 0
        self._absence_checked = 0.0
        self._closed = False

    def submit(self, function: Callable[..., Any], *args: Any, owner: str, lane: str = "cpu", **kwargs: Any) -> str:
        """See ``JobService``."""
        of_file = any(isinstance(each, Attachment) for each in (*args, *kwargs.values()))
        key, call = request_key(function, args, kwargs), partial(function, *args, **kwargs)
        handle = self.take(key, call, owner, lane, of_file=of_file)
        assert handle is not None
        return handle

    def take(
        self, key: Hashable, call: Callable[..., Any] | None, owner: str, lane: str, *, of_file: bool = False
    ) -> str | None:
        """Join the job of this key, or else make one that calls ``call``; returns the handle.

        Returns None where there is neither: a caller can ask first whether the call need be sent at all. ``call`` gets
        ``progress`` where it has such a parameter, and ``wanted``, which tells whether anybody waits for it still. A
        job ``of_file`` is made from what somebody sent. Raises QueueFull as ``submit`` does.
        """
        self._drop_absent()
        with self._changed:
            self._give_up_silent()
            job = self._jobs.identical(key)
            if job is None:
                self._check_room(owner)
                if call is None:
                    return None
                job = self._new_job(key, call, owner, lane)
                job.of_file = of_file
            elif not job.state.finished:
                job.turn = min(job.turn, self._turn(owner, job.lane))
                job.owners.add(owner)
            elif job.of_file:
                job.owners.add(owner)
            return handle_of(job, owner)

    def busy(self) -> bool:
        """See ``JobService``."""
        with self._changed:
            return any(self._jobs.unfinished())

    def tally(self) -> Mapping[Entry, int]:
        """See ``JobService``."""
        with self._changed:
            return self._jobs.tally()

    def status(self, handle: str) -> JobStatus:
        """See ``JobService``."""
        with self._changed:
            self._give_up_silent()
            job = self._jobs.of_handle(handle)
            if job is None:
                return GONE
            if job.state is JobState.QUEUED:
                return self._lanes[job.lane].status(job)
            until = job.ended if job.state.finished else time.monotonic()
            return JobStatus(job.state, 0, job.progress, job.message, until - job.started, job.so_far)

    def result(self, handle: str, timeout: float | None = None) -> Any:
        """See ``JobService``."""

        def finished() -> bool:
            job = self._jobs.of_handle(handle)
            return job is None or job.state.finished

        with self._changed:
            if not self._changed.wait_for(finished, timeout):
                raise TimeoutError(f"It is not finished after {timeout} s.")
            job = self._jobs.of_handle(handle)
            if job is None:
                raise JobCancelled(GONE.message)
            if job.state is JobState.FAILED:
                raise JobFailed(job.message)
            self._jobs.used(job)
            return job.result

    def cancel(self, handle: str) -> None:
        """See ``JobService``."""
        with self._changed:
            job = self._jobs.of_handle(handle)
            if job is not None and not job.state.finished:
                self._drop(job, split_handle(handle)[1])

    def release(self, owner: str) -> None:
        """Drop everything this owner waits for, and what came of its files: a closed session."""
        with self._changed:
            for job in self._jobs.all():
                self._drop(job, owner)

    def owners(self) -> set[str]:
        """Whoever waits for a job or has a file's result, but for the server."""
        with self._changed:
            return {owner for job in self._jobs.all() for owner in job.owners} - {SERVER}

    def fill(self) -> None:
        """Start the workers that waiting jobs have a place for by now."""
        with self._changed:
            for name, lane in self._lanes.items():
                for _ in lane.waiting:
                    self._crews.fill(name)

    def drop_absent(self) -> None:
        """See ``JobService``."""
        alive, self._absence_checked = self.alive, time.monotonic()
        if alive is None:
            return
        for owner in self.owners():
            if not alive(owner):  # asked without the lock: it may take locks of its own
                self.release(owner)

    def close(self, timeout: float = 2.0) -> None:
        """Cancel everything and wait up to ``timeout`` seconds for the workers to end."""
        with self._changed:
            self._closed = True
            for job in self._jobs.all():
                for owner in list(job.owners):
                    self._drop(job, owner)
            self._changed.notify_all()
            workers = self._crews.all()
        until = time.monotonic() + timeout
        for worker in workers:
            worker.join(max(until - time.monotonic(), 0))

    # What follows up to ``_work`` is called with the lock held.

    def _new_job(self, key: Hashable, call: Callable[..., Any], owner: str, lane: str) -> Job:
        self._count += 1
        job = Job(f"job{self._name}{self._count}", key, None, lane, self._turn(owner, lane), {owner}, owner)
        job.kind = kind_of(call)
        ways = {"progress": partial(self._progress, job), "wanted": partial(self._wanted, job)}
        asked = inspect.signature(call).parameters
        job.call = partial(call, **{name: way for name, way in ways.items() if name in asked})
        self._jobs.add(job)
        self._lanes.setdefault(lane, Lane()).waiting.append(job)
        self._crews.fill(lane)
        self._changed.notify_all()
        return job

    def _check_room(self, owner: str) -> None:
        if self._closed:
            raise QueueFull("This queue is closed.")
        self._bounds.check(list(self._jobs.unfinished()), owner)

    def _give_up_silent(self) -> None:
        """Call jobs failed from which nothing was heard for too long, and put others in the places of their threads."""
        for job in self._jobs.silent_since(time.monotonic() - self._silent_seconds):
            _log.warning("a job was given up after %g s of silence; its thread runs on", self._silent_seconds)
            self._jobs.finish(job, JobState.FAILED, None, GIVEN_UP.format(self._silent_seconds / 60))
            self._crews.replace(job.lane, job.worker)
            self._changed.notify_all()

    def _turn(self, owner: str, lane: str) -> int:
        in_lane = (job for job in self._jobs.unfinished() if job.lane == lane)
        return self._lanes.get(lane, Lane()).turn_for(owner, in_lane)

    def _gives_way(self, job: Job) -> bool:
        """Whether this is the server's own work while other work waits or runs."""
        return job.owners == {SERVER} and any(other is not job for other in self._jobs.unfinished())

    def _drop(self, job: Job, owner: str) -> None:
        if owner not in job.owners:
            return
        job.owners.remove(owner)
        if not job.owners and job.state is not JobState.RUNNING:
            if job.state is JobState.QUEUED:
                self._lanes[job.lane].waiting.remove(job)
            self._jobs.forget(job)
        self._changed.notify_all()  # a running job without owners stops when it next reports progress

    # The workers' side: these take the lock themselves.

    def _work(self, lane_name: str) -> None:
        lane, worker = self._lanes[lane_name], threading.current_thread()
        while True:
            with self._changed:
                if not self._crews.belongs(lane_name, worker):
                    return
                self._changed.wait_for(lambda: self._closed or lane.waiting)
                if self._closed:
                    return
            self._drop_absent()
            with self._changed:
                if not lane.waiting:
                    continue
                job = lane.take()
                job.state, job.worker = JobState.RUNNING, worker
                job.started = job.heard = time.monotonic()
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
            if not (job.state.finished and job.ended):  # given up meanwhile
                self._jobs.finish(job, state, result, message)
            self._changed.notify_all()

    def _wanted(self, job: Job) -> bool:
        self._drop_absent()
        with self._changed:
            self._give_up_silent()
            return job.state is JobState.RUNNING and bool(job.owners) and not self._gives_way(job)

    def _progress(self, job: Job, fraction: float, message: str = "", so_far: Any = None) -> None:
        self._drop_absent()
        with self._changed:
            if job.state is not JobState.RUNNING or not job.owners or self._gives_way(job):
                if job.state is JobState.RUNNING:
                    self._jobs.forget(job)
                    self._changed.notify_all()
                raise JobCancelled("Nobody waits for this any more.")
            job.heard = time.monotonic()
            job.progress = min(max(0.0, fraction), 1.0)  # NaN counts as 0
            job.message = message
            job.so_far = job.so_far if so_far is None else so_far

    def _drop_absent(self) -> None:
        if time.monotonic() - self._absence_checked >= ABSENCE_CHECK_S:
            self.drop_absent()
