"""Long work on a page: asked for in the queue, its progress shown by a small fragment, the page drawn anew when done.

The page's script never waits: it asks how far the work is, and goes on.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from explorer.jobs.queue import JobCancelled, JobFailed, JobState, JobStatus, QueueFull, queue
from explorer.ui.state import session
from explorer.ui.state.markdown import escaped
from explorer.ui.state.warm_up import warm_up

POLL_SECONDS = 0.4

Answer = JobStatus | QueueFull


def ask(key: str, function: Callable[..., Any], *args: Any, lane: str, **kwargs: Any) -> Answer:
    """How far this work is, or why the server cannot take it now.

    ``key`` names the work on its page: what is asked for under the same key replaces it.
    """
    jobs = queue()
    jobs.alive = session.is_open
    try:
        handle = jobs.submit(function, *args, owner=session.owner(), lane=lane, **kwargs)
    except QueueFull as refusal:
        return refusal
    before = st.session_state.get(_handle(key))
    if before and before != handle:
        jobs.cancel(before)
    st.session_state[_handle(key)] = handle
    return jobs.status(handle)


def settled(answer: Answer) -> bool:
    """Whether there is nothing left to wait for."""
    return isinstance(answer, JobStatus) and answer.state.finished


def result(key: str) -> Any:
    """What the settled work returned.

    Raises:
        JobFailed: it raised. JobCancelled: it was cancelled.
    """
    return queue().result(st.session_state[_handle(key)], timeout=0)


def cancel(key: str) -> None:
    """Give this work up."""
    handle = st.session_state.pop(_handle(key), None)
    if handle:
        queue().cancel(handle)


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of long work on a page: ``key`` names it there, ``doing`` is a clause such as "Measuring the networks",
    ``button`` what starts it. ``automatic`` work starts by itself, and has a button only once it was cancelled."""

    key: str
    doing: str
    button: str
    automatic: bool = False

    def wanted(self, request: Hashable) -> bool:
        """Draw the button where there is one; whether the reader wants this very request done."""
        stopped, asked = st.session_state.get(self._stopped), st.session_state.get(self._asked)
        if not self.automatic or stopped == request:
            st.button(
                self.button,
                key=f"{self.key}.now",
                icon=":material/play_arrow:",
                type="primary",
                on_click=self._want,
                args=(request,),
            )
        return stopped != request and (self.automatic or asked == request)

    def outcome(self, request: Hashable, submit: Callable[[], Answer]) -> Any:
        """What came of it; None where that is not known (yet), and what is shown instead says why."""
        answer = submit()
        if isinstance(answer, QueueFull):
            st.info(str(answer), icon=":material/hourglass_empty:")
        if not settled(answer):
            wait(self.doing, submit, on_cancel=partial(self._stop, request))
            return None
        try:
            return result(self.key)
        except (JobFailed, JobCancelled) as error:
            st.error(escaped(str(error)), icon=":material/error:")
            return None

    def _want(self, request: Hashable) -> None:
        st.session_state[self._asked] = request
        st.session_state.pop(self._stopped, None)

    def _stop(self, request: Hashable) -> None:
        st.session_state.pop(self._asked, None)
        st.session_state[self._stopped] = request
        cancel(self.key)
        st.rerun()

    @property
    def _asked(self) -> str:
        return f"{self.key}.asked"

    @property
    def _stopped(self) -> str:
        return f"{self.key}.stopped"


def wait(doing: str, again: Callable[[], Answer], on_cancel: Callable[[], None] | None = None) -> None:
    """Say what is going on, and look again soon; when there is news, draw the page anew.

    ``doing`` is a clause such as "Building and running the network"; with ``on_cancel`` there is a button for it.
    """

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        answer = again()
        if settled(answer):
            st.rerun()
        _line(_progress(doing, answer), on_cancel)

    poll()


def wait_for_libraries(what_then: str) -> bool:
    """Whether PyTorch is there; where it is not, that is said, and the page drawn anew as soon as it is."""
    if warm_up().is_set():
        return True

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        _line(f"PyTorch is loading; {what_then} when it is there.", None)
        if warm_up().is_set():
            st.rerun()

    poll()
    return False


def _line(words: str, on_cancel: Callable[[], None] | None) -> None:
    st.status(words, state="running")
    if on_cancel:
        st.button("Cancel", icon=":material/close:", on_click=on_cancel)


def _progress(doing: str, answer: Answer) -> str:
    if isinstance(answer, QueueFull):
        return "Waiting for a place in the queue."
    if answer.state is JobState.QUEUED:
        return f"Waiting for the device: place {answer.position} in the queue."
    return f"{doing}: {100 * answer.progress:.0f} % {answer.message}"


def _handle(key: str) -> str:
    return f"{key}.handle"
