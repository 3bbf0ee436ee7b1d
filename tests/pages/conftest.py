"""What every test of a page needs: the libraries loaded, and a queue of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.jobs.queue import JobQueue
from explorer.jobs.store import handle_of
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
def queue_of_the_session() -> Iterator[JobQueue]:
    jobs = JobQueue(keep=256)
    yield jobs
    jobs.close()


@pytest.fixture(scope="module")
def queue_of_the_module() -> Iterator[JobQueue]:
    jobs = JobQueue(keep=256)
    yield jobs
    jobs.close()


@pytest.fixture
def shared_queue(queue_of_the_session: JobQueue, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobQueue]:
    """Pages ask one queue in all modules that ask for the same long measurements, so that each is made once. What a
    page has begun beside them, for a reader's next click, ends with the test."""
    jobs = _asked_by_pages(queue_of_the_session, monkeypatch)
    yield jobs
    for handle in [handle_of(job, owner) for job in jobs._jobs.unfinished() for owner in job.owners]:
        jobs.cancel(handle)


@pytest.fixture
def module_queue(queue_of_the_module: JobQueue, monkeypatch: pytest.MonkeyPatch) -> JobQueue:
    """Pages ask one queue in all tests of the module: for one that makes its measurements smaller, or whose pages begin
    what nobody waits for."""
    return _asked_by_pages(queue_of_the_module, monkeypatch)


def _asked_by_pages(jobs: JobQueue, monkeypatch: pytest.MonkeyPatch) -> JobQueue:
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: jobs)
    return jobs


@pytest.fixture(autouse=True)
def fresh_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobQueue]:
    """A queue of the test's own, so that no test finds or waits for the work of another."""
    jobs = _asked_by_pages(JobQueue(), monkeypatch)
    yield jobs
    jobs.close()
