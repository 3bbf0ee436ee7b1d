"""The face of long work: all that the rest of the app knows about where it is done."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from explorer.jobs.job import JobState, JobStatus

SERVER = "the server"  # the owner of work that no reader has asked for yet
Entry = tuple[str, str, JobState]  # a function's name, the lane of its jobs, and their state


class JobService(Protocol):
    """Takes work, and is then asked about it by the handle that ``submit`` returned.

    ``explorer.jobs.queue`` does the work in threads of this process. Anything with these methods can stand in for it.
    """

    alive: Callable[[str], bool] | None
    """Tells whether an owner still looks, where set: the jobs of those who left are dropped."""

    def submit(self, function: Callable[..., Any], *args: Any, owner: str, lane: str = "cpu", **kwargs: Any) -> str:
        """Ask for ``function(*args, **kwargs)``: a module-level function, plain picklable arguments and result.

        A function with a parameter ``progress`` is given a callable ``progress(fraction, message="", so_far=None)``,
        which also cancels it by raising. ``so_far`` is what it has found, plain data; the status holds the last one.
        Call it often: a function that does not cannot be stopped, for nothing ends a thread from outside. Its owner may
        cancel it and its lane waits all the same. When it has been silent for too long it is given up: its owners are
        told that it failed, and the lane goes on, while the function still takes its share of the processor until it
        ends by itself. So bound what it is given.

        Work of the owner ``SERVER`` gives way: it ends as cancelled when it next reports progress while other work
        waits or runs, unless a reader has joined it.

        An identical request that waits, runs or is kept is joined. ``lane`` names what the work keeps busy: a device.

        Raises:
            QueueFull: too much work waits, in all or of this owner.
        """

    def tally(self) -> Mapping[Entry, int]:
        """How many jobs wait and run now, and how many have ended in each way since the start."""

    def busy(self) -> bool:
        """Whether any work waits or runs."""

    def status(self, handle: str) -> JobStatus:
        """How the job is doing. Never raises: an unknown job counts as cancelled."""

    def result(self, handle: str, timeout: float | None = None) -> Any:
        """What the function returned, waiting for it up to ``timeout`` seconds.

        Raises:
            JobFailed: it raised. JobCancelled: nobody waits for it any more. TimeoutError: it is not finished.
        """

    def drop_absent(self) -> None:
        """Drop what owners who have left waited for, and what came of files that only they had sent."""

    def cancel(self, handle: str) -> None:
        """Drop this owner's interest. The job stops once nobody wants it; cancelling twice does nothing."""
