"""The queue that everybody in this process shares."""

import atexit

from explorer.jobs.queue import JobQueue
from explorer.jobs.service import JobService

_QUEUE: JobService = (_own := JobQueue())
atexit.register(_own.close)  # a daemon thread inside torch would abort the interpreter's exit


def queue() -> JobService:
    """The service that this process shares."""
    return _QUEUE


def share(service: JobService) -> None:
    """Have this process share another service from now on, before it has served anybody."""
    global _QUEUE  # noqa: PLW0603
    _QUEUE = service
