"""The problem: recorded curves of plain and residual networks, and what they showed."""

import streamlit as st

from explorer.charts.table_twin import Row
from explorer.charts.training.curves import Curves, training_alt_text, training_rows
from explorer.training.curve import Axis, Measure
from explorer.training.data import DataSet
from explorer.training.recorded_sets import RecordedSet, Shown, recorded_set
from explorer.training.verdict import Result, fitted
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import readable
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import training_chart

_MEASURE = Measure.TRAIN_LOSS


def problem() -> None:
    """Draw what more layers did to the plain network, and the curves."""
    depths = " and ".join(str(run.config.depth) for run in _curves().runs if run.config.is_plain)
    st.markdown(f"**The problem.** Two networks without shortcuts, of {depths} layers: {readable(verdicts()[0])}")
    figure = training_chart(_curves(), _MEASURE, Axis.STEPS)
    chart(figure, key="start_curves", alt=_alt(), filename="plain-and-residual")


@shared(1)
def verdicts() -> tuple[str, ...]:
    """Returns what more layers did to training: of the plain network, then of the residual one."""
    found = _found()
    results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
    return tuple(fitted(results[shallow], results[deep]) for shallow, deep in found.pairs)


def curves_rows() -> list[Row]:
    """Returns the curves' values, a row for every fiftieth step."""
    return training_rows(_curves(), _MEASURE, every=50)


def _found() -> RecordedSet:
    found = recorded_set(Shown.FASHION)
    assert found is not None  # they ship with the app
    return found.with_first_seed()


@shared(1)
def _curves() -> Curves:
    found = _found()
    return Curves(found.runs, found.names, DataSet(found.runs[0].data).pictures)


@shared(1)
def _alt() -> str:
    return training_alt_text(_curves(), _MEASURE)
