"""A Ray cluster on this machine, for as long as the tests that ask for it run."""

from collections.abc import Iterator

import pytest

from tests.cluster.nodes import Nodes


@pytest.fixture(scope="session")
def nodes() -> Iterator[Nodes]:
    """A head without processors, and one worker node with one."""
    with Nodes() as made:
        made.add()
        yield made
