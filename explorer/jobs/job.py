"""What a job is: its states, its status, and when two requests are the same."""

import hashlib
import pickle
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

_LONG = 1_000  # characters of a text that a key holds itself


class QueueFull(RuntimeError):  # noqa: N818  it is an answer as much as an error
    """The queue takes no more; the message says so to the reader of a page."""


class NobodyWorks(QueueFull):
    """No work is taken until whoever does it answers again; the message says so to the reader of a page."""


class JobCancelled(RuntimeError):  # noqa: N818
    """Nobody wants this result any more, or it is no longer kept."""


class JobFailed(RuntimeError):  # noqa: N818
    """The function raised; the message is the exception's."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a request. ``name`` tells it from every other file, so that nobody compares its ``data``,
    or computes a digest of it each time the page asks how far the work is."""

    name: str
    data: bytes = field(compare=False, repr=False)


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether it will not change any more."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job is doing: ``position`` in the queue (1 is next, 0 is not waiting), ``progress`` from 0 to 1, what it
    says of itself (or its error), the ``seconds`` it has run, and what it has found ``so_far``, if it tells."""

    state: JobState
    position: int = 0
    progress: float = 0.0
    message: str = ""
    seconds: float = 0.0
    so_far: Any = None


GONE = JobStatus(JobState.CANCELLED, message="It was cancelled, or its result is no longer kept: ask for it again.")


@dataclass(eq=False, slots=True)
class Job:
    """One request, however many owners wait for it. All fields belong to the queue's lock."""

    id: str
    key: Hashable
    call: Callable[[], Any] | None
    lane: str
    turn: int
    owners: set[str]
    first_owner: str  # who asked first; the others may have left
    state: JobState = JobState.QUEUED
    progress: float = 0.0
    message: str = ""
    so_far: Any = None
    result: Any = None
    started: float = 0.0
    heard: float = 0.0  # when it last reported progress, or started
    ended: float = 0.0
    worker: threading.Thread | None = None
    kind: str = ""  # the name of the function
    of_file: bool = False  # made from a file that somebody sent: forgotten once all its owners have left


def kind_of(call: Callable[..., Any]) -> str:
    """The name of the function that is called in the end; a call that is computed elsewhere has it as its ``kind``."""
    while isinstance(call, partial):
        call = call.func
    return str(getattr(call, "kind", "") or getattr(call, "__name__", type(call).__name__))


def request_key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Hashable:
    """Equal for identical requests. Large and unhashable arguments are represented by a digest."""
    values = [*args, *(value for _, value in sorted(kwargs.items()))]
    told = tuple((type(value).__qualname__, _plain(value)) for value in values)
    return (function, len(args), tuple(sorted(kwargs)), told)


def _plain(value: Any) -> Hashable:
    """``value`` itself, or what stands for it: the name of an attachment, else a digest."""
    if isinstance(value, Attachment):
        return value.name  # the key outlives the work, and the file shall not
    if isinstance(value, str) and len(value) > _LONG:
        value = value.encode("utf-8", "surrogatepass")
    try:
        hash(value)
    except TypeError:
        return hashlib.sha256(pickle.dumps(value)).digest()
    return hashlib.sha256(value).digest() if isinstance(value, bytes) else value
