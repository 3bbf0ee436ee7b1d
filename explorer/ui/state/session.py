"""Who is looking: the name of this browser tab's session, and whether it is still open."""

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def owner() -> str:
    """This session's name, for work done on its behalf."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def is_open(session: str) -> bool:
    """Whether the browser tab of that session is still there. Without a server (a test), everybody is."""
    return not Runtime.exists() or Runtime.instance().is_active_session(session)
