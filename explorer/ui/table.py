"""The layer table: search, filters, sorting, and a selection shared with the picture."""

from typing import Any

import pandas as pd
import streamlit as st

from explorer.arithmetic import Architecture
from explorer.charts.palette import ROLE_LABELS
from explorer.frames import layer_frame, search
from explorer.ui import selection

KEY = "layers"
_COLUMNS = {
    "layer": st.column_config.TextColumn("Layer", pinned=True, help="torchvision's dotted name"),
    "role": st.column_config.TextColumn("Role"),
    "stage": None,
    "input": st.column_config.TextColumn("Input", help="channels × height × width of one image"),
    "output": st.column_config.TextColumn("Output", help="channels × height × width of one image"),
    "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
    "MACs": st.column_config.NumberColumn("MACs", format="localized", help="multiply-adds for one image; FLOPs = 2 ×"),
    "receptive field": st.column_config.NumberColumn("Receptive field (px)", format="localized"),
    "output memory": st.column_config.NumberColumn("Output (bytes)", format="localized", help="float32, one image"),
}


def _share_columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Bars as long as the share, the network's largest one filling its cell."""
    shares = {"share of parameters": "of all parameters", "share of MACs": "of all MACs"}
    return {
        name: st.column_config.ProgressColumn(label, format="percent", min_value=0.0, max_value=frame[name].max())
        for name, label in shares.items()
    }


def layer_table(arch: Architecture, chosen: str) -> None:
    """Search box, filters and table; choosing a row selects the layer everywhere."""
    frame = layer_frame(arch)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="table_filters"):
        words = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="conv2, 3×3, 512×28 …",
            max_chars=60,
            width=260,
            icon=":material/search:",
        )
        stages = st.pills(
            "Stage",
            frame["stage"].unique().tolist(),
            selection_mode="multi",
            wrap=True,
            key="stage",
            bind="query-params",
        )
        roles = st.multiselect(
            "Role", list(ROLE_LABELS.values()), key="role", bind="query-params", placeholder="All", width=340
        )
    found = search(frame, words or "", stages, roles)
    if found.empty:
        st.info("No layer matches. Clear the search or the filters to see all of them.", icon=":material/search_off:")
        return
    names = found["layer"].tolist()
    _show_selection(names, chosen)

    def row_picked() -> None:
        rows = st.session_state[KEY].selection.rows
        in_bounds = bool(rows) and rows[0] < len(names)
        selection.pick(names[rows[0]] if in_bounds else selection.unit_of(arch, chosen))

    st.dataframe(
        found,
        key=KEY,
        hide_index=True,
        column_config=_COLUMNS | _share_columns(frame),
        height=388,
        on_select=row_picked,
        selection_mode="single-row",
        alt="Every layer with its shapes, parameters, MACs and receptive field",
    )
    st.caption(
        f"{len(found):,} of {len(arch.layers):,} layers: {found['parameters'].sum():,} parameters, "
        f"{found['MACs'].sum():,} MACs. Click a row for its receipt, a column's head to sort."
    )


def _show_selection(names: list[str], chosen: str) -> None:
    """Select the chosen layer's row before the table is drawn, however it was chosen."""
    rows = [names.index(chosen)] if chosen in names else []
    st.session_state[KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}
