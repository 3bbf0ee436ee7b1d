"""Keeps a fragment of the page before from bringing that page back.

A fragment with ``run_every`` has a timer in the browser, which names the browser's page when it asks for a rerun. While
the server is on its way to another page, the browser does not know that yet: Streamlit 1.67 then announces the page
before once more, the browser clears what it shows and stays white ("Bad delta path"). Such a request is left out: the
new page has timers of its own.
"""

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

_run_script = ScriptRunner._run_script


def without_late_timers(runner: ScriptRunner, rerun_data: RerunData) -> None:
    """Run the script, unless only fragments are asked for and the session is on another page by now.

    This is looked at when the request's turn comes: when it arrives, the page may be about to change.
    """
    here = runner._pages_manager.current_page_script_hash
    if not rerun_data.fragment_id_queue or rerun_data.page_script_hash == here:
        _run_script(runner, rerun_data)


def install() -> None:
    """Put it in Streamlit's place, for all sessions of this process."""
    ScriptRunner._run_script = without_late_timers  # type: ignore[assignment,method-assign]
