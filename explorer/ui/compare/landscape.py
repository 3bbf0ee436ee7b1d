"""Parameters against MACs: the presets, a sweep around the first network, and the best inside a budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from plotly.graph_objects import Figure

from explorer.charts.compare.landscape import landscape_alt_text, landscape_chart
from explorer.charts.compare.landscape_points import link_of
from explorer.compare.landscape import Budget, Candidate, Goal, best, nothing_fits, presets_of_landscape, sweep, within
from explorer.network.architecture import Architecture
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.text.quantities import WHOLE_NUMBERS, human
from explorer.ui.compare.architecture_link import open_in_architecture
from explorer.ui.compare.choices import AROUND, GOAL, GROUPED, MAX_MACS, MAX_PARAMS, PRESETS, choose_compared
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import DrawnFigure

_LIST = "best"
_GOALS = {"depth": "depth", "width": "width", "macs": "MACs", "params": "parameters"}  # short: one line on a phone


def landscape_view(archs: Sequence[Architecture], names: Sequence[str]) -> None:
    """Draw the budget, the map of networks, and the list of the best; a point or a row opens its network."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="short_row.landscape"):
        number = choose_compared(AROUND, names)
        params, macs = MAX_PARAMS.text(width=170), MAX_MACS.text(width=170)
        goal = Goal(GOAL.segmented(labels=_GOALS))
        grouped = GROUPED.toggle()
    view = _view(archs[number - 1].config, _budget(params, macs), goal, grouped)
    with st.container(key="after_the_picture.landscape"):
        st.markdown(escaped(view.words))
    chart(view.figure, key="landscape", alt=view.alt, filename="compare-landscape", on_pick=_point_clicked)
    st.caption("Click a point to open its network on the Architecture page.")
    if view.found:
        _list(view.found, _LIST, "The best networks inside the budget")
    expander = PRESETS.expander()
    if expander:
        with expander:
            _list(presets_of_landscape(), "presets", "All published networks")


@dataclass(frozen=True, slots=True)
class _View:
    """What the page shows of one sweep."""

    words: str
    figure: Figure
    alt: str
    found: tuple[Candidate, ...]


@shared(8)  # some thousand points each
def _view(base: ResNetConfig, allowed: Budget | None, goal: Goal, grouped: bool) -> _View:
    swept, presets = sweep(base, grouped=grouped), presets_of_landscape()
    inside = within(swept, allowed) if allowed else ()
    found = best(inside, goal)
    words = ""
    if allowed:
        around = f"{len(inside):,} of {len(swept):,} networks around {name_of(base)} have {allowed.words}."
        words = around if inside else nothing_fits(swept, allowed)
    drawn = presets, swept, found, allowed
    return _View(words, DrawnFigure(landscape_chart(*drawn)), landscape_alt_text(*drawn), found)


def _budget(params: str, macs: str) -> Budget | None:
    """Returns the reader's budget; None where it cannot be read, which the page then says."""
    try:
        return Budget.read(params, macs)
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return None


def _point_clicked(data: Any) -> None:
    if data:
        open_in_architecture(link_of(data))


def _short_name(config: ResNetConfig) -> str:
    """Returns the name without blocks and widths, which have columns of their own."""
    title, *rest = name_of(config).split(", ")
    return ", ".join([title, *(words for words in rest if not words.startswith(("blocks ", "widths ")))])


@shared(16)
def _table(found: tuple[Candidate, ...]) -> pa.Table:
    frame = pd.DataFrame(
        {
            "Network": [_short_name(each.config) for each in found],
            "Parameters": [human(each.totals.params) for each in found],
            "MACs": [human(each.totals.macs) for each in found],
            "Weighted layers": [each.totals.depth for each in found],
            "Blocks": [", ".join(map(str, each.config.stage_blocks)) for each in found],
            "Widths": [", ".join(map(str, each.config.widths)) for each in found],
        }
    )
    return pa.Table.from_pandas(frame, preserve_index=False)


def _list(found: tuple[Candidate, ...], key: str, alt: str) -> None:
    """Draw networks as rows; a selected row opens its network."""

    def row_picked() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(found):
            open_in_architecture(to_url(found[rows[0]].config))

    st.dataframe(
        _table(found),
        hide_index=True,
        column_config={"Weighted layers": st.column_config.NumberColumn(format=WHOLE_NUMBERS)},
        height="content" if len(found) < 16 else 480,
        key=key,
        on_select=row_picked,
        selection_mode="single-row",
        alt=alt,
    )
    st.caption("Select a row to open that network.")
