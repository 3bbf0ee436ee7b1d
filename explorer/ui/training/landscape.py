"""Landscape: the loss around a trained network's weights, recorded for plain and residual ones, and one plane live."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.charts.training.landscape_maps import Seen, landscape_alt_text, landscape_rows
from explorer.network.options import Norm
from explorer.text.quantities import capitalised
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.landscape.recorded import recorded_pairs, recorded_plane, told_made
from explorer.training.landscape.sentences import told_landscapes, told_plane, told_recalibrated, told_steps
from explorer.training.landscape.values import LIVE_SIDE, Landscape, Landscapes
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.training import landscape_choices as choices
from explorer.ui.training import lanes
from explorer.ui.training.inside import choose_trained
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import landscape_chart
from explorer.ui.widgets.job_progress import Work

_WHAT = (
    "The trained weights are moved along two random directions, in each of which every filter is as long as the "
    "trained one, and the training loss is drawn over both (Li et al. 2018)."
)
_TRY = (
    "**What to try.** Before you measure, say whether recalibrated norms make the landscape lower, or less chaotic, or "
    "both. Then take another plane: what one plane shows need not hold for the next."
)

_told = shared(8)(told_landscapes)


def landscape_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the recorded planes of plain and residual networks of one depth, and a plane that the reader measures."""
    st.markdown(_WHAT)
    pairs = recorded_pairs()
    if pairs:
        depths = tuple(map(str, sorted(pairs)))
        depth = int(choices.DEPTH.segmented(options=depths, at_first=depths[-1]))
        _recorded(pairs[depth])
    else:
        depth = 0
        st.info("No landscape was recorded for this copy of the app.", icon=":material/info:")
    st.subheader("Measure a plane", anchor=False)
    _live(networks, depth)


def _recorded(pair: tuple[Landscapes, Landscapes]) -> None:
    for seen in Seen:
        for column, shown in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                _map(shown, seen)
        if seen is Seen.LOSS:
            st.markdown(bullets(_told(*pair)))
    expander = choices.VALUES.expander()
    if expander:
        rows = [row for shown in pair for row in landscape_rows(shown)]
        expander.dataframe(pd.DataFrame(rows), hide_index=True, alt="The shape of each recorded plane")
    st.caption(escaped(told_made()))


def _map(shown: Landscapes, seen: Seen, *, live: bool = False) -> None:
    what = "loss" if seen is Seen.LOSS else "accuracy"
    name = f"landscape_{'live' if live else shown.network.partition('-')[0]}_{what}"
    chart(
        landscape_chart(shown, seen),
        key=name,
        alt=landscape_alt_text(shown, seen),
        filename=f"landscape-{shown.network}-{what}",
    )


def _live(networks: Sequence[TrainedNetwork], depth: int) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        network = choose_trained(choices.NETWORK, networks, depth)
        plane = int(choices.PLANE.segmented()) - 1
        fresh = choices.RECALIBRATED.toggle() if network.config.norm is Norm.BATCH else False
    st.markdown(_TRY)
    found = _measured(network, plane, recalibrated=fresh)
    if not found:
        return
    shown = Landscapes(network.name, (found,), (f"plane {plane + 1}",))
    for column, seen in zip(st.columns(2, gap="medium"), Seen, strict=True):
        with column:
            _map(shown, seen, live=True)
    recorded = recorded_plane(network.key, plane)
    stale = recorded.thinned(LIVE_SIDE) if fresh and recorded else None
    beside = told_recalibrated(found, stale) if stale else told_steps(recorded)
    st.markdown(bullets([told_plane(found, capitalised(network.name)), beside]))


def _measured(network: TrainedNetwork, plane: int, *, recalibrated: bool) -> Landscape | None:
    from explorer.training.landscape.page_jobs import plane_of

    doing = f"{network.name}: a plane of {LIVE_SIDE} × {LIVE_SIDE} points"
    work = Work("landscape", doing, "Measure this plane")
    request = network, plane, recalibrated
    found: Landscape | None = work.run(request, plane_of, *request, lane=lanes.LONG)
    return found
