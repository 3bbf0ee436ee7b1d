"""Gradient flow: what happens to the gradient on its way from the loss to the stem, measured."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.gradients.activations import activations
from explorer.ui.gradients.adds import adds
from explorer.ui.gradients.choices import VIEW, GradientsView
from explorer.ui.gradients.depth import depth
from explorer.ui.gradients.first_steps import steps
from explorer.ui.gradients.layers import layers
from explorer.ui.gradients.setup import setup
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import choose_device

shell.start("Gradient flow")

asked = setup()
if asked:
    st.header(escaped(asked.title), anchor=False)
    view, container = VIEW.tabs()
    with container:  # only what is looked at is drawn
        if view == GradientsView.ACTIVATIONS:
            activations(asked)
        elif job_progress.wait_for_libraries("the gradient is measured"):
            measured = {
                GradientsView.LAYERS: layers,
                GradientsView.ADDS: adds,
                GradientsView.STEPS: steps,
                GradientsView.DEPTH: depth,
            }
            measured[GradientsView(view)](asked, choose_device())
