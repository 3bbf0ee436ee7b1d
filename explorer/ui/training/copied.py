"""Could a deep plain network copy a shallow one? Asked under the recorded runs, and measured when the reader asks."""

import streamlit as st

from explorer.training.copied import copy_request, told_copy
from explorer.ui.state.markdown import readable
from explorer.ui.training.choices import COPIED
from explorer.ui.widgets import job_progress

_COPY = job_progress.Work("copied", "Setting the weights by hand", automatic=True, patience=0.5)


def copied_view() -> None:
    """Draw the switch and, once it is on, what the network that was made by hand does."""
    if not COPIED.toggle() or not job_progress.wait_for_libraries("the weights are set"):
        return
    request = copy_request()
    found = _COPY.outcome(request.args, request.function, *request.args, lane=request.lane)
    if found:
        st.markdown(f"**What happened.** {readable(told_copy(found))}")
