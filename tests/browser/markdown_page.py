"""A page that shows what a stranger wrote, each text in every element that acts on markdown."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from explorer.ui.state.markdown import escaped, readable
from tests.ui.state.hostile import TEXTS

for number, text in enumerate(TEXTS):
    with st.container(key=f"warning-{number}"):
        st.warning(escaped(text), icon=":material/error:")
    with st.container(key=f"caption-{number}"):
        st.caption(readable(text))
    with st.container(key=f"inside-{number}"):
        st.markdown(f"**Before.** {readable(text)} **After.**")
