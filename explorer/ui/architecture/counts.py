"""Why is my count different? What each tool counts of this network, and which count a number is."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.network.counting.counts import Count, by_value, tool_counts
from explorer.network.counting.naming import name_number
from explorer.network.names import name_of
from explorer.text.quantities import listed
from explorer.ui.architecture.choices import COUNTS, NUMBER
from explorer.ui.state.caching import replayed, shared
from explorer.ui.state.markdown import readable


def counts(config: ResNetConfig) -> None:
    """Draw a field for a number and the table of all tools' counts, both only while they are open."""
    part = COUNTS.expander()
    if part is None:
        return
    with part:
        typed = NUMBER.text(width=340, placeholder="4.12 G, 25,636,712 or 97.8 MB", icon=":material/search:")
        if typed.strip():
            st.markdown(_named(typed, config))
        with st.container(key="stacked_counts"):  # a phone has no room for four columns
            alt = f"What each tool counts of {name_of(config)}"
            replayed(("counts", config), lambda: st.table(_rows(config), border="horizontal", alt=alt))


@shared(64)
def _named(typed: str, config: ResNetConfig) -> str:
    """What the number is, in sentences; or why the text is none."""
    try:
        found = name_number(typed, config)
    except ValueError as problem:
        return f":material/error: {readable(str(problem))}"
    names = {each.name for each in found.candidates}
    return "\n\n".join(_emphasised(sentence, names) for sentence in found.sentences)


def _emphasised(sentence: str, names: Iterable[str]) -> str:
    """The sentence in markdown: its part that names the number in bold, or as one of a list where it is no more."""
    name = next((name for name in names if sentence.startswith(name)), "")
    rest = readable(sentence.removeprefix(name).strip())
    if name and rest:
        return f"**{readable(name)}** {rest}"
    return f"- {readable(name)}" if name else rest


def _rows(config: ResNetConfig) -> pd.DataFrame:
    """A row for each number, whoever prints it."""
    rows = [_row(equal) for equal in by_value(tool_counts(config))]
    return pd.DataFrame(rows, columns=["Tool", "Counts", "Value", "Rule"]).set_index("Tool")


def _row(equal: tuple[Count, ...]) -> tuple[str, str, str, str]:
    first = equal[0]
    what = str(first.unit) if len(equal) > 1 else first.label
    return readable(listed([each.tool for each in equal])), readable(what), readable(first.shown), readable(first.rule)
