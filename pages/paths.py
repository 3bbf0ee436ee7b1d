"""Paths: lessons through the app, to follow, to take home and to make."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.paths.draft import drafted
from explorer.ui.paths.editor import own_path
from explorer.ui.paths.handouts import TEACHER
from explorer.ui.paths.shelf import TAKEN, shelf, take_home
from explorer.ui.state.url_value import open_all

shell.start("Paths")

open_all(TAKEN, TEACHER)
st.header("Which way through?", anchor=False)
shelf()
take_home(drafted())
own_path()
