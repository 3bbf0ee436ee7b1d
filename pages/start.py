"""The start page: the problem that residual networks solve, the idea that solves it, and where to go on."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.start.choices import ALL
from explorer.ui.start.doors import doors
from explorer.ui.start.idea import idea
from explorer.ui.start.problem import problem
from explorer.ui.start.tables import tables
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all

shell.start("Start")
with url.together():
    open_all(*ALL)
st.header("Why do deep networks need shortcuts?", anchor=False)
left, right = st.columns(2, gap="medium")
with left:
    problem()
with right:
    idea()
doors()
tables()
