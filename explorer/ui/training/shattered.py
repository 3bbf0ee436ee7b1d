"""Shattered gradients: how alike the gradients of neighbouring inputs are, in ever deeper networks."""

import pandas as pd
import streamlit as st

from explorer.charts.training.shattering import shattering_alt_text, shattering_rows
from explorer.training.shattered.sentences import told_study
from explorer.training.shattered.values import Alike, ShatteringStudy
from explorer.ui.state.markdown import bullets
from explorer.ui.state.url_control import lid, on_off
from explorer.ui.training import lanes
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import shattering_chart
from explorer.ui.widgets.job_progress import Work

NORMED = on_off(
    "shattered_norm",
    "Batch norm",
    "Its statistics are those of the whole circle of inputs, and frozen.",
    default="true",
)
VALUES = lid("shattered_values", "The same as a table")
ALL = (NORMED, VALUES)
_WHAT = (
    "A network before training, and a circle of 120 inputs. If a small step to the next input turns the gradient into "
    "another one, what is learned from one input says nothing about its neighbour (Balduzzi et al. 2017)."
)
_TRY = (
    "**What to try.** Switch the norm off and compare the plain networks of 10 layers. Then compare the two residual "
    "ones: networks as they are built have branches × 1, and the factor 0.1 is a choice of the paper's."
)


def shattered_view() -> None:
    """Draw both ways of comparing gradients, over depth, with the words for them."""
    st.markdown(_WHAT)
    normed = NORMED.toggle()
    study = _measured(normed=normed)
    if not study:
        return
    for column, alike in zip(st.columns(2, gap="medium"), Alike, strict=True):
        with column:
            chart(
                shattering_chart(study, alike),
                key=f"shattered_{alike.name.lower()}",
                alt=shattering_alt_text(study, alike),
                filename=f"shattered-gradients-{alike.replace(' ', '-')}",
            )
    st.markdown(bullets(told_study(study)))
    st.markdown(_TRY)
    expander = VALUES.expander()
    if expander:
        expander.dataframe(pd.DataFrame(shattering_rows(study)), hide_index=True, alt="How alike gradients are")


def _measured(*, normed: bool) -> ShatteringStudy | None:
    from explorer.training.shattered.measure import shattered_gradients

    work = Work("shattered", "Gradients along a circle", "Measure the gradients", automatic=True)
    found: ShatteringStudy | None = work.run(normed, shattered_gradients, normed, lane=lanes.LONG)
    return found
