"""The way from an idea about training to the experiment itself."""

import streamlit as st


def race_link(label: str, **query: str) -> None:
    """Draw a link to the Training page, opened with the choices in ``query``."""
    st.page_link("pages/training.py", label=label, icon=":material/directions_run:", query_params=query)
