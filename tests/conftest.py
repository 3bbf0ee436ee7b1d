"""What all tests share."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

if TYPE_CHECKING:
    from bench.ray_nodes import Nodes
    from tests.cluster.tested import OnCluster

MAX_WORKERS = 4  # each needs up to 2 GB

os.environ["RESNET_EXPLORER_STORIES"] = "off"  # servers measure what tests ask for and nothing else
os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported, and for the servers that tests start

# No deadline: the machines that run these tests are shared, and a slow moment is not a wrong answer. Every run draws
# other examples, so that few in one run are many in a week.
settings.register_profile("explorer", max_examples=50, deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("explorer")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Torch computes on one thread: sums have one order, tests that run side by side do not wait for each other's
    threads, and small networks are quicker. A server that was warmed up in this process asks for more."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="module")
def kept_from_the_collector() -> None:
    """What the modules before have loaded and cached stays to the end: a collection, which some tests ask for after
    every example, looks only at what the module itself made. In a late module it took 0.3 s each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def nodes() -> Iterator["Nodes"]:
    """A Ray cluster on this machine, as long as the tests run: a head, and one worker node with one processor."""
    from bench.ray_nodes import Nodes  # noqa: PLC0415  Ray is not installed everywhere

    with Nodes() as made:
        made.add()
        yield made


@pytest.fixture(scope="session")
def cluster_engine(nodes: "Nodes") -> Iterator["OnCluster"]:
    """What makes the queues and the classes of tests in that cluster."""
    from tests.cluster.tested import OnCluster  # noqa: PLC0415

    made = OnCluster(nodes)
    yield made
    made.wire.close()


@cache
def has_gpu() -> bool:
    """Whether torch can compute on a CUDA or MPS device here."""
    import torch  # noqa: PLC0415  seconds to import, and most test runs ask for no GPU

    return torch.cuda.is_available() or torch.backends.mps.is_available()


@cache
def has_nginx() -> bool:
    """Whether replicas can stand behind a proxy here."""
    from bench.proxy import nginx  # noqa: PLC0415  after the environment is set

    return nginx() is not None


def has_prometheus() -> bool:
    """Whether the library for figures is installed."""
    return find_spec("prometheus_client") is not None


def has_ray() -> bool:
    """Whether the library for clusters is installed."""
    return find_spec("ray") is not None


NEEDS = {"gpu": has_gpu, "nginx": has_nginx, "prometheus": has_prometheus, "cluster": has_ray}


def pytest_xdist_auto_num_workers() -> int:
    """One worker a core and one more, within bounds: browser tests wait for a page to be calm, one second of six."""
    return min((os.cpu_count() or 1) + 1, MAX_WORKERS)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Tests and libraries stay to the end: the garbage collector need not look at them, 0.6 s each of 240 times."""
    gc.disable()
    try:
        return (yield)
    finally:
        _let_messages_come_to_the_root()
        gc.freeze()
        gc.enable()


def _let_messages_come_to_the_root() -> None:
    """Streamlit has a hundred loggers that keep theirs: pytest would go to each of them six times a test."""
    for logger in logging.getLogger().manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs something that is not here, and of the tests of clusters all but the smoke test, unless they
    are asked for; give each test the examples that EXAMPLES asks for."""
    _try_at_least(int(os.environ.get("EXAMPLES", "0")), items)
    left_out = {item for item in items if "cluster" not in config.option.markexpr and _takes_minutes(item)}
    for marker, is_here in NEEDS.items():
        marked = {item for item in items if item.get_closest_marker(marker)}
        left_out |= marked if marked and not is_here() else set()
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = _pages_first(items, workers) if workers > 1 else items


def _pages_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """All workers but the last begin with their part of the browser tests: these wait half of their time, in which the
    last one computes, and some take a minute, for which the others would wait at the end. xdist gives each worker as
    many tests in a row.
    """
    browser = [item for item in items if item.get_closest_marker("browser")]
    files = list(dict.fromkeys(item.path for item in browser))
    rest = iter([item for item in items if not item.get_closest_marker("browser")])
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        mine = files[worker :: workers - 1] if worker < workers - 1 else []
        first = [item for item in browser if item.path in mine]
        share = (len(items) - len(ordered)) // (workers - worker)
        ordered += [*first, *islice(rest, max(share - len(first), 0))]
    return ordered


def _takes_minutes(item: pytest.Item) -> bool:
    cluster = item.get_closest_marker("cluster")
    return cluster is not None and not cluster.kwargs.get("smoke", False)


def _try_at_least(examples: int, items: list[pytest.Item]) -> None:
    """Raise the number of examples of each test with generated ones to ``examples``; none tries fewer than before."""
    attribute = "_hypothesis_internal_use_settings"  # where hypothesis keeps what @settings says
    for item in items:
        test = getattr(item, "function", None)
        if is_hypothesis_test(test):
            own = getattr(test, attribute, settings.default)
            setattr(test, attribute, settings(own, max_examples=max(own.max_examples, examples)))
