"""The jobs that a queue knows: by handle, by request, and the finished ones in order of last use."""

import time
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from explorer.jobs.job import Job, JobState, JobStatus
from explorer.jobs.service import SERVER, Entry

KEEP_BYTES = 512 * 2**20


@dataclass(eq=False, slots=True)
class JobStore:
    """Jobs by id and by request. ``keep`` finished ones stay, an error only for ``error_seconds``.

    Results that are files count by their size, too: the last one stays, others while all have ``KEEP_BYTES`` at most.
    Whoever asked for most loses a result first.
    The queue's lock is held by whoever calls.
    """

    keep: int
    error_seconds: float
    by_id: OrderedDict[str, Job] = field(default_factory=OrderedDict)
    by_key: dict[Hashable, Job] = field(default_factory=dict)
    ended: Counter[Entry] = field(default_factory=Counter)  # since the start, as ``tally`` has them

    def add(self, job: Job) -> None:
        """Take a new job."""
        self.by_id[job.id] = self.by_key[job.key] = job

    def all(self) -> list[Job]:
        """Every job, in a list of its own."""
        return list(self.by_id.values())

    def unfinished(self) -> Iterator[Job]:
        """Those that wait or run."""
        return (job for job in self.by_id.values() if not job.state.finished)

    def tally(self) -> Counter[Entry]:
        """See ``JobService``."""
        return self.ended + Counter((job.kind, job.lane, job.state) for job in self.unfinished())

    def silent_since(self, moment: float) -> list[Job]:
        """Those that run and have not been heard from after ``moment``."""
        return [job for job in self.unfinished() if job.state is JobState.RUNNING and job.heard <= moment]

    def identical(self, key: Hashable) -> Job | None:
        """The job that answers this request, unless it is an error that has aged."""
        job = self.by_key.get(key)
        if job is None:
            return None
        if job.state is JobState.FAILED and time.monotonic() - job.ended >= self.error_seconds:
            self.forget(job)
            return None
        if job.state.finished:
            self.used(job)
        return job

    def of_handle(self, handle: str) -> Job | None:
        """The job of a handle. An unfinished one only as long as its owner wants it; a finished one is anyone's."""
        job_id, owner = split_handle(handle)
        job = self.by_id.get(job_id)
        return job if job is None or job.state.finished or owner in job.owners else None

    def used(self, job: Job) -> None:
        """Keep this finished job longer than those not used since."""
        self.by_id.move_to_end(job.id)

    def finish(self, job: Job, state: JobState, result: Any, message: str) -> None:
        """Note how a job ended, and forget the finished ones above ``keep``."""
        job.call = job.so_far = None  # its arguments may be large
        if job.state is not JobState.CANCELLED:
            self.ended[job.kind, job.lane, state] += 1
            job.state, job.result, job.message, job.ended = state, result, message, time.monotonic()
            job.progress = 1.0 if state is JobState.DONE else job.progress
            if not job.of_file:
                job.owners.clear()
            self.used(job)
            if state is JobState.CANCELLED or (job.of_file and not job.owners):
                self.forget(job)
        self._forget_old()

    def _forget_old(self) -> None:
        """Forget finished jobs above ``keep``, and files above ``KEEP_BYTES``."""
        finished = [job for job in self.by_id.values() if job.state.finished]
        for job in [*_above(self.keep, dict.fromkeys(finished, 1)), *_above(KEEP_BYTES, _sizes(finished))]:
            if job.id in self.by_id:
                self.forget(job)

    def forget(self, job: Job) -> None:
        """Drop a job; one that was not finished is cancelled by that."""
        if not job.state.finished:
            job.state = JobState.CANCELLED
            self.ended[job.kind, job.lane, job.state] += 1
        del self.by_id[job.id]
        if self.by_key.get(job.key) is job:
            del self.by_key[job.key]


def _sizes(jobs: list[Job]) -> dict[Job, int]:
    """The bytes of those results that are files."""
    return {job: len(job.result) for job in jobs if isinstance(job.result, bytes)}


def _above(most: int, weights: dict[Job, int]) -> Iterator[Job]:
    """The jobs to forget so that the others weigh ``most`` at most: each time the one that was not used for longest, of
    the owner whose jobs weigh most, so that nobody's many results cost others theirs. The last used one stays."""
    kept = dict(weights)
    for _ in range(len(weights) - 1):
        if sum(kept.values()) <= most:
            return
        of_owner: Counter[str] = Counter()
        for job, weight in kept.items():
            of_owner[job.first_owner] += weight
        of_owner[SERVER] = 0  # its jobs are few, and any reader may want them
        job = max([*kept][:-1], key=lambda job: of_owner[job.first_owner])
        del kept[job]
        yield job


def handle_of(job: Job, owner: str) -> str:
    """What an owner asks about its job with."""
    return f"{job.id}:{owner}"


def split_handle(handle: str) -> tuple[str, str]:
    """The job's id and the owner."""
    job_id, _, owner = handle.partition(":")
    return job_id, owner


@dataclass(eq=False, slots=True)
class Lane:
    """The jobs that wait for one device, and the turn of the last one to start.

    Owners take turns: each of an owner's jobs is one turn later than the one before. Within a turn the first to ask is
    the first to be served.
    """

    waiting: list[Job] = field(default_factory=list)
    turn: int = 0

    def turn_for(self, owner: str, jobs: Iterator[Job]) -> int:
        """The turn in which the owner's next job runs: after its last of these ``jobs``, but not in the past."""
        return max([self.turn, *(job.turn + 1 for job in jobs if owner in job.owners)])

    def take(self) -> Job:
        """The job whose turn it is."""
        job = min(self.waiting, key=lambda waiting: waiting.turn)  # the first of equals
        self.waiting.remove(job)
        self.turn = job.turn
        return job

    def status(self, job: Job) -> JobStatus:
        """Where a waiting job stands: 1 is next."""
        order = sorted(self.waiting, key=lambda waiting: waiting.turn)
        return JobStatus(job.state, position=order.index(job) + 1)
