"""The stories of the Gradient-flow page, measured by the server itself after its start while no reader waits."""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from explorer.jobs.idle import work_when_idle
from explorer.jobs.shared import queue
from explorer.ui.state import session
from explorer.ui.state.cluster import cluster, devices
from explorer.ui.state.warm_up import warm_up

SWITCH = "RESNET_EXPLORER_STORIES"  # an environment variable: "off" for tests and benchmarks
START_SECONDS = 3.0  # a first reader who comes at once is served first


@asynccontextmanager
async def stories_when_idle(_app: object) -> AsyncIterator[None]:
    """The server's lifespan: starts the measurements in the background, and ends them with the server."""
    cluster()
    stop = threading.Event()
    if os.environ.get(SWITCH) != "off":
        threading.Thread(target=_measure, args=(stop,), name="idle-stories", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _measure(stop: threading.Event) -> None:
    if stop.wait(START_SECONDS):
        return
    warm_up().wait()
    from explorer.gradients.story_jobs import story_requests  # noqa: PLC0415  torch is loaded by now

    jobs = queue()
    jobs.alive = session.is_open
    work_when_idle(jobs, story_requests(next(iter(devices()))), stop)
