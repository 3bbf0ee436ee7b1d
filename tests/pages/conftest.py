"""What every test of a page needs: the libraries loaded, and a queue of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.jobs.queue import JobQueue
from explorer.ui.state.warm_up import warm_up
from tests.pages.cam_page import own_weights
from tests.pages.helpers import PATIENCE_S

__all__ = ["own_weights"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages draw everything anew at every step: together they take too long for ``make check``."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def libraries() -> None:
    """Loaded once, before the first page is opened: no test waits for them on its page."""
    assert warm_up().wait(PATIENCE_S)


@pytest.fixture(scope="session")
def shared_queue() -> Iterator[JobQueue]:
    """One queue for modules that ask for the same long measurements, so that each is made once."""
    jobs = JobQueue(keep=256)
    yield jobs
    jobs.close()


@pytest.fixture(autouse=True)
def fresh_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobQueue]:
    """A queue of the test's own, so that no test finds or waits for the work of another."""
    jobs = JobQueue()
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: jobs)
    yield jobs
    jobs.close()
