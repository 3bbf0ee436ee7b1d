"""The real network: built and run in the background, and held against the arithmetic on screen."""

from typing import TYPE_CHECKING

import streamlit as st

from explorer.live.report_table import rows_frame
from explorer.network.config import ResNetConfig
from explorer.text.quantities import WHOLE_NUMBERS, size
from explorer.ui.architecture.choices import ROWS
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import choose_batch_size, choose_device

if TYPE_CHECKING:
    from explorer.live.inspect import LiveReport

_WORK = job_progress.Work(
    "live", "Building and running the network", automatic=True, failed="The network could not be run: "
)


def live_panel(config: ResNetConfig) -> None:
    """Build and run the network in the background, and say whether it agrees with the arithmetic."""
    if not job_progress.wait_for_libraries("the network is built"):
        return
    from explorer.live.inspect import inspect_live

    device, batch_size = choose_device(), choose_batch_size()
    request = (config, device, batch_size)
    report = _WORK.run(request, inspect_live, config, device, batch_size=batch_size, lane=device)
    if report is not None:
        _show(report)


def _show(report: "LiveReport") -> None:
    from explorer.live.inspect import summary

    show = (st.success if report.ran else st.info) if report.agrees else st.error
    show(summary(report), icon=":material/verified:" if report.agrees else ":material/report:")
    _details(report)


def _details(report: "LiveReport") -> None:
    rows = ROWS.expander()
    if rows:
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
                name: st.column_config.NumberColumn(format=WHOLE_NUMBERS)
                for name in ("parameters", "torchinfo's mult-adds", "MACs")
            },
            alt="The live network's layers as torchinfo saw them, with the verdict for each",
        )
