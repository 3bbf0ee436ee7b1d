"""Many paths: how many ways lead through a network, how long they are, and by which of them the gradient comes."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.charts.training.path_bars import path_norms_alt_text, path_rows, path_shares_alt_text
from explorer.text.quantities import capitalised
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.inside_effort import paths_macs, why_too_large
from explorer.training.paths.lengths import PathGradients
from explorer.training.paths.sentences import (
    told_estimate,
    told_gradient,
    told_modest,
    told_paths,
    told_sum,
    told_veit,
)
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.training import lanes
from explorer.ui.training.inside import Inside, choose_network
from explorer.ui.training.inside_choices import PATH_VALUES
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import path_norms_chart, path_shares_chart
from explorer.ui.widgets.job_progress import Work


def paths_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the choice, what the paths are in words, and both charts with their table."""
    inside = choose_network(networks)
    if why := why_too_large(paths_macs(inside.config)):
        st.info(escaped(why), icon=":material/info:")
    elif found := _measured(inside):
        _show(found, capitalised(inside.name))


def _measured(inside: Inside) -> PathGradients | None:
    from explorer.training.paths.page_jobs import paths_of

    doing = f"{capitalised(inside.name)}: following the gradient back"
    work = Work("paths", doing, "Measure the paths", automatic=True, patience=1.2)
    request = inside.trained, inside.initial
    found: PathGradients | None = work.run(request, paths_of, *request, lane=lanes.LONG)
    return found


def _show(found: PathGradients, name: str) -> None:
    _say(told_paths(found, name), told_gradient(found))
    left, right = st.columns(2)
    with left:
        chart(
            path_shares_chart(found, name),
            key="path_shares",
            alt=path_shares_alt_text(found, name),
            filename="path-shares",
        )
    with right:
        chart(
            path_norms_chart(found, name), key="path_norms", alt=path_norms_alt_text(found, name), filename="path-norms"
        )
    _say(told_veit(found), told_estimate(found), told_sum(found), told_modest(found))
    expander = PATH_VALUES.expander()
    if expander:
        expander.dataframe(pd.DataFrame(path_rows(found)), hide_index=True, alt="Paths and gradient by length")


def _say(*said: str) -> None:
    st.markdown(bullets(said))
