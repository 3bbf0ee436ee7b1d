"""What a browser says its components did is bounded before a page gets it."""

import json
from contextvars import copy_context
from copy import deepcopy
from typing import Any

import pytest
from streamlit.components.v2.bidi_component import main
from streamlit.components.v2.bidi_component.serialization import BidiComponentSerde
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

import explorer.ui.shell  # noqa: F401  puts the bounds in force

HOSTILE = ("[" * 100_000, "9" * 5_000, "[" + "9" * 5_000 + "]", json.dumps("[" * 100_000), json.dumps("9" * 5_000))
BRACKETS = "[" * 900 + "]" * 900


def state_with(called: list[str]) -> SessionState:
    """A session with a component that has an event, "paint", and a state."""
    state, callbacks = SessionState(), {"paint": lambda: called.append("paint")}
    state._set_widget_metadata(
        WidgetMetadata("events", main.deserialize_trigger_list, json.dumps, "json_trigger_value", callbacks=callbacks)
    )
    serde = BidiComponentSerde()
    state._set_widget_metadata(
        WidgetMetadata("state", serde.deserialize, serde.serialize, "json_value", callbacks=callbacks)
    )
    return state


def receive(state: SessionState, **value: str) -> None:
    """What Streamlit does with a browser's message before it runs the page."""
    widget = WidgetState(id="events" if "json_trigger_value" in value else "state", **value)  # type: ignore[arg-type]

    def run() -> None:
        ThreadState.initialize()
        state.on_script_will_rerun(WidgetStates(widgets=[widget]))

    copy_context().run(run)


def test_of_many_events_the_last_are_told() -> None:
    called: list[str] = []
    state = state_with(called)
    events = [{"event": "paint", "value": number} for number in range(8_000)]
    receive(state, json_trigger_value=json.dumps(events))
    assert len(called) == 16
    assert state._new_widget_state["events"] == events[-16:]


def test_an_event_is_told_with_its_value() -> None:
    called: list[str] = []
    state = state_with(called)
    receive(state, json_trigger_value='[{"event": "paint", "value": "x"}]')
    assert called == ["paint"] and state._new_widget_state["events"] == [{"event": "paint", "value": "x"}]


def test_a_message_that_is_too_long_is_no_event() -> None:
    called: list[str] = []
    receive(state_with(called), json_trigger_value=json.dumps([{"event": "paint", "value": "x" * 1_000_000}]))
    assert not called


@pytest.mark.parametrize("text", HOSTILE)
def test_what_cannot_be_read_is_no_event_and_no_state(text: str) -> None:
    called: list[str] = []
    state = state_with(called)
    receive(state, json_trigger_value=text)
    assert not called
    receive(state, json_value=text)
    found: Any = state._new_widget_state["state"]
    assert not called and found == {}


@pytest.mark.parametrize("text", [BRACKETS, f'[{{"event": "paint", "value": {BRACKETS}}}]'])
def test_what_is_too_deep_to_be_copied_is_no_event_and_no_state(text: str) -> None:
    called: list[str] = []
    state = state_with(called)
    receive(state, json_trigger_value=text)
    assert not called and deepcopy(state._new_widget_state["events"]) is None
    receive(state, json_value=f'{{"paint": {text}}}')
    found: Any = deepcopy(state._new_widget_state["state"])
    assert not called and found == {}


def test_what_pages_of_this_app_send_is_read() -> None:
    called: list[str] = []
    state = state_with(called)
    strokes = [{"event": "paint", "value": {"strokes": [[[0.5, 0.5], [0.1, 0.2]]] * 10_000}}]
    receive(state, json_trigger_value=json.dumps(strokes))
    assert called == ["paint"] and state._new_widget_state["events"] == strokes
