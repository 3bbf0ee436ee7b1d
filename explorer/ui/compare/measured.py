"""Latency, throughput and memory on the server's own device, measured on request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.text.quantities import human, size, three_digits
from explorer.ui.compare.choices import NOTHING
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.device import choose_batch_size, choose_device

if TYPE_CHECKING:
    from explorer.compare.stopwatch import Spread, Timing

_WORK = job_progress.Work(
    "measured", "Measuring", "Measure", icon=":material/timer:", failed="The networks could not be measured: "
)


def measured_view(configs: tuple[ResNetConfig, ...], names: Sequence[str]) -> None:
    """Draw a button, then the progress, then the measurements beside the MACs."""
    if not job_progress.wait_for_libraries("the networks can be measured"):
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        device, batch_size = choose_device(), choose_batch_size()
        request = (configs, device, batch_size)
        wanted = _WORK.wanted(request)
    if not wanted:
        st.caption(
            "Forward, and forward + backward, of each network in turn, again and again: a slow moment of the "
            "machine falls on all of them. Takes some seconds; nobody else waits."
        )
        return
    from explorer.compare.stopwatch import measure

    timings = _WORK.outcome(request, measure, configs, device, batch_size=batch_size, lane=device)
    if timings is not None:
        _show(timings, names)


def _show(timings: "tuple[Timing, ...]", names: Sequence[str]) -> None:
    from explorer.charts.compare.timings import timings_alt_text, timings_chart
    from explorer.compare.stopwatch import remark

    st.markdown(escaped(remark(timings)))
    chart(
        timings_chart(timings, names), key="timings", alt=timings_alt_text(timings, names), filename="compare-timings"
    )
    st.dataframe(_frame(timings, names), hide_index=True, alt="What was measured, network by network")
    for timing, name in zip(timings, names, strict=True):
        if timing.note:
            st.info(escaped(f"{name}: {timing.note}"), icon=":material/info:")
    st.caption(f"Times are medians, with the middle half of them in brackets. Peak memory: {timings[0].peak_of}.")


def _frame(timings: Sequence["Timing"], names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Network": names,
            "MACs": [human(each.macs) for each in timings],
            "Forward": [_spread(each.forward) for each in timings],
            "Images a second": [_rate(each.images_per_second) for each in timings],
            "Forward + backward": [_spread(each.training) for each in timings],
            "Images a second, training": [_rate(each.training_images_per_second) for each in timings],
            "Peak memory": [_size(each.forward_peak_bytes) for each in timings],
            "Peak memory, training": [_size(each.training_peak_bytes) for each in timings],
        }
    )


def _spread(spread: "Spread | None") -> str:
    if spread is None:
        return NOTHING
    median, low, high = map(three_digits, (spread.median, spread.low, spread.high))
    return f"{median} ms ({low} to {high})"


def _rate(value: float | None) -> str:
    return three_digits(value) if value else NOTHING


def _size(count: int | None) -> str:
    return size(count) if count else NOTHING
