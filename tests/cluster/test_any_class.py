"""Whatever a class does in whatever order, its teacher and its students on two replicas."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.classroom.test_any_class import AnyClass

if TYPE_CHECKING:
    from tests.cluster.tested import OnCluster

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]


def test_any_class(cluster_engine: "OnCluster") -> None:
    class AnyClassThere(AnyClass):
        make = staticmethod(cluster_engine.rooms)

    run_state_machine_as_test(AnyClassThere, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
