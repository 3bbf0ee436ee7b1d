"""Gradient flow: what happens to the gradient on its way from the loss to the stem, measured."""

import streamlit as st

from explorer.ui import job_panel, shell
from explorer.ui.device import choose_device
from explorer.ui.flow.activations import activations
from explorer.ui.flow.adds import adds
from explorer.ui.flow.choices import VIEW, View
from explorer.ui.flow.depth import depth
from explorer.ui.flow.first_steps import steps
from explorer.ui.flow.layers import layers
from explorer.ui.flow.setup import setup
from explorer.ui.text import plain

shell.start("Gradient flow")

asked = setup()
if asked:
    st.header(plain(asked.title), anchor=False)
    view, container = VIEW.tabs()
    with container:  # only what is looked at is drawn
        if view == View.ACTIVATIONS:
            activations(asked)
        elif job_panel.wait_for_libraries("the gradient is measured"):
            measured = {View.LAYERS: layers, View.ADDS: adds, View.STEPS: steps, View.DEPTH: depth}
            measured[View(view)](asked, choose_device())
