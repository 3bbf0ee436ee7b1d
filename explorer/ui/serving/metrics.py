"""Figures of this server for Prometheus, at a port of their own, which no reader's proxy passes on.

They say how much is done and how long it takes, and nothing of whom it is done for: no session, address, link or file
has a name here. A job's kind is the name of its function. The library (``pip install ".[metrics]"``) is imported where
figures are asked for.
"""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from streamlit.runtime import Runtime
from streamlit.runtime.caching.cache_metrics import CACHE_LOOKUPS_FAMILY
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, SESSION_EVENTS_FAMILY

from explorer.jobs.shared import queue
from explorer.ui.state import caching, uploads

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram

METRICS = "EXPLORER_METRICS"  # environment variable: the port, ``9100``, or address and port, ``0.0.0.0:9100``
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STREAMLITS = (ACTIVE_SESSIONS_FAMILY, SESSION_EVENTS_FAMILY, CACHE_LOOKUPS_FAMILY)


@asynccontextmanager
async def tells_its_figures(_app: object) -> AsyncIterator[None]:
    """The server's lifespan: answers at the port for as long as the server runs, where there is to be one.

    Raises:
        RuntimeError: the library is not installed. OSError: the port is taken.
    """
    where = os.environ.get(METRICS)
    if not where:
        yield
        return
    try:
        from prometheus_client import start_http_server
    except ModuleNotFoundError as error:
        raise RuntimeError(f'{METRICS} needs the package prometheus-client: pip install ".[metrics]"') from error
    address, _, port = where.rpartition(":")
    registry, seconds = _figures()
    server, _ = start_http_server(int(port), address or "127.0.0.1", registry)
    with _counted_runs(seconds):
        yield
    server.shutdown()


def _figures() -> "tuple[CollectorRegistry, Histogram]":
    from prometheus_client import CollectorRegistry, Histogram, ProcessCollector

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)  # memory, processor time and open files, on Linux
    registry.register(Figures())
    seconds = Histogram(
        "explorer_run_seconds", "Runs of a page or of a part of it.", ["of"], buckets=_SECONDS, registry=registry
    )
    return registry, seconds


@contextmanager
def _counted_runs(seconds: "Histogram") -> Iterator[None]:
    """Times each run of every session's script: two readings of a clock, some millionths of a second."""
    run = ScriptRunner._run_script
    pages, parts = seconds.labels("page"), seconds.labels("part")

    def counted(runner: ScriptRunner, rerun_data: RerunData) -> None:
        start = time.perf_counter()
        try:
            run(runner, rerun_data)
        finally:
            (parts if rerun_data.fragment_id_queue else pages).observe(time.perf_counter() - start)

    ScriptRunner._run_script = counted  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        ScriptRunner._run_script = run  # type: ignore[method-assign]


class Figures:
    """What is counted elsewhere anyway, read when Prometheus asks."""

    def collect(self) -> Iterator[Any]:
        """The figures, as the library asks for them."""
        yield from _sessions_and_caches()
        yield from _jobs()


def _sessions_and_caches() -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    stats: Any = Runtime.instance().stats_mgr.get_stats(family_names=_STREAMLITS)
    sessions = GaugeMetricFamily("explorer_sessions", "Browser tabs that are connected.")
    sessions.add_metric([], sum(each.value for each in stats[ACTIVE_SESSIONS_FAMILY]))
    yield sessions
    events = CounterMetricFamily(
        "explorer_session_events", "Sessions that came, came back, and went.", labels=["event"]
    )
    for each in stats[SESSION_EVENTS_FAMILY]:
        events.add_metric([each.labels["type"]], each.value)
    yield events
    found = CounterMetricFamily("explorer_cache_lookups", "Looks for what is kept.", labels=["cache", "result"])
    for each in stats[CACHE_LOOKUPS_FAMILY]:
        found.add_metric([each.labels["cache"], each.labels["result"]], each.value)
    for labels, count in caching.lookups().items():
        found.add_metric(labels, count)
    yield found
    kept = GaugeMetricFamily("explorer_upload_bytes", "Files of readers that are in memory.")
    kept.add_metric([], uploads.held())
    yield kept


def _jobs() -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    labels = ["kind", "lane", "state"]
    now = GaugeMetricFamily(
        "explorer_jobs", "Computations that wait and run: of all replicas, where a cluster does them.", labels=labels
    )
    ended = CounterMetricFamily(
        "explorer_jobs_ended", "Computations that are over: of all replicas, where a cluster does them.", labels=labels
    )
    for (kind, lane, state), count in queue().tally().items():
        (ended if state.finished else now).add_metric([kind, lane, state], count)
    yield now
    yield ended
