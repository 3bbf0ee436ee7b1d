"""The real network: built and run in the background, and held against the arithmetic on screen.

The page's script only asks how far the work is; a small fragment asks again while there is something to wait for.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.config import ResNetConfig
from explorer.frames import rows_frame
from explorer.jobs import JobCancelled, JobFailed, JobStatus, QueueFull, State, queue
from explorer.ui import session
from explorer.ui.shell import warm_up
from explorer.ui.text import plain
from explorer.units import size

if TYPE_CHECKING:
    from explorer.live import LiveReport

BATCH_SIZES = (1, 2, 4, 8, 16, 32)
_POLL_SECONDS = 0.4
_HANDLE = "live.handle"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    config: ResNetConfig
    device: str
    batch_size: int


def live_panel(config: ResNetConfig) -> None:
    """Build the network live, without keeping the page or anybody else waiting, and show what came of it."""
    if not warm_up().is_set():
        _wait(None)
        return
    request = Request(config, _device(), _batch_size())
    status = _ask(request)
    if isinstance(status, QueueFull):
        st.info(str(status), icon=":material/hourglass_empty:")
    if _settled(status):
        _outcome()
    else:
        _wait(request)


def _settled(status: JobStatus | QueueFull) -> bool:
    return isinstance(status, JobStatus) and status.state.finished


def _device() -> str:
    from explorer.live import devices  # torch is loaded by now; importing it above would delay the first picture

    here = {device.name: device.title for device in devices()}
    if len(here) == 1:
        return next(iter(here))
    name: str = st.segmented_control(
        "Device",
        list(here),
        default=next(iter(here)),
        required=True,
        key="device",
        bind="query-params",
        help="Where the network is built and run. " + ", ".join(f"{name}: {title}" for name, title in here.items()),
    )
    return name


def _batch_size() -> int:
    count: int = st.segmented_control(
        "Images in the batch",
        BATCH_SIZES,
        default=1,
        required=True,
        key="batch",
        bind="query-params",
        help="Random images that go through the network at once. More images take more time and memory, and less "
        "time each.",
    )
    return count


def _ask(request: Request) -> JobStatus | QueueFull:
    """How far the measurement is, or why the server cannot take it now. Drops the one it replaces."""
    from explorer.live import inspect_live

    jobs = queue()
    jobs.alive = session.is_open
    try:
        handle = jobs.submit(
            inspect_live,
            request.config,
            request.device,
            batch_size=request.batch_size,
            owner=session.owner(),
            lane=request.device,
        )
    except QueueFull as refusal:
        return refusal
    before = st.session_state.get(_HANDLE)
    if before and before != handle:
        jobs.cancel(before)
    st.session_state[_HANDLE] = handle
    return jobs.status(handle)


def _wait(request: Request | None) -> None:
    """Say what is going on, and look again soon; when there is news, draw the page anew."""

    @st.fragment(run_every=_POLL_SECONDS)
    def poll() -> None:
        if request is None:
            st.status("PyTorch is loading; the network is built when it is there.", state="running")
            if warm_up().is_set():
                st.rerun()
            return
        status = _ask(request)
        if _settled(status):
            st.rerun()
        st.status(_progress(status), state="running")

    poll()


def _progress(status: JobStatus | QueueFull) -> str:
    if isinstance(status, QueueFull):
        return "Waiting for a place in the queue."
    if status.state is State.QUEUED:
        return f"Waiting for the device: place {status.position} in the queue."
    return f"Building and running the network: {status.progress:.0%} {status.message}"


def _outcome() -> None:
    from explorer.live import summary

    try:
        report = queue().result(st.session_state[_HANDLE], timeout=0)
    except (JobFailed, JobCancelled) as error:
        st.error(plain(f"The network could not be run: {error}"), icon=":material/error:")
        return
    show = (st.success if report.ran else st.info) if report.agrees else st.error
    show(summary(report), icon=":material/verified:" if report.agrees else ":material/report:")
    _details(report)


def _details(report: "LiveReport") -> None:
    rows = st.expander("Memory, and what torchinfo saw row by row", on_change="rerun", key="rows", bind="query-params")
    if rows.open:
        extra = report.mult_adds - report.macs
        rows.caption(
            f"{report.device_title}. Peak memory {size(report.peak_bytes)} ({report.peak_of}). torchinfo counts "
            f"{report.mult_adds:,} mult-adds, {extra:,} more than the {report.macs:,} MACs here: norms and biases too."
        )
        rows.dataframe(
            rows_frame(report),
            hide_index=True,
            height=388,
            column_config={
                name: st.column_config.NumberColumn(format="localized")
                for name in ("parameters", "torchinfo's mult-adds", "MACs")
            },
            alt="The live network's layers as torchinfo saw them, with the verdict for each",
        )
