"""The threads that work for each lane, and those that were given up with their jobs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_GIVEN_UP = 4  # threads of one lane that may run on without anybody waiting for them


@dataclass(eq=False, slots=True)
class Crews:
    """Up to ``size(lane)`` threads for each lane; each calls ``work`` with the lane's name.

    A thread cannot be ended from outside: one whose job was given up computes on, and takes its share of the processor
    until the job ends by itself. Hence a lane replaces ``MOST_GIVEN_UP`` of them at most, then waits for one to end.
    The queue's lock is held by whoever calls.
    """

    size: Callable[[str], int]
    work: Callable[[str], None]
    by_lane: dict[str, list[threading.Thread]] = field(default_factory=dict)
    given_up: dict[str, list[threading.Thread]] = field(default_factory=dict)

    def all(self) -> list[threading.Thread]:
        """Every thread that takes jobs."""
        return [worker for crew in self.by_lane.values() for worker in crew]

    def fill(self, lane: str) -> None:
        """Start one more thread for a lane, unless it has all."""
        crew = self.by_lane.setdefault(lane, [])
        if len(crew) + max(len(self.given_up.get(lane, ())) - MOST_GIVEN_UP, 0) < self.size(lane):
            worker = threading.Thread(target=self.work, args=(lane,), name=f"jobs-{lane}", daemon=True)
            crew.append(worker)
            worker.start()

    def replace(self, lane: str, worker: threading.Thread | None) -> None:
        """Leave a thread to itself that does not come back from its job, and start another in its place."""
        if worker is not None and worker in self.by_lane[lane]:
            self.by_lane[lane].remove(worker)
            self.given_up.setdefault(lane, []).append(worker)
            self.fill(lane)

    def belongs(self, lane: str, worker: threading.Thread) -> bool:
        """Whether a thread may take another job; one that was given up may if nobody has taken its place."""
        lost = self.given_up.get(lane, [])
        if worker not in lost:
            return True
        lost.remove(worker)
        if len(self.by_lane[lane]) >= self.size(lane):
            return False
        self.by_lane[lane].append(worker)
        return True
