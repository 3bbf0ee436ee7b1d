"""What a checked text has beside what was meant: a table in the lesson, and beside the network that "fix it" opens."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from explorer.ideas.departures import Departure
from explorer.network.config import ResNetConfig
from explorer.text.quantities import counted
from explorer.ui.state.markdown import readable

_KEY = "checked.departures"  # in the session: the network that was meant, and the departures
_MOST_ROWS = 40  # a network that somebody meant to write has a handful


def remember(meant: ResNetConfig, found: tuple[Departure, ...]) -> None:
    """Keep what the text that was checked last has in place of ``meant``."""
    st.session_state[_KEY] = meant, found


def forget() -> None:
    """Forget it."""
    st.session_state.pop(_KEY, None)


@contextmanager
def beside(config: ResNetConfig) -> Iterator[None]:
    """Draw what is drawn inside, and beside it the differences of the checked text if it was meant to be ``config``."""
    meant, found = st.session_state.get(_KEY, (None, ()))
    if meant != config or not found:
        yield
        return
    left, right = st.columns([2, 1], gap="medium")  # room for the wide picture
    with left:
        yield
    with right:
        st.markdown("**The text that you checked → what was meant**")
        table(found)
        st.button("Put it away", icon=":material/close:", on_click=forget)


def table(found: tuple[Departure, ...]) -> None:
    """Draw the differences, the first ``_MOST_ROWS`` of them."""
    rows = [[readable(cell) for cell in (each.where, each.what, each.change)] for each in found[:_MOST_ROWS]]
    with st.container(key="stacked_departures"):  # a phone has no room for three columns
        st.table(
            pd.DataFrame(rows, columns=["Where", "What", "In the text → meant"]).set_index("Where"),
            border="horizontal",
            alt="What the checked text has, and what was meant",
        )
    if len(found) > _MOST_ROWS:
        st.caption(f"And {counted(len(found) - _MOST_ROWS, 'more difference')}, which come after these.")
