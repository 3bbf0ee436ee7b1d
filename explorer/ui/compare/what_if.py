"""What each alternative would cost, and the arithmetic of a bottleneck by itself."""

from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer.compare.alternatives import Alternative, alternatives
from explorer.compare.bottleneck import block_price
from explorer.network.architecture import Architecture
from explorer.network.labels import in_words
from explorer.network.links import to_url
from explorer.text.quantities import human, size
from explorer.text.ratios import ratio
from explorer.text.typed_numbers import whole_number
from explorer.ui.compare.choices import CHANNELS, FROM, NOTHING, RATIO, SIDE, choose_compared
from explorer.ui.compare.lineup import FULL, add, free_place
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped

_KEY = "alternatives"


def what_if_view(archs: Sequence[Architecture], names: Sequence[str]) -> None:
    """Draw the alternatives of one network, then the bottleneck by itself."""
    number = choose_compared(FROM, names)
    arch = archs[number - 1]
    st.subheader(f"What if {names[number - 1]} had …", anchor=False)
    _prices(arch, alternatives(arch.config))
    st.subheader("Why a bottleneck is cheap", anchor=False)
    _block()


def _prices(arch: Architecture, choices: Sequence[Alternative]) -> None:
    picked = st.dataframe(
        _table(arch),
        hide_index=True,
        height="content",
        key=_KEY,
        on_select="rerun",
        selection_mode="single-row",
        alt="Each alternative with its parameters, MACs and memory, and their ratio to the network's",
    )
    rows = picked.selection.rows
    choice = choices[rows[0]] if rows and rows[0] < len(choices) else None
    if choice is None:
        st.caption("Select a row to read it as a whole, to compare that network, or to open it.")
        return
    st.markdown(_read_out(arch, choice))
    if choice.config is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        full = free_place() is None
        st.button(
            "Compare it, too",
            key="add_alternative",
            icon=":material/add:",
            on_click=add,
            args=(choice.config,),
            disabled=full,
            help=FULL if full else None,
        )
        st.page_link(
            "pages/architecture.py",
            label="Open it",
            icon=":material/account_tree:",
            query_params={"net": to_url(choice.config)},
        )


@shared(32)
def _table(arch: Architecture) -> pa.Table:
    rows = [_row(arch, choice) for choice in alternatives(arch.config)]
    return pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)


def _read_out(arch: Architecture, choice: Alternative) -> str:
    """Returns a row as a sentence: a phone shows little more of the table than its first column."""
    (_, label), *prices, (_, remark) = _row(arch, choice).items()
    said = "; ".join(f"{name} {words}" for name, words in prices if words != NOTHING)
    return " ".join(filter(None, (f"**{escaped(label)}.**", f"{escaped(said)}." if said else "", escaped(remark))))


def _row(arch: Architecture, choice: Alternative) -> dict[str, str]:
    price = choice.totals

    def cell(name: str, words: Callable[[int], str]) -> str:
        if price is None:
            return NOTHING
        value: int = getattr(price, name)
        return f"{words(value)} · {ratio(value, getattr(arch, name))}"

    return {
        "Choice": choice.label,
        "Parameters": cell("params", "{:,}".format),
        "MACs": cell("macs", human),
        "Activation memory": cell("activation_bytes", size),
        "Weighted layers": cell("depth", "{:,}".format),
        "Remark": in_words(choice.reason),
    }


def _block() -> None:
    fields = (CHANNELS, RATIO, SIDE)
    with st.container(horizontal=True, gap="small"):
        entered = [control.text(width=150) for control in fields]
    try:
        price = block_price(*(whole_number(control.label, text) for control, text in zip(fields, entered, strict=True)))
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return
    receipt = price.formulas
    lines = {
        "1×1, reduces": "reduce",
        "3×3": "conv3x3",
        "1×1, expands": "expand",
        "Bottleneck": "bottleneck",
        "Two 3×3": "basic",
        "Bottleneck's MACs": "bottleneck_macs",
        "Two 3×3's MACs": "basic_macs",
        "Break-even": "break_even",
    }
    st.markdown(price.sentence)
    st.markdown("  \n".join(f"**{label}** `{receipt[name]}`" for label, name in lines.items()))
