"""Other attribution methods beside Grad-CAM; they take seconds, so they run on request."""

import math

import streamlit as st

from explorer.cam.map_correlation import map_correlation
from explorer.cam.map_description import place_sentence
from explorer.cam.results import Attributed, Look
from explorer.cam.saliency_map import Method, SaliencyMap
from explorer.cam.words import METHOD_NAMES
from explorer.text.quantities import minus
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import METHOD
from explorer.ui.cam.map_download import map_download
from explorer.ui.cam.map_view import choose_layer, chosen_layer
from explorer.ui.cam.measurement import attribution
from explorer.ui.cam.pictures import MapPanel, choose_style, chosen_style, show_pictures
from explorer.ui.state.markdown import escaped, readable

HOW = {
    Method.GUIDED_GRAD_CAM: "Grad-CAM times what comes back to the pixels when only positive gradients may pass each "
    "ReLU (Springenberg et al. 2014; Selvaraju et al. 2017). Sharp, but it sharpens edges even of random networks.",
    Method.INTEGRATED_GRADIENTS: "The gradient at each pixel, averaged on the way from a grey picture to this one, "
    "times how far the pixel moves on it (Sundararajan et al. 2017). The values sum to what the logit gains on that "
    "way.",
    Method.OCCLUSION: "A grey window wanders over the picture, and the logit is read each time (Zeiler and Fergus "
    "2013). No gradients: what is covered here is really missing.",
}


def _completeness(rise: float, delta: float) -> str:
    sums, gains = (minus(f"{value:.3g}") for value in (rise + delta, rise))
    return f"The values sum to {sums}, and the logit gains {gains}: as near as the finite number of steps comes."


def methods_view(setup: CamSetup, device: str, look: Look) -> None:
    """Draw Grad-CAM and another method side by side."""
    left, right = st.columns([5, 3], gap="medium")
    style, layer = chosen_style(signed=False), chosen_layer(look)
    coarse, target = look.at(layer), setup.name_of(look.target)
    with right:
        method = Method(METHOD.segmented(labels={each: METHOD_NAMES[each] for each in Method}))
        st.markdown(f":small[{escaped(HOW[method])}]")
        found = attribution(setup, device, method, look.target, layer)
        if found is not None:
            _said(found, coarse, target)
    panels = [MapPanel(setup, f"Grad-CAM at {layer}", coarse, target)]
    if found is not None:
        panels.append(MapPanel(setup, METHOD_NAMES[method], found.saliency, target))
    with left:
        show_pictures(panels, style)
        choose_layer(setup, look, style)
        choose_style(signed=False)
        if found is not None:
            map_download(setup, panels[1:], style)


def _said(found: Attributed, coarse: SaliencyMap, target: str) -> None:
    alike = map_correlation(coarse.values, found.saliency.values)
    number = "undefined" if math.isnan(alike) else minus(f"{alike:.2f}")
    said = f"{place_sentence(found.saliency, target)} Its correlation with Grad-CAM at {coarse.layer} is {number}."
    st.markdown(f"**What you see.** {readable(said)}")
    if found.rise is not None and found.delta is not None:
        st.caption(readable(_completeness(found.rise, found.delta)))
