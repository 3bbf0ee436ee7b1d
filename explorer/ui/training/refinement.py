"""Little by little: what every block adds to what it gets, and what can be read after it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.charts.training.refinement_bars import changes_alt_text, readings_alt_text, refinement_rows
from explorer.text.quantities import capitalised
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.inside_effort import forward_macs, why_too_large
from explorer.training.refinement.sentences import (
    told_changes,
    told_cosine,
    told_expected,
    told_readings,
    told_steps,
)
from explorer.training.refinement.values import Refinement
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.training import lanes
from explorer.ui.training.inside import Inside, choose_network
from explorer.ui.training.inside_choices import BLOCK_VALUES
from explorer.ui.training.refinement_maps import draw_maps
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import changes_chart, readings_chart
from explorer.ui.widgets.job_progress import Work

_PICTURES = 2_000  # to test and to fit the probes on


def refinement_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the choice, both charts with what they show in words, and their table."""
    inside = choose_network(networks)
    if why := why_too_large(forward_macs(inside.config, _PICTURES)):
        st.info(escaped(why), icon=":material/info:")
    elif found := _measured(inside):
        _show(found, capitalised(inside.name))
        if found.changes:
            draw_maps(inside, [each.block for each in found.changes])


def _measured(inside: Inside) -> Refinement | None:
    from explorer.training.refinement.page_jobs import refinement_of

    doing = f"{capitalised(inside.name)}: looking at every block"
    work = Work("refinement", doing, "Look at every block", automatic=True, patience=1.2)
    request = inside.trained, inside.initial
    found: Refinement | None = work.run(request, refinement_of, *request, lane=lanes.LONG)
    return found


def _show(found: Refinement, name: str) -> None:
    left, right = st.columns(2)
    with left:
        if found.changes:
            chart(
                changes_chart(found, name),
                key="block_changes",
                alt=changes_alt_text(found, name),
                filename="block-changes",
            )
        _say(told_changes(found, name), told_expected(found), told_cosine(found))
    with right:
        chart(
            readings_chart(found, name),
            key="block_readings",
            alt=readings_alt_text(found, name),
            filename="block-probes",
        )
        _say(told_readings(found, name), told_steps(found))
    expander = BLOCK_VALUES.expander()
    if expander:
        rows = pd.DataFrame(refinement_rows(found))
        expander.dataframe(rows, hide_index=True, alt="What every block adds, and what is read after it")


def _say(*said: str) -> None:
    st.markdown(bullets(said))
