"""The layer or block a person has picked, in the session and in the link (``at=layer2.0.conv2``)."""

import streamlit as st

from explorer.arithmetic import Architecture
from explorer.config import block_plans

KEY = "at"


def pick(name: str | None) -> None:
    """Select a layer or unit from now on; None selects nothing."""
    st.session_state[KEY] = name
    if name is None:
        st.query_params.pop(KEY, None)
    else:
        st.query_params[KEY] = name


def selected(arch: Architecture) -> str:
    """The dotted name of the selected layer or unit; without a choice, the first block that changes shape.

    A selection that this network does not have shows as its nearest part, and is kept for when it does again.
    """
    asked = st.query_params.get(KEY) or st.session_state.get(KEY)
    if asked and asked != st.session_state.get(KEY):
        st.session_state[KEY] = asked[:80]
    if asked and asked != st.query_params.get(KEY):
        st.query_params[KEY] = asked
    return nearest(arch, asked or "")


def nearest(arch: Architecture, name: str) -> str:
    """``name`` where the network has it, else the longest part of it that it has, else the default."""
    while name:
        if name in arch.by_name or name in arch.units:
            return name
        name = name.rpartition(".")[0]
    plans = list(block_plans(arch.config))
    changing = (plan for plan in plans if plan.shortcut in ("project", "pad") and plan.stage > 1)
    return next(changing, plans[0]).name


def unit_of(arch: Architecture, name: str) -> str:
    """The unit a name belongs to: itself, or the block, stem or head of the layer."""
    return arch.by_name[name].unit if name in arch.by_name else name
