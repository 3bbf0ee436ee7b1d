"""From one network to another: the steps between their totals, and the two aligned block by block."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from explorer.charts.compare.waterfall import waterfall_alt_text
from explorer.compare.alignment import AlignedRow, align, alignment_csv
from explorer.compare.budget import By, Measure, budget_steps
from explorer.compare.sentences import setting_changes
from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.network.links import file_name
from explorer.text.quantities import WHOLE_NUMBERS, counted, signed
from explorer.ui.compare.choices import BY, DIFFERS, STEPS, TO, choose_compared, choose_measure
from explorer.ui.state.caching import replayed
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import waterfall_chart


def changes_view(archs: Sequence[Architecture], names: Sequence[str]) -> None:
    """Draw the waterfall and the aligned table, from the first network to another."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        number = choose_compared(TO, names, first=2)
        measure = choose_measure("changes")
        how = By(BY.segmented(labels={"both": "stage and role"}))
    pair, both = (archs[0], archs[number - 1]), (names[0], names[number - 1])
    chart(
        waterfall_chart(*pair, both, measure, how),
        key="waterfall",
        alt=waterfall_alt_text(*pair, both, measure, how),
        filename="compare-changes",
    )
    expander = STEPS.expander()
    if expander:
        with expander:
            _steps(pair, measure, how)
    st.subheader("Block by block", anchor=False)
    _table(align(*pair), pair, both, measure, number)


def _steps(pair: tuple[Architecture, Architecture], measure: Measure, how: By) -> None:
    taken = budget_steps(*pair, measure, how)
    if not taken:
        each = {By.STAGE: "stage by stage", By.ROLE: "role by role", By.BOTH: "stage by stage and role by role"}[how]
        st.caption(f"There are no steps: {each}, both have the same {measure.noun}.")
        return
    rows = {
        "Stage": [stage_label(step.stage) if step.stage else "all" for step in taken],
        "Role": [ROLE_LABELS[step.role] if step.role else "all" for step in taken],
        "Difference": [step.value for step in taken],
    }
    st.dataframe(
        pd.DataFrame(rows).style.map(_tint, subset=["Difference"]).format(_exact, subset=["Difference"]),
        hide_index=True,
        height="content" if len(taken) < 16 else 480,
        alt=f"The steps from the first network's {measure.noun} to the second's",
    )


def _table(
    rows: Sequence[AlignedRow],
    pair: tuple[Architecture, Architecture],
    names: tuple[str, str],
    measure: Measure,
    number: int,
) -> None:
    """Draw the aligned blocks; ``number`` is the second network's, counted from 1."""
    only = DIFFERS.toggle()
    shown = [row for row in rows if not (only and row.equal)]
    if shown:
        key = ("aligned", [arch.config for arch in pair], names, measure, number, only)
        replayed(key, partial(_draw, shown, names, measure, number))
    else:
        settings = setting_changes(pair[0].config, pair[1].config)
        said = f" But {escaped(names[1])} {settings}." if settings else ""
        st.info(f"Every layer has the same shapes, parameters and MACs.{said}", icon=":material/check:")
    alike, count = sum(row.count for row in rows if row.equal), sum(row.count for row in rows)
    st.caption(
        f"{alike:,} of {counted(count, 'pair')} {'is' if alike == 1 else 'are'} alike. Rows alike are folded; stages "
        "are matched by their number, blocks in their order; a block without a counterpart stands alone."
    )
    st.download_button(
        "Whole table as CSV",
        lambda: alignment_csv(rows, *names).encode("utf-8-sig"),
        f"{file_name(pair[0].config)}-against-{file_name(pair[1].config)}.csv",
        "text/csv",
        on_click="ignore",
    )


def _draw(rows: Sequence[AlignedRow], names: tuple[str, str], measure: Measure, number: int) -> None:
    frame = _frame(rows, names, measure, number)
    st.dataframe(
        frame.style.map(_tint, subset=["Difference"]).format(_exact, subset=["Difference"]),
        hide_index=True,
        height="content" if len(rows) < 16 else 560,
        column_config=_columns(frame, measure),
        alt=f"{names[0]} and {names[1]} aligned block by block, with the difference of each row",
    )


def _frame(rows: Sequence[AlignedRow], names: tuple[str, str], measure: Measure, number: int) -> pd.DataFrame:
    """Returns the table with its numbers first: on a phone the other columns are out of sight."""
    return pd.DataFrame(
        {
            "Stage": [row.stage_words for row in rows],
            "Difference": [row.delta(measure) for row in rows],
            names[0]: [row.first.amount(measure) for row in rows],
            names[1]: [row.second.amount(measure) for row in rows],
            "Blocks of 1": [row.first.label for row in rows],
            f"Blocks of {number}": [row.second.label for row in rows],
            "Layers of 1": [row.first.layers for row in rows],
            f"Layers of {number}": [row.second.layers for row in rows],
        }
    )


def _columns(frame: pd.DataFrame, measure: Measure) -> dict[str, Any]:
    stage, difference, first, second, *_ = frame.columns
    amount = st.column_config.NumberColumn(format=WHOLE_NUMBERS, help=f"{measure.label} {measure.unit}".strip())
    return {
        stage: st.column_config.TextColumn(pinned=True),
        difference: st.column_config.NumberColumn(help=f"{second} minus {first}"),
        first: amount,
        second: amount,
    }


def _exact(difference: Any) -> str:
    return signed(difference, "{:,}".format)


def _tint(difference: Any) -> str:
    """Orange for more, blue for less: colour-blind readers tell these apart, and the sign says it, too."""
    if not difference:
        return "color: gray"
    return f"background-color: {'rgba(213, 94, 0, 0.22)' if difference > 0 else 'rgba(0, 114, 178, 0.22)'}"
