"""Paths: lessons through the app, to follow and to make."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.paths.editor import own_path
from explorer.ui.paths.shelf import shelf

shell.start("Paths")

st.header("Which way through?", anchor=False)
shelf()
own_path()
