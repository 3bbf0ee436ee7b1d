"""Work that nobody has asked for yet, done while nobody waits: its results are kept until somebody wants them."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.jobs.job import JobCancelled, JobFailed, QueueFull
from explorer.jobs.service import SERVER, JobService

WORDS = "words"  # the lane of work that takes seconds of one core at most, and no device
PAUSE_SECONDS = 1.0  # before each look at whether anybody waits


@dataclass(frozen=True, slots=True)
class Request:
    """One call of ``JobService.submit``. A reader's request joins it where function and arguments are the same."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    lane: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def work_when_idle(
    jobs: JobService, requests: Iterable[Request], stop: threading.Event, pause: float = PAUSE_SECONDS
) -> None:
    """Have ``requests`` done one after another, each while no other work waits or runs; returns when all are.

    One that a reader's work interrupts is begun again later, one that fails is left out. Returns early once ``stop`` is
    set.
    """
    for request in requests:
        while not stop.wait(pause):
            if not jobs.busy() and _done(jobs, request):
                break


def _done(jobs: JobService, request: Request) -> bool:
    """Whether the request need not be tried again."""
    try:
        jobs.result(jobs.submit(request.function, *request.args, owner=SERVER, lane=request.lane, **request.kwargs))
    except (JobCancelled, QueueFull):
        return False
    except JobFailed:  # the queue has logged it
        return True
    return True
