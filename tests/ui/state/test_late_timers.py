"""Fragments of a page that was left are not run; everything else is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from bench.client import RUN_SECONDS, Visitor
from bench.server import Server
from explorer.ui.state import late_timers


@pytest.mark.parametrize(
    ("asked", "runs"),
    [
        (RerunData(page_script_hash="here", fragment_id_queue=["one"], is_auto_rerun=True), True),
        (RerunData(page_script_hash="before", fragment_id_queue=["one"], is_auto_rerun=True), False),
        (RerunData(page_script_hash="before", fragment_id_queue=["one"]), False),
        (RerunData(page_script_hash="elsewhere"), True),
    ],
)
def test_only_late_fragments_are_left_out(asked: RerunData, runs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(late_timers, "_run_script", lambda _, asked: seen.append(asked))
    late_timers.install()
    runner = SimpleNamespace(_pages_manager=SimpleNamespace(current_page_script_hash="here"))
    ScriptRunner._run_script(cast(ScriptRunner, runner), asked)
    assert seen == ([asked] if runs else [])


@pytest.mark.slow
def test_a_late_timer_does_not_bring_the_page_before_back(server: Server) -> None:
    """What a browser sends that does not know yet that the server has gone to another page."""
    with Visitor(server, "classroom") as visitor:
        visitor.visit()
        visitor.press("Open a class")
        before = visitor.place
        visitor.go("ideas")
        here, visitor._page_hash, visitor.patience = visitor.place, before, 3.0
        with pytest.raises(TimeoutError):
            visitor.tick()
        assert visitor.place == before  # no page was announced
        visitor._page_hash, visitor.patience = here, RUN_SECONDS
        visitor.tick()
        assert visitor.place == here
