"""The benchmark runs, as small as it can be."""

import pytest

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]


def test_cluster() -> None:
    from bench import cluster  # noqa: PLC0415  brings Ray

    cost, one, two = cluster.run(jobs=4, repeats=1)
    assert cost.unit.startswith("ms") and not cost.at_least
    assert one.measured > 0 and two.measured > 0 and "2 worker nodes" in two.name
