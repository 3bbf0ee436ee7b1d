"""Recorded runs: what takes minutes is there at once, replayed along a slider."""

import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer.charts.table_twin import Row
from explorer.text.quantities import capitalised, counted, percent, three_digits
from explorer.training.curve import Axis
from explorer.training.recorded_sets import RecordedSet, Shown, recorded_set
from explorer.training.run import TrainingRun
from explorer.training.verdict import Result, told
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.training import choices
from explorer.ui.training.copied import copied_view
from explorer.ui.training.race import choose_curves, show_curves

_MOMENTS = 24  # of the replay
_AXES = (Axis.STEPS, Axis.EPOCHS)  # no seconds: other work ran on the machine


def recorded_view() -> None:
    """Draw the choice of runs, the slider, the curves up to the chosen step, and the results."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        shown = Shown(choices.RECORDED.segmented())
        seed = _choose_seed() if shown is Shown.DIGITS else None
    found = _set(shown, seed)
    if found is None:
        st.info(f"Nothing was recorded for “{shown}” yet.", icon=":material/info:")
        return
    left, right = st.columns([5, 3], gap="medium")
    with left:
        choose_curves(_AXES)
        steps = max(run.recipe.steps for run in found.runs)
        moments = [str(round(steps * moment / _MOMENTS)) for moment in range(1, _MOMENTS + 1)]
        until = int(choices.REPLAY.slide(moments, at_first=moments[-1]))
        show_curves(found.names, found.runs[0].data, found.runs, axes=_AXES, until=until)
    with right:
        said = (
            f"**What happened.**\n{bullets(map(capitalised, _told(shown, seed)))}"
            if until == steps
            else _so_far(found, until)
        )
        st.markdown(said)
        st.table(
            _table(shown, seed, until), border="horizontal", alt=f"Each recorded run after {counted(until, 'step')}"
        )
        st.caption(escaped(found.made))
    if shown is Shown.FASHION:
        copied_view()


def _choose_seed() -> int | None:
    """Draw the choice of a seed; returns None for the middle one."""
    control = choices.RECORDED_SEED
    chosen = control.select(control.options, width=190, labels={"": f"the middle one of {len(control.options) - 1}"})
    return int(chosen) if chosen else None


_set = shared(32)(recorded_set)


@shared(32)
def _told(shown: Shown, seed: int | None) -> tuple[str, ...]:
    found = _set(shown, seed)
    assert found is not None
    results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
    return (*found.over_all, *told(results, found.pairs))


def _so_far(found: RecordedSet, until: int) -> str:
    """Returns how far the replay is, without its end."""
    tested = max((each.step for each in found.runs[0].evaluations if each.step <= until), default=0)
    last = f"last after {counted(tested, 'step')}" if tested else "not yet"
    return (
        f"**Up to step {until:,}.** The table is of this moment; the networks were evaluated {last}. What happened is "
        "told at the end of the replay."
    )


@shared(8 * _MOMENTS)
def _table(shown: Shown, seed: int | None, until: int) -> pa.Table:
    """Each network after ``until`` steps: loss, and what its last evaluation found."""
    found = _set(shown, seed)
    assert found is not None
    rows = [_row(run.until(until), name) for run, name in zip(found.runs, found.names, strict=True)]
    return pa.Table.from_pandas(pd.DataFrame(rows).set_index("network"))


def _row(run: TrainingRun, name: str) -> Row:
    row: Row = {"network": name, "training loss": three_digits(run.loss)}
    for last in run.evaluations[-1:]:
        row |= {
            "in eval mode": three_digits(last.train_loss),
            "training accuracy": percent(last.train_accuracy, 1),
            f"test accuracy of {last.pictures:,}": percent(last.test_accuracy, 1),
        }
    return row
