"""Recorded runs: what takes minutes is there at once, replayed along a slider."""

import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer.text.quantities import capitalised, three_digits
from explorer.training.curve import Axis
from explorer.training.recorded_sets import Shown, recorded_set
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
    shown = Shown(choices.RECORDED.segmented())
    found = _set(shown)
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
        st.markdown(f"**What happened.**\n{bullets(map(capitalised, _told(shown)))}")
        st.dataframe(_table(shown), hide_index=True, height="content", alt="The end of each recorded run")
        st.caption(escaped(found.made))
    if shown is Shown.FASHION:
        copied_view()


_set = shared(8)(recorded_set)


@shared(8)
def _told(shown: Shown) -> tuple[str, ...]:
    found = _set(shown)
    assert found is not None
    return tuple(told([Result(run, name) for run, name in zip(found.runs, found.names, strict=True)], found.pairs))


@shared(8)
def _table(shown: Shown) -> pa.Table:
    """Each network's end: loss and accuracies."""
    found, rows = _set(shown), []
    assert found is not None
    for run, name in zip(found.runs, found.names, strict=True):
        last = run.evaluations[-1]
        rows.append(
            {
                "network": name,
                "training loss": three_digits(run.loss),
                "in evaluation mode": three_digits(last.train_loss),
                "training accuracy": f"{last.train_accuracy:.1%}",
                f"test accuracy of {last.pictures:,}": f"{last.test_accuracy:.1%}",
            }
        )
    return pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)
