"""What every test of the queue needs: one of its own, and its only worker held up."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.jobs.engines import Threads
from tests.jobs.work import PATIENCE, Work

CLUSTER = pytest.param("cluster", marks=[pytest.mark.cluster, pytest.mark.filterwarnings("ignore")])


@pytest.fixture(params=["threads", CLUSTER])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Makes the queues of a test: all of them are held to the same contract."""
    if request.param == "cluster":
        made = request.getfixturevalue("cluster_engine")
        made.begin()
    else:
        made = Threads(*map(request.getfixturevalue, ("monkeypatch", "caplog")))
    yield made
    made.close()


@pytest.fixture
def queue(engine: Any) -> Any:
    return engine.make(max_waiting=8, max_per_owner=3, keep=50)


@pytest.fixture
def busy(queue: Any) -> Iterator[Work]:
    """Occupies the only worker of lane "test" until let go."""
    work = Work("busy")
    queue.submit(work, owner="somebody else", lane="test")
    assert work.started.wait(PATIENCE)
    yield work
    work.go.set()
