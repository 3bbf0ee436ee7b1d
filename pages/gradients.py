"""Gradient flow: what happens to the gradient on its way from the loss to the stem, measured."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.gradients.activations import activations_view
from explorer.ui.gradients.adds import adds_view
from explorer.ui.gradients.choices import VIEW, GradientsView
from explorer.ui.gradients.depth import depth_view
from explorer.ui.gradients.first_steps import steps_view
from explorer.ui.gradients.flow_setup import choose_flow_setup
from explorer.ui.gradients.layers import layers_view
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import choose_device
from explorer.ui.widgets.tab_bar import tab_bar

shell.start("Gradient flow")

asked = choose_flow_setup()
if asked:
    st.header(escaped(asked.title), anchor=False)
    view = tab_bar(VIEW)  # only what is looked at is drawn
    if view == GradientsView.ACTIVATIONS:
        activations_view(asked)
    elif job_progress.wait_for_libraries("the gradient is measured"):
        measured = {
            GradientsView.LAYERS: layers_view,
            GradientsView.ADDS: adds_view,
            GradientsView.STEPS: steps_view,
            GradientsView.DEPTH: depth_view,
        }
        measured[GradientsView(view)](asked, choose_device())
