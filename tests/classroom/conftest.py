"""Where classes are kept: in this process, or by a cluster's keeper that two replicas ask."""

import pytest

from tests.jobs.conftest import CLUSTER


@pytest.fixture(params=["here", CLUSTER])
def each_place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold both to the same contract: ``Rooms`` of the test's module makes classes here, or there."""
    if request.param == "cluster":
        monkeypatch.setattr(request.module, "Rooms", request.getfixturevalue("cluster_engine").rooms)
