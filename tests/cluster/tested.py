"""A keeper that tests look into and change, and the engine that makes queues of it (see ``tests.jobs.engines``)."""

from functools import partial
from typing import Any

from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Wire
from tests.cluster.nodes import Nodes

ACTOR = "tests.cluster.tested_keeper:TestedKeeper"


class TestedJobs(ClusterJobs):
    """A replica's jobs, which a test can close for all."""

    __test__ = False

    def close(self, timeout: float = 2.0) -> None:
        self._wire.call("tests", "close", timeout, wait=timeout)


class OnCluster:
    """Queues of one keeper, one after another."""

    def __init__(self, nodes: Nodes) -> None:
        self.wire = Wire(partial(find, nodes.address, ACTOR))
        self.wire.start()

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
