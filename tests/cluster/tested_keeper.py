"""A keeper that tests look into and change."""

import logging
import time
from typing import Any

import pytest

from explorer.classroom.room import Room
from explorer.classroom.rooms import Rooms
from explorer.cluster import keeper
from explorer.cluster.wire import Place
from tests.classroom import clock as class_clock
from tests.jobs.engines import remembered, threads_of_tests
from tests.jobs.work import Clock


def services(place: Place) -> dict[str, Any]:
    """What a keeper keeps, and what tests ask of it."""
    kept = keeper.services(place)
    kept["tests"] = Hooks(kept)
    return kept


class Hooks(logging.Handler):
    """What a test asks of the keeper's process."""

    def __init__(self, services: dict[str, Any]) -> None:
        super().__init__(logging.INFO)
        self._services = services
        self._patches, self._clock, self._logged = pytest.MonkeyPatch(), Clock(), []
        logger = logging.getLogger("explorer.jobs.queue")
        logger.setLevel(logging.INFO)
        logger.addHandler(self)

    @property
    def _jobs(self) -> keeper.Jobs:
        return self._services["jobs"]

    def emit(self, record: logging.LogRecord) -> None:
        self._logged.append((record.getMessage(), record.levelno, record.exc_info is not None))

    def begin(self) -> None:
        self._patches.undo()
        self._clock = Clock()
        self._logged.clear()

    def reset(self, bounds: dict[str, Any]) -> None:
        """Begin with jobs of these bounds, and one worker where they do not say."""
        self._jobs.queue.close(0)
        self._services["jobs"] = keeper.Jobs(self._jobs.place, **{"workers": 1, **bounds})

    def patch(self, name: str, value: object) -> None:
        self._patches.setattr(name, value)

    def later(self, seconds: float) -> None:
        """Let time go by, but for the replicas, which are there."""
        heard = self._jobs._heard
        heard.update(dict.fromkeys(heard, time.monotonic() + seconds))
        self._clock.later(seconds)
        self._patches.setattr("explorer.jobs.queue.time.monotonic", self._clock)

    def logged(self) -> list[tuple[str, int, bool]]:
        return self._logged

    def threads(self) -> int:
        return threads_of_tests()

    def remembered(self) -> tuple[int, int, int, int]:
        return remembered(self._jobs.queue)

    def close(self, timeout: float) -> None:
        self._jobs.queue.close(timeout)

    def new_rooms(self, own_clock: bool) -> None:
        self._class_clock = class_clock.Clock()
        self._services["classes"] = Rooms(self._class_clock) if own_clock else Rooms()

    def wait(self, seconds: float) -> None:
        """Let time go by for the classes."""
        self._class_clock.wait(seconds)

    def all_rooms(self) -> dict[str, Room]:
        return self._services["classes"]._rooms
