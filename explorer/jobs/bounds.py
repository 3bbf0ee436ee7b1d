"""How many jobs a queue takes, in all and of one owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.jobs.job import Job, JobState, QueueFull


@dataclass(frozen=True, slots=True)
class Bounds:
    """See ``JobQueue``."""

    max_waiting: int
    shared: int
    max_per_owner: int

    def check(self, unfinished: Sequence[Job], owner: str) -> None:
        """Raises QueueFull where the owner can have no more work beside these jobs; the message says why."""
        own = sum(owner in job.owners for job in unfinished)
        if own >= self.max_per_owner:
            raise QueueFull(f"You already have {own} computations waiting or running: cancel one or let it finish.")
        waiting = sum(job.state is JobState.QUEUED for job in unfinished)
        if waiting >= self.max_waiting:
            raise QueueFull(f"The server is busy: {waiting} computations are waiting. Please try again in a minute.")
        if own and waiting >= self.shared:
            raise QueueFull(
                f"The server is busy: {waiting} computations are waiting, and one of yours is among them or running. "
                "Cancel it or let it finish."
            )
