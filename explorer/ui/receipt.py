"""The receipt of what is selected: each number with the formula and this network's numbers in it."""

import streamlit as st

from explorer.arithmetic import Architecture
from explorer.charts.palette import ROLE_LABELS
from explorer.receipts import Line, layer_receipt, unit_receipt
from explorer.ui import selection


def receipt(arch: Architecture, chosen: str) -> None:
    """Show where the numbers of the selected layer, or of the whole unit, come from."""
    unit = selection.unit_of(arch, chosen)
    with st.container(border=True, key="receipt"):
        layer = arch.by_name.get(chosen)
        if layer is None:
            layers = arch.unit_layers(unit)
            st.markdown(f"**Receipt of {unit}** · {len(layers)} layers; click one above, or in the table, for its own")
            _lines(unit_receipt(layers))
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Receipt of {layer.name}** · {ROLE_LABELS[layer.role]}", width="content")
            st.button(f"Whole {unit}", key="whole_unit", on_click=selection.pick, args=(unit,), type="tertiary")
        _lines(layer_receipt(layer))


def _lines(lines: tuple[Line, ...]) -> None:
    # Lines rather than a table: they wrap on a phone.
    st.markdown("  \n".join(f"**{line.what}** `{line.formula}` {_meaning(line)}" for line in lines))


def _meaning(line: Line) -> str:
    return f":small[{line.meaning}]" if line.meaning else ""
