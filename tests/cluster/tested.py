"""A keeper that tests look into and change, and the engine that makes queues of it (see ``tests.jobs.engines``)."""

import itertools
from functools import partial
from typing import Any

from bench.ray_nodes import Nodes
from explorer.classroom.room import Room
from explorer.classroom.values import Scene
from explorer.cluster.classes import ClusterClassroom
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from tests.classroom.clock import Clock

SERVICES = "tests.cluster.tested_keeper:services"


class TestedJobs(ClusterJobs):
    """A replica's jobs, which a test can close for all."""

    __test__ = False

    def close(self, timeout: float = 2.0) -> None:
        self._wire.call("tests", "close", timeout, wait=timeout)


class TestedClasses(ClusterClassroom):
    """The teacher on one replica, students on another; both look on either in turn."""

    __test__ = False

    def __init__(self, *wires: Wire) -> None:
        super().__init__(wires[0])
        self._students, self._turns = ClusterClassroom(wires[1]), itertools.count()

    def join(self, code: str, student: str, visitor: str = "") -> int:
        return self._students.join(code, student, visitor)

    def answer(self, code: str, student: str, number: int, round: int, choice: float) -> None:  # noqa: A002
        self._students.answer(code, student, number, round, choice)

    def watch(self, code: str, key: str, seen: int = 0) -> Scene | None:
        looks = super().watch if next(self._turns) % 2 else self._students.watch
        return looks(code, key, seen)

    @property
    def _rooms(self) -> dict[str, Room]:
        return self._wire.call("tests", "all_rooms")


class OnCluster:
    """Queues and classes of one keeper, one after another, and two replicas."""

    def __init__(self, nodes: Nodes) -> None:
        self.wire, self._other = (Wire(partial(find, nodes.address, SERVICES)) for _ in range(2))
        for wire in (self.wire, self._other):
            wire.start()

    def rooms(self, clock: Clock | None = None) -> TestedClasses:
        """New classes, whose clock goes with this one."""
        self._ask("new_rooms", clock is not None)
        if clock is not None:
            clock.tell = partial(self._ask, "wait")
        return TestedClasses(self.wire, self._other)

    def begin(self) -> None:
        """Forget what the test before has changed."""
        self.wire.ticks.clear()
        self._ask("begin")

    def make(self, **bounds: Any) -> TestedJobs:
        self._ask("reset", bounds)
        return TestedJobs(self.wire)

    def patch(self, name: str, value: object) -> None:
        self._ask("patch", name, value)

    def later(self, seconds: float) -> None:
        self._ask("later", seconds)

    def logged(self) -> list[tuple[str, int, bool]]:
        return self._ask("logged")

    def threads(self) -> int:
        return self._ask("threads")

    def remembered(self) -> tuple[int, int, int, int]:
        return self._ask("remembered")

    def close(self) -> None:
        self._ask("close", 2.0)

    def _ask(self, method: str, *args: Any) -> Any:
        return self.wire.call("tests", method, *args)
