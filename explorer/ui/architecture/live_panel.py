"""The real network: built and run in the background, and held against the arithmetic on screen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.jobs.queue import JobCancelled, JobFailed, QueueFull
from explorer.live.report_table import rows_frame
from explorer.network.config import ResNetConfig
from explorer.text.quantities import size
from explorer.ui.state import url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_control import open_all
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import BATCH, DEVICE, choose_batch_size, choose_device

if TYPE_CHECKING:
    from explorer.live.inspect import LiveReport

_KEY = "live"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    config: ResNetConfig
    device: str
    batch_size: int


def live_panel(config: ResNetConfig) -> None:
    """Build the network live, without keeping the page or anybody else waiting, and show what came of it."""
    with url.together():
        open_all(DEVICE, BATCH)
    if not job_progress.wait_for_libraries("the network is built"):
        return
    request = Request(config, choose_device(), choose_batch_size())
    answer = _ask(request)
    if isinstance(answer, QueueFull):
        st.info(str(answer), icon=":material/hourglass_empty:")
    if job_progress.settled(answer):
        _outcome()
    else:
        job_progress.wait("Building and running the network", lambda: _ask(request))


def _ask(request: Request) -> job_progress.Answer:
    from explorer.live.inspect import inspect_live

    return job_progress.ask(
        _KEY, inspect_live, request.config, request.device, batch_size=request.batch_size, lane=request.device
    )


def _outcome() -> None:
    from explorer.live.inspect import summary

    try:
        report = job_progress.result(_KEY)
    except (JobFailed, JobCancelled) as error:
        st.error(escaped(f"The network could not be run: {error}"), icon=":material/error:")
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
