"""Timers of a page that was left ask for nothing; everybody else does."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

from explorer.ui.state import late_timers


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (ClientState(page_script_hash="here", fragment_id="one", is_auto_rerun=True), True),
        (ClientState(page_script_hash="before", fragment_id="one", is_auto_rerun=True), False),
        (ClientState(page_script_hash="before", fragment_id="one"), True),
        (ClientState(page_script_hash="elsewhere"), True),
        (None, True),
    ],
)
def test_only_late_timers_are_left_out(state: ClientState | None, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(late_timers, "_request_rerun", lambda _, state: seen.append(state))
    session = SimpleNamespace(_pages_manager=SimpleNamespace(current_page_script_hash="here"))
    late_timers.install()
    AppSession.request_rerun(cast(AppSession, session), state)
    assert seen == ([state] if asked else [])
