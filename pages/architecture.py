"""Architecture: choose a residual network, see it, and ask where any of its numbers comes from."""

import streamlit as st

from explorer.arithmetic import analyze
from explorer.ui import selection, shell, state
from explorer.ui.controls import Editor
from explorer.ui.diagrams import network_picture, unit_picture
from explorer.ui.downloads import downloads
from explorer.ui.headline import headline
from explorer.ui.live_panel import live_panel
from explorer.ui.receipt import receipt
from explorer.ui.table import layer_table
from explorer.ui.text import plain
from explorer.ui.words_beside import words_beside

shell.start("Architecture")

config = state.open_network()
Editor(config).draw()
problem = state.problem()
if problem:
    st.warning(plain(problem.message), icon=":material/error:")

arch = analyze(config)
headline(arch, state.previous_network())

chosen = selection.selected(arch)
unit = selection.unit_of(arch, chosen)
missing = selection.missing(arch)
if missing:
    st.caption(f"This network has no {plain(missing)}: showing {chosen}.")
network_picture(arch, unit)
words_beside(arch)

unit_picture(arch, unit, chosen)
receipt(arch, chosen)

st.subheader("Every layer", anchor=False)
layer_table(arch, chosen)

st.subheader("The real network", anchor=False)
live_panel(config)

downloads(arch)
