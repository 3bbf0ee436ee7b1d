"""What every test of live networks needs."""

import pytest

from explorer.live import inspect


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time every network once: nothing here looks at how long it took."""
    monkeypatch.setattr(inspect, "TIMING_BUDGET_S", 0)
