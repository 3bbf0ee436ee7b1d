"""A job as it runs on one of the cluster's machines."""

import inspect
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from explorer.jobs.job import JobCancelled
from explorer.text.errors import Refusal
from explorer.text.log_lines import raised

INTERVAL = 0.2  # seconds between two words of progress that are sent on

WAITS = "Waiting for a free machine of the cluster."
AGAIN = "The machine that computed this is gone: it is computed once more."
LOST_TWICE = (
    "It was computed twice, and both times the machine that did it was lost. It may need more memory than there is: "
    "please ask for something smaller, or later."
)
OTHER_VERSION = (
    "The machines that compute for this server run another version of this program. "
    "Whoever runs them has to start them again with this server's."
)

Tell = Callable[[float, str, bytes | None], bool]
"""Sends progress on, with what was found so far, pickled; returns whether anybody waits for the job still."""


class Outcome(StrEnum):
    """How the function ended."""

    RETURNED = "returned"
    REFUSED = "refused"
    RAISED = "raised"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Work:
    """A pickled (function, args, kwargs), the function's name, whether a file of a reader's is among what it is given,
    and whether it needs a GPU."""

    request: bytes
    kind: str
    of_file: bool
    on_gpu: bool


@dataclass(frozen=True, slots=True)
class Pickled:
    """What a function returned, unless it was a file's bytes, which stay what they are: the queue counts those."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, with the result, or what the error says, and its class with where it was raised."""

    outcome: Outcome
    result: bytes | Pickled = b""
    message: str = ""
    trace: str = ""


def run(request: bytes, tell: Tell) -> Ended:
    """Call the function of a pickled (function, args, kwargs); what it raises comes back as plain text."""
    reporter = Reporter(tell)
    try:
        with reporter:
            function, args, kwargs = opened(request)
            if "progress" in inspect.signature(function).parameters:
                kwargs = {**kwargs, "progress": reporter.progress}
            result = function(*args, **kwargs)
        return Ended(Outcome.RETURNED, result if isinstance(result, bytes) else Pickled(pickle.dumps(result)))
    except JobCancelled:
        return Ended(Outcome.CANCELLED)
    except KeyboardInterrupt:  # how the cluster cancels
        raise
    except BaseException as error:
        outcome = Outcome.REFUSED if isinstance(error, Refusal) else Outcome.RAISED
        return Ended(outcome, message=str(error) or type(error).__name__, trace=raised(error))


def opened(pickled: bytes) -> Any:
    """What another process of this program pickled.

    Raises:
        Refusal: it knows functions or classes that are not here.
    """
    try:
        return pickle.loads(pickled)
    except (AttributeError, ImportError) as error:
        raise Refusal(OTHER_VERSION) from error


@dataclass(eq=False)
class Reporter:
    """Sends the newest word of progress on, from a thread of its own: at once the first time, then every ``INTERVAL``.

    The function waits for no network, and its last word before a long silence is sent, too. The first word says that
    the task has begun. A task that waits for Ray in its own thread would lend its processor to another one meanwhile.
    """

    tell: Tell
    _news: threading.Event = field(default_factory=threading.Event)
    _begun: threading.Event = field(default_factory=threading.Event)
    _word: tuple[float, str, Any] = (0.0, "", None)
    _ended: bool = False
    _unwanted: bool = False

    def progress(self, fraction: float, message: str = "", so_far: Any = None) -> None:
        """What the function is given. Raises JobCancelled once nobody waits for it."""
        if self._unwanted:
            raise JobCancelled("Nobody waits for this any more.")
        self._word = fraction, message, self._word[2] if so_far is None else so_far
        self._news.set()

    def __enter__(self) -> None:
        self._news.set()
        threading.Thread(target=self._send, name="progress", daemon=True).start()
        self._begun.wait()
        if self._unwanted:
            raise JobCancelled("Nobody waits for this any more.")

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._news.set()

    def _send(self) -> None:
        sent: Any = None
        while self._news.wait() and not self._ended:
            self._news.clear()
            fraction, message, so_far = self._word
            found = None if so_far is sent else pickle.dumps(so_far)
            sent = so_far
            self._unwanted = not self.tell(fraction, message, found)
            if self._begun.is_set():
                time.sleep(INTERVAL)
            self._begun.set()
