"""Keeps a timer of the page before from bringing that page back.

A fragment with ``run_every`` has a timer in the browser, which names the browser's page when it asks for a rerun. While
the server is on its way to another page, the browser does not know that yet: Streamlit 1.67 then announces the page
before once more, the browser clears what it shows, and the fragment finds no place in it ("Bad delta path"). Such a
request is left out: the new page has timers of its own.
"""

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

_request_rerun = AppSession.request_rerun


def without_late_timers(session: AppSession, client_state: ClientState | None) -> None:
    """Ask for a rerun, unless a timer asks and the session is on another page by now."""
    if client_state and client_state.is_auto_rerun:
        here = session._pages_manager.current_page_script_hash
        if client_state.page_script_hash != here:
            return
    _request_rerun(session, client_state)


def install() -> None:
    """Put it in Streamlit's place, for all sessions of this process."""
    AppSession.request_rerun = without_late_timers  # type: ignore[assignment,method-assign]
