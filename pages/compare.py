"""Compare: two to four networks side by side, and where their difference lies."""

from functools import partial

from explorer.network.arithmetic import analyze
from explorer.ui import shell
from explorer.ui.compare.budget import budget
from explorer.ui.compare.changes import changes
from explorer.ui.compare.choices import TAB, Tab
from explorer.ui.compare.landscape import landscape
from explorer.ui.compare.leading import follow
from explorer.ui.compare.lineup import lineup, names_of
from explorer.ui.compare.measured import measured
from explorer.ui.compare.sheet import overview
from explorer.ui.compare.what_if import what_if

shell.start("Compare")
follow()

configs = lineup()
archs, names = tuple(map(analyze, configs)), names_of(configs)
overview(archs, names)

parts = {
    Tab.BUDGET: partial(budget, archs, names),
    Tab.CHANGES: partial(changes, archs, names),
    Tab.WHAT_IF: partial(what_if, archs, names),
    Tab.LANDSCAPE: partial(landscape, archs, names),
    Tab.MEASURED: partial(measured, configs, names),
}
tab, container = TAB.tabs()
with container:  # only what is looked at is drawn
    parts[Tab(tab)]()
