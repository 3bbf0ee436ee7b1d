"""Compare: two to four networks side by side, and where their difference lies."""

from functools import partial

from explorer.network.arithmetic import analyze
from explorer.ui import shell
from explorer.ui.compare.architecture_link import follow_click
from explorer.ui.compare.budget import budget_view
from explorer.ui.compare.changes import changes_view
from explorer.ui.compare.choices import TAB, Tab
from explorer.ui.compare.landscape import landscape_view
from explorer.ui.compare.lineup import choose_lineup, names_of
from explorer.ui.compare.measured import measured_view
from explorer.ui.compare.sheet import overview
from explorer.ui.compare.what_if import what_if_view
from explorer.ui.widgets.tab_bar import tab_bar

shell.start("Compare")
follow_click()

configs = choose_lineup()
archs, names = tuple(map(analyze, configs)), names_of(configs)
overview(archs, names)

parts = {
    Tab.BUDGET: partial(budget_view, archs, names),
    Tab.CHANGES: partial(changes_view, archs, names),
    Tab.WHAT_IF: partial(what_if_view, archs, names),
    Tab.LANDSCAPE: partial(landscape_view, archs, names),
    Tab.MEASURED: partial(measured_view, configs, names),
}
parts[Tab(tab_bar(TAB))]()  # only what is looked at is drawn
