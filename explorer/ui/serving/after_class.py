"""Frees what a class leaves behind, once most of its screens are gone.

Streamlit keeps a session for two minutes after its tab is closed, 128 of them, and forgets them when the next reader
comes or goes: after a class that may be tomorrow. A session is full of references in rings, which wait for a collection
of everything; ``gc.freeze`` (see ``warm_up``) even hides those from it whose readers came while libraries were loaded.
"""

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage

LOOK_SECONDS = 15.0
KEPT_SECONDS = 150.0  # more than Streamlit keeps a session
_FEW = 4  # a crowd is gone when at most one of so many is here


@asynccontextmanager
async def freed_after_class(_app: object) -> AsyncIterator[None]:
    """A part of the server's lifespan, in the thread that sessions come and go in."""
    task = asyncio.create_task(_watch())
    try:
        yield
    finally:
        task.cancel()


async def _watch() -> None:
    crowd = Crowd()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if Runtime.exists():
            sessions: Any = Runtime.instance()._session_mgr
            if crowd.is_gone(sessions.num_active_sessions()):
                free(sessions._session_storage)


@dataclass(slots=True)
class Crowd:
    """The most readers that were here together, and for how long only a few of them have been here since."""

    most: int = 0
    seconds: float = 0.0

    def is_gone(self, here: int) -> bool:
        """Take note of how many are here at this look; whether a crowd is gone for good, which is said once."""
        if _FEW * here >= self.most:
            self.most, self.seconds = max(self.most, here), 0.0
            return False
        self.seconds += LOOK_SECONDS
        if self.seconds < KEPT_SECONDS:
            return False
        self.most, self.seconds = here, 0.0
        return True


def free(kept: MemorySessionStorage) -> None:
    """Forget sessions whose time is over, collect all that nothing refers to, and give the memory back."""
    len(kept._cache)  # counting drops those whose time is over
    was_frozen = gc.get_freeze_count() > 0
    gc.unfreeze()
    gc.collect()
    if was_frozen:
        gc.freeze()
    with suppress(OSError, AttributeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)
