"""Train or eval? One trained network in both modes: accuracy for each size of batch, and the statistics behind it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.charts.training.mode_curves import mode_curves_alt_text, mode_curves_rows
from explorer.charts.training.mode_statistics import Statistic, mode_statistics_alt_text, mode_statistics_rows
from explorer.network.options import Norm
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.modes.sentences import (
    told_before,
    told_evaluation,
    told_mixed,
    told_narrow,
    told_norm,
    told_refusal,
    told_single,
    told_sorted,
)
from explorer.training.modes.values import BatchStatistics, ModeComparison, norm_names
from explorer.ui.state.markdown import bullets
from explorer.ui.training import lanes
from explorer.ui.training import modes_choices as choices
from explorer.ui.training.inside import choose_trained
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import mode_curves_chart, mode_statistics_chart
from explorer.ui.widgets.job_progress import Work

_PATIENCE = 1.2  # seconds: most batches are through by then
_TRY = (
    "**What to try.** Call `net.eval()` before you predict: PyTorch begins in training mode, and a network left in it "
    "answers for one picture as it does in a batch of 1. Shuffle while you train. Where batches must be small, use "
    "group norm, which knows no batch."
)


def modes_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the choice of a network, its accuracy in both modes, and one norm's statistics."""
    normed = [each for each in networks if each.config.norm is Norm.BATCH]
    if not normed:
        st.info("No trained network with batch norms ships with this copy of the app.", icon=":material/info:")
        return
    with st.container(key="setting.modes"):
        network = choose_trained(choices.NETWORK, normed)
    found = _compared(network)
    if found:
        _accuracy(network, found)
    st.subheader("What the norms see", anchor=False)
    _statistics(network)


def _compared(network: TrainedNetwork) -> ModeComparison | None:
    from explorer.training.modes.page_jobs import both_modes

    work = Work("modes", f"{network.name} in both modes", "Test both modes", automatic=True)
    found: ModeComparison | None = work.run(network, both_modes, network, lane=lanes.LONG)
    return found


def _accuracy(network: TrainedNetwork, found: ModeComparison) -> None:
    left, right = st.columns([5, 3], gap="medium")
    with left:
        chart(
            mode_curves_chart(found, network.name),
            key="modes_curves",
            alt=mode_curves_alt_text(found, network.name),
            filename=f"modes-{network.key}",
        )
        expander = choices.VALUES.expander()
        if expander:
            expander.dataframe(
                pd.DataFrame(mode_curves_rows(found)), hide_index=True, alt=f"Both modes: {network.name}"
            )
    with right:
        said = [told_evaluation(found, network.name), told_mixed(found), told_sorted(found), told_single(found)]
        st.markdown(bullets([*said, told_refusal(found)]))
        st.markdown(_TRY)


def _statistics(network: TrainedNetwork) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        size = int(choices.SIZE.segmented())
        named = {"running": "their running statistics", "batch": "the batch's"}
        training = choices.BEFORE.segmented(labels=named) == "batch"
        names = norm_names(network.config)
        name = choices.NORM.select(names, at_first=names[-1])
    found = _batch(network, size, training=training)
    if not found:
        return
    norm = next(norm for norm in found.norms if norm.name == name)
    st.markdown(bullets([told_norm(found, norm, network.classes), told_narrow(norm), told_before(found)]))
    for column, statistic in zip(st.columns(2, gap="medium"), Statistic, strict=True):
        with column:
            chart(
                mode_statistics_chart(found, norm, statistic),
                key=f"modes_{statistic.name.lower()}",
                alt=mode_statistics_alt_text(norm, statistic),
                filename=f"{statistic.replace(' ', '-')}-{norm.name}",
            )
    expander = choices.CHANNELS.expander()
    if expander:
        expander.dataframe(pd.DataFrame(mode_statistics_rows(norm)), hide_index=True, alt=f"Channels of {norm.name}")


def _batch(network: TrainedNetwork, size: int, *, training: bool) -> BatchStatistics | None:
    from explorer.training.modes.page_jobs import statistics_of

    request = network, size, training
    work = Work("modes_batch", "Reading one batch", automatic=True, patience=_PATIENCE)
    found: BatchStatistics | None = work.run(request, statistics_of, *request, lane=lanes.AT_ONCE)
    return found
