"""The receipt of the selected layer or block: each number with its formula and this network's values in it."""

import streamlit as st

from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS
from explorer.network.receipts import Line, layer_receipt, unit_receipt
from explorer.ui.state import selection


def receipt(arch: Architecture, chosen: str) -> None:
    """Show where the numbers of the selected layer, or of the whole unit, come from."""
    unit = selection.unit_of(arch, chosen)
    layer = arch.by_name.get(chosen)
    if layer is None:
        layers = arch.unit_layers(unit)
        title = f"**Receipt of {unit}** · {len(layers)} layers; click one above, or in the table, for its own"
        st.markdown(_written(title, unit_receipt(arch, unit)))
    else:
        title = f"**Receipt of {layer.name}** · {ROLE_LABELS[layer.role]}"
        st.markdown(_written(title, layer_receipt(arch, layer)))
        st.button(f"Receipt of the whole {unit}", key="whole_unit", on_click=selection.pick, args=(unit,))


def _written(title: str, lines: tuple[Line, ...]) -> str:
    """Joins the receipt as lines rather than a table: lines wrap on a phone."""
    body = "  \n".join(f"**{line.what}** `{line.formula}` {_meaning(line)}" for line in lines)
    return f"{title}\n\n{body}"


def _meaning(line: Line) -> str:
    return f":small[{line.meaning}]" if line.meaning else ""
