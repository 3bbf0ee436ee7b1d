"""The layer table: search, filters, sorting, and a selection shared with the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer.network.architecture import Architecture
from explorer.network.config import MAX_STAGES
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer_table import layer_frame, search
from explorer.text.quantities import PERCENT, WHOLE_NUMBERS
from explorer.ui.state import selection
from explorer.ui.state.caching import shared
from explorer.ui.state.url_control import Control, MultiControl

KEY = "layers"


def _stages(count: int) -> tuple[str, ...]:
    return ("stem", *(f"layer{stage}" for stage in range(1, count + 1)), "head")


SEARCH = Control("q", "", (), "Search")
STAGES = MultiControl("stage", (), _stages(MAX_STAGES), "Stage")
ROLES = MultiControl("role", (), tuple(ROLE_LABELS.values()), "Role")
_COLUMNS = {
    "layer": st.column_config.TextColumn("Layer", pinned=True, help="torchvision's dotted name"),
    "role": st.column_config.TextColumn("Role"),
    "stage": None,
    "input": st.column_config.TextColumn("Input", help="channels × height × width of one image"),
    "output": st.column_config.TextColumn("Output", help="channels × height × width of one image"),
    "parameters": st.column_config.NumberColumn("Parameters", format=WHOLE_NUMBERS),
    "MACs": st.column_config.NumberColumn(
        "MACs", format=WHOLE_NUMBERS, help="multiply-adds for one image; FLOPs = 2 ×"
    ),
    "receptive field": st.column_config.NumberColumn("Receptive field (px)", format=WHOLE_NUMBERS),
    "output memory": st.column_config.NumberColumn("Output (bytes)", format=WHOLE_NUMBERS, help="float32, one image"),
}
_SHARES = {"share of parameters": "of all parameters", "share of MACs": "of all MACs"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """The rows as the browser gets them, with their names and sums."""

    names: tuple[str, ...]
    params: int
    macs: int
    rows: pa.Table


@shared(16)
def _whole(arch: Architecture) -> _Shown:
    return _shown(layer_frame(arch))


def _shown(frame: pd.DataFrame) -> _Shown:
    rows = pa.Table.from_pandas(frame.assign(**{name: 100 * frame[name] for name in _SHARES}), preserve_index=False)
    return _Shown(tuple(frame["layer"]), int(frame["parameters"].sum()), int(frame["MACs"].sum()), rows)


def columns(arch: Architecture) -> dict[str, Any]:
    """Returns the column settings of ``layer_frame``: shares as bars, the largest of which fills its cell."""
    largest = (
        max(layer.params for layer in arch.layers) / arch.params,
        max(layer.macs for layer in arch.layers) / arch.macs,
    )
    shares = {
        name: st.column_config.ProgressColumn(label, format=PERCENT, min_value=0.0, max_value=100 * most)
        for (name, label), most in zip(_SHARES.items(), largest, strict=True)
    }
    return _COLUMNS | shares


def layer_table(arch: Architecture, chosen: str) -> None:
    """Draw search box, filters and table; a selected row selects its layer on the whole page."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="table_filters"):
        words = SEARCH.text(placeholder="conv2, 3×3, 512×28 …", width=260, icon=":material/search:")
        stages = STAGES.pills(_stages(len(arch.config.widths)))
        roles = ROLES.multiselect(placeholder="All", width=340)
    filtered = words.strip() or stages or roles
    shown = _shown(search(layer_frame(arch), words, stages, roles)) if filtered else _whole(arch)
    if not shown.names:
        st.info("No layer matches. Clear the search or the filters to see all of them.", icon=":material/search_off:")
        return
    _show_selection(shown.names, chosen)

    def row_picked() -> None:
        rows = st.session_state[KEY].selection.rows
        in_bounds = bool(rows) and rows[0] < len(shown.names)
        selection.pick(shown.names[rows[0]] if in_bounds else selection.unit_of(arch, chosen))

    st.dataframe(
        shown.rows,
        key=KEY,
        hide_index=True,
        column_config=columns(arch),
        height=388,
        on_select=row_picked,
        selection_mode="single-row",
        alt="Every layer with its shapes, parameters, MACs and receptive field",
    )
    st.caption(
        f"{len(shown.names):,} of {len(arch.layers):,} layers: {shown.params:,} parameters, {shown.macs:,} MACs. "
        "Click a row for its receipt, a column's head to sort."
    )


def _show_selection(names: Sequence[str], chosen: str) -> None:
    """Select the chosen layer's row before the table is drawn, wherever it was chosen."""
    rows = [names.index(chosen)] if chosen in names else []
    st.session_state[KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}
