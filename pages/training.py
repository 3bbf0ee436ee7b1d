"""Training: the experiment that residual networks were invented for, live and recorded."""

import streamlit as st

from explorer.training.recorded_networks import recorded_networks
from explorer.ui import shell
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.training import damage_choices, inside_choices, landscape_choices, modes_choices, shattered
from explorer.ui.training.choices import ALL, VIEW, TrainingView
from explorer.ui.training.damage import damage_view
from explorer.ui.training.landscape import landscape_view
from explorer.ui.training.modes import modes_view
from explorer.ui.training.paths import paths_view
from explorer.ui.training.race import race_view
from explorer.ui.training.recorded import recorded_view
from explorer.ui.training.refinement import refinement_view
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import choose_device
from explorer.ui.widgets.tab_bar import tab_bar

OF_TRAINED = {
    TrainingView.DAMAGE: damage_view,
    TrainingView.LITTLE: refinement_view,
    TrainingView.PATHS: paths_view,
    TrainingView.MODES: modes_view,
    TrainingView.LANDSCAPE: landscape_view,
}

shell.start("Training")

with url.together():
    open_all(*ALL, *damage_choices.ALL, *inside_choices.ALL, *modes_choices.ALL, *shattered.ALL, *landscape_choices.ALL)
st.header(TrainingView(VIEW.value).question, anchor=False)
view = TrainingView(tab_bar(VIEW))
if view is TrainingView.RECORDED:
    recorded_view()
elif job_progress.wait_for_libraries("networks can be trained and tested"):
    if view is TrainingView.RACE:
        race_view(choose_device())
    elif view is TrainingView.SHATTERED:
        shattered.shattered_view()
    elif networks := recorded_networks():
        OF_TRAINED[view](networks)
    else:
        st.info("No trained network ships with this copy of the app.", icon=":material/info:")
