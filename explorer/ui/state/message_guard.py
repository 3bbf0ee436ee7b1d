"""Bounds on what a browser says its widgets did, where Streamlit reads it.

Streamlit calls a component's callback once for each event of a message, and each call looks through all of them: 8,000
events in one message took 18 s. What it cannot read as JSON ends the run as an error of its own. A browser that runs
this app's pages sends neither.
"""

import logging
from typing import Any

from streamlit.components.v2.bidi_component import main
from streamlit.components.v2.bidi_component.serialization import deserialize_trigger_list
from streamlit.runtime.state.session_state import Value, WStates

MOST_EVENTS = 16  # of one message: two clicks before the first is answered are two events
MOST_DEPTH = 32  # lists within lists; Streamlit's copy of a value fails at some hundreds
MOST_TEXT = 1_000_000  # characters of one message's events, of which a painted mask takes some thousand

_log = logging.getLogger(__name__)


def guard_messages() -> None:
    """Put the bounds in force for this process."""
    main.deserialize_trigger_list = _last_events  # type: ignore[attr-defined,assignment]
    WStates.__getitem__ = _read  # type: ignore[method-assign]


def _last_events(text: str | None) -> list[Any] | None:
    """The last events of a message; None where there is too much to be read, as where there are none."""
    if text and len(text) > MOST_TEXT:
        return None
    events: list[Any] | None = deserialize_trigger_list(text)
    return events and events[-MOST_EVENTS:]


_streamlits_read = WStates.__getitem__


def _read(states: WStates, widget: str) -> Any:
    """A widget's value; the one it has at first where what the browser sent cannot be read, or not be copied.

    Python's JSON raises ValueError for numbers of 5,000 digits, and RecursionError for a thousand brackets.
    """
    known = states.states.get(widget)
    if isinstance(known, Value):  # read before: most of some ninety questions of a run
        return known.value
    try:
        value = _streamlits_read(states, widget)
        if _is_too_deep(value):
            raise ValueError(f"more than {MOST_DEPTH} lists within lists")
        return value
    except (ValueError, RecursionError):
        _log.warning("a widget's value cannot be read")
        states.set_from_value(widget, states.widget_metadata[widget].deserializer(None))
        return _streamlits_read(states, widget)


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, list | dict)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
