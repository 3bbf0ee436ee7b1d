"""Architecture: choose a residual network, see it, and ask where any of its numbers comes from."""

import streamlit as st

from explorer.network.arithmetic import analyze
from explorer.ui import shell
from explorer.ui.architecture.choices import ALL
from explorer.ui.architecture.counts import counts
from explorer.ui.architecture.downloads import downloads
from explorer.ui.architecture.explanation import words_beside
from explorer.ui.architecture.headline import headline
from explorer.ui.architecture.live_panel import live_panel
from explorer.ui.architecture.receipt import receipt
from explorer.ui.state import network, selection, url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets.checked_beside import beside
from explorer.ui.widgets.layer_table import layer_table
from explorer.ui.widgets.network_diagram import network_picture, unit_picture
from explorer.ui.widgets.network_editor import Editor

shell.start("Architecture")

with url.together():
    config = network.open_network()
    open_all(*ALL)
Editor(config).draw()
problem = network.problem()
if problem:
    st.warning(escaped(problem.message), icon=":material/error:")

arch = analyze(config)
headline(arch, network.previous_network())

chosen = selection.selected(arch)
unit = selection.unit_of(arch, chosen)
missing = selection.missing(arch)
if missing:
    st.caption(f"This network has no {escaped(missing)}: showing {chosen}.")
network_picture(arch, unit)
words_beside(arch)

with beside(config):
    unit_picture(arch, unit, chosen)
receipt(arch, chosen)

st.subheader("Every layer", anchor=False)
layer_table(arch, chosen)
counts(config)

st.subheader("The real network", anchor=False)
live_panel(config)

downloads(arch)
