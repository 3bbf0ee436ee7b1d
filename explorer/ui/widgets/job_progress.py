"""Long work on a page: one ``Work`` for each kind, run by the job queue while a small fragment shows its progress.

The page's script never waits: it asks how far the work is and goes on. When the work is done the page is drawn anew.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from explorer.jobs.job import NobodyWorks
from explorer.jobs.queue import JobCancelled, JobFailed, JobState, JobStatus, QueueFull
from explorer.jobs.shared import queue
from explorer.network.labels import in_words
from explorer.ui.state import session
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.state.warm_up import warm_up

POLL_SECONDS = 0.4
_NOTES = "work"  # in the session: what every kind of work remembers there

Answer = JobStatus | QueueFull


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of long work on a page.

    ``key`` names it in the session: what is asked for under the same key replaces it. ``doing`` is a clause such as
    "Measuring the networks". ``button`` is the label of the button that starts it; work without one cannot be
    cancelled. ``automatic`` work starts by itself and has a button only after it was cancelled. An ``aside`` is not
    what the page is for: its button does not stand out. ``failed`` is what comes before an error's own words.
    ``patience`` is how many seconds the page waits for new work before it shows progress: for work that is mostly done
    by then.
    """

    key: str
    doing: str
    button: str = ""
    automatic: bool = False
    aside: bool = False
    icon: str = ":material/play_arrow:"
    failed: str = ""
    patience: float = 0.0
    show: Callable[[Any], None] | None = None

    def run(self, request: Hashable, function: Callable[..., Any], *args: Any, lane: str, **kwargs: Any) -> Any:
        """Returns the result of ``function(*args, **kwargs)`` once the reader wants it and it is known, else None.

        ``request`` tells one question from another: a button starts the question that was shown beside it.
        """
        return self.outcome(request, function, *args, lane=lane, **kwargs) if self.wanted(request) else None

    def wanted(self, request: Hashable) -> bool:
        """Draw the button where there is one; whether the reader wants this very request done."""
        notes = held(_NOTES)
        stopped, asked = notes.get(self._stopped), notes.get(self._asked)
        if not self.automatic or stopped == request:
            st.button(
                self.button,
                key=f"{self.key}.now",
                icon=self.icon,
                type="secondary" if self.aside else "primary",
                on_click=self._want,
                args=(request,),
            )
        return stopped != request and (self.automatic or asked == request)

    def outcome(self, request: Hashable, function: Callable[..., Any], *args: Any, lane: str, **kwargs: Any) -> Any:
        """Returns the result of work that is wanted; None while it runs or where it failed, which the page then says.

        ``lane`` is the queue's lane: the device, or another name for work that keeps no device busy.
        """
        found = self.known(request)
        if found is not None:
            return found
        submit = partial(self.submit, function, *args, lane=lane, **kwargs)
        answer = submit()
        if isinstance(answer, QueueFull):
            st.info(str(answer), icon=":material/hourglass_empty:")
        if not _finished(answer):
            _wait(self, submit, partial(self._stop, request) if self.button else None)
            return None
        try:
            handle = held(_NOTES)[self._handle]
            result = queue().result(handle, timeout=0)
        except (JobFailed, JobCancelled) as error:
            st.error(escaped(f"{self.failed}{in_words(str(error))}"), icon=":material/error:")
            return None
        held(_NOTES)[self._known] = request, handle
        return result

    def known(self, request: Hashable) -> Any:
        """Returns the result of the last request that was answered, if it was this one and is still kept, else None.

        A page is mostly drawn anew because something else was moved: nobody need put the question together again.
        """
        notes = held(_NOTES)
        handle = notes.get(self._handle)
        if handle and notes.get(self._known) == (request, handle):
            with suppress(JobCancelled):
                return queue().result(handle, timeout=0)
        return None

    @property
    def asked_for(self) -> Hashable | None:
        """The request that the reader's button asked for; None before that, and once ``forget`` was called."""
        request: Hashable | None = held(_NOTES).get(self._asked)
        return request

    def forget(self) -> None:
        """Ask for nothing any more: what the button asked for has been dealt with."""
        held(_NOTES).pop(self._asked, None)

    def submit(self, function: Callable[..., Any], *args: Any, lane: str, **kwargs: Any) -> Answer:
        """Ask for the work, or how far it is. Other work under this key is cancelled."""
        jobs = queue()
        jobs.alive = session.is_open
        try:
            handle = jobs.submit(function, *args, owner=session.owner(), lane=lane, **kwargs)
        except QueueFull as refusal:
            return refusal
        before = held(_NOTES).get(self._handle)
        if before and before != handle:
            jobs.cancel(before)
        if before != handle and self.patience:
            with suppress(TimeoutError, JobFailed, JobCancelled):
                jobs.result(handle, self.patience)
        held(_NOTES)[self._handle] = handle
        return jobs.status(handle)

    def _want(self, request: Hashable) -> None:
        held(_NOTES)[self._asked] = request
        held(_NOTES).pop(self._stopped, None)

    def _stop(self, request: Hashable) -> None:
        held(_NOTES).pop(self._asked, None)
        held(_NOTES)[self._stopped] = request
        handle = held(_NOTES).pop(self._handle, None)
        if handle:
            queue().cancel(handle)
        st.rerun()

    @property
    def _asked(self) -> str:
        return f"{self.key}.asked"

    @property
    def _stopped(self) -> str:
        return f"{self.key}.stopped"

    @property
    def _handle(self) -> str:
        return f"{self.key}.handle"

    @property
    def _known(self) -> str:
        return f"{self.key}.known"


def wait_for_libraries(what_then: str) -> bool:
    """Whether PyTorch is loaded; until it is, the page says so and is drawn anew afterwards."""
    if warm_up().is_set():
        return True

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        st.status(f"PyTorch is loading; {what_then} when it is there.", state="running")
        if warm_up().is_set():
            st.rerun()

    poll()
    return False


def _wait(work: Work, ask_again: Callable[[], Answer], on_cancel: Callable[[], None] | None) -> None:
    """Show the progress until the work is finished, then draw the page anew."""

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        answer = ask_again()
        if _finished(answer):
            st.rerun()
        st.status(_progress(work.doing, answer), state="running")
        if work.show and isinstance(answer, JobStatus) and answer.so_far is not None:
            work.show(answer.so_far)
        if on_cancel:  # keep_focus.js leads from "cancel" to "now", the button that starts it
            st.button("Cancel", key=f"{work.key}.cancel", icon=":material/close:", on_click=on_cancel)

    poll()


def _finished(answer: Answer) -> bool:
    return isinstance(answer, JobStatus) and answer.state.finished


def _progress(doing: str, answer: Answer) -> str:
    if isinstance(answer, NobodyWorks):
        return "Waiting for the machines that compute for this server."
    if isinstance(answer, QueueFull):
        return "Waiting for a place in the queue."
    if answer.state is JobState.QUEUED:
        return f"Waiting: place {answer.position} in the queue."
    return f"{doing}: {100 * answer.progress:.0f} % {escaped(answer.message)}"
