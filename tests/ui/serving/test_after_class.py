"""What a class leaves behind is freed once most of its screens are gone, and nothing is done before."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo

from explorer.ui.serving import after_class
from explorer.ui.serving.after_class import KEPT_SECONDS, LOOK_SECONDS, Crowd, free
from explorer.ui.serving.lifespan import while_it_runs
from explorer.ui.state.idle_stories import SWITCH
from tests import event_loop

LOOKS = int(KEPT_SECONDS / LOOK_SECONDS)


class Ring:
    """As a session: it refers to itself."""

    def __init__(self) -> None:
        self.id, self.own = "session", self


class Sessions:
    """What the server knows of its sessions: how many are here at each look, and those that it keeps."""

    def __init__(self, here: list[int]) -> None:
        self.here, self._session_storage = iter(here), MemorySessionStorage()

    def num_active_sessions(self) -> int:
        return next(self.here)


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.parametrize(("kept_seconds", "freed"), [(0, True), (120, False)])
def test_a_session_whose_time_is_over_is_freed_although_it_was_frozen(kept_seconds: int, freed: bool) -> None:
    kept, ring = MemorySessionStorage(ttl_seconds=kept_seconds), Ring()
    kept.save(SessionInfo(client=None, session=ring, script_run_count=0))  # type: ignore[arg-type]
    known = weakref.ref(ring)
    del ring
    gc.freeze()
    gc.collect()
    assert known() is not None
    free(kept)
    assert (known() is None) is freed
    assert gc.get_freeze_count() > 0, "later collections are spared what is loaded"


def test_nothing_is_frozen_before_the_libraries_are_loaded() -> None:
    gc.unfreeze()
    free(MemorySessionStorage())
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(
    ("here", "gone"),
    [
        ([100, 100, *[0] * LOOKS], [LOOKS + 1]),
        ([100, *[1] * (LOOKS + 5)], [LOOKS]),  # its teacher's screen stays on
        ([100, *[25] * 30], []),
        ([100, *[0] * (LOOKS - 1), 100, 100, 0], []),  # a break
        ([1, *[0] * (2 * LOOKS)], [LOOKS]),
        ([0] * 30, []),
        ([8, *[2, 1] * 30], []),
    ],
)
def test_a_crowd_is_gone_once_when_few_have_been_here_for_long(here: list[int], gone: list[int]) -> None:
    crowd = Crowd()
    assert [look for look, count in enumerate(here) if crowd.is_gone(count)] == gone


def test_the_server_looks_from_its_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions([30, *[0] * 10_000])
    runtime = type("Server", (), {"_session_mgr": sessions})()
    monkeypatch.setenv(SWITCH, "off")
    monkeypatch.setattr(Runtime, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", lambda: runtime)
    monkeypatch.setattr(after_class, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(after_class, "KEPT_SECONDS", 0.01)
    freed: list[object] = []
    monkeypatch.setattr(after_class, "free", freed.append)

    async def serves() -> None:
        async with while_it_runs(None):
            await asyncio.sleep(0.3)
        left = next(sessions.here, None)
        await asyncio.sleep(0.05)
        assert left is not None

    event_loop.run(serves())
    assert freed == [sessions._session_storage]
