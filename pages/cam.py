"""Grad-CAM: where in a picture a network finds the evidence for a class, and whether to believe it."""

import streamlit as st

from explorer.ui import shell
from explorer.ui.cam.belief_view import belief_view
from explorer.ui.cam.cam_setup import choose_cam_setup
from explorer.ui.cam.choices import VIEW, CamView
from explorer.ui.cam.erase_view import erase_view
from explorer.ui.cam.guesses import said_of
from explorer.ui.cam.map_view import map_view
from explorer.ui.cam.measurement import look_at
from explorer.ui.cam.methods import methods_view
from explorer.ui.cam.other_class import other_class_view
from explorer.ui.cam.several_view import several_heading, several_view
from explorer.ui.cam.two_networks import two_networks_view
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.device import choose_device
from explorer.ui.widgets.tab_bar import tab_bar

shell.start("Grad-CAM")

if job_progress.wait_for_libraries("the network looks at the picture"):
    asked = choose_cam_setup()
    device = choose_device() if asked else ""
    look = look_at(asked, device, target=asked.target) if asked else None
    if asked and look:
        several = VIEW.value == CamView.SEVERAL
        st.header(several_heading(asked) if several else said_of(asked, look), anchor=False)
        view = tab_bar(VIEW)  # only what is looked at is drawn
        if view == CamView.MAP:
            map_view(asked, look)
        elif view == CamView.AGAINST:
            other_class_view(asked, device, look)
        elif view == CamView.TWO:
            two_networks_view(asked, device, look)
        elif view == CamView.METHODS:
            methods_view(asked, device, look)
        elif view == CamView.ERASE:
            erase_view(asked, device, look)
        elif view == CamView.SEVERAL:
            several_view(asked, device)
        else:
            belief_view(asked, device, look)
