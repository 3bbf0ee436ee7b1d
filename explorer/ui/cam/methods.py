"""Other attribution methods beside Grad-CAM; they take seconds, so they run on request."""

import streamlit as st

from explorer.cam.map_description import methods_sentence, place_sentence
from explorer.cam.results import Attributed, Look
from explorer.cam.saliency_map import Method, SaliencyMap
from explorer.cam.words import METHOD_NAMES
from explorer.text.quantities import minus
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import METHOD
from explorer.ui.cam.map_download import map_download
from explorer.ui.cam.map_view import choose_layer, chosen_layer
from explorer.ui.cam.measurement import attribution
from explorer.ui.cam.pictures import MapPanel, choose_style, chosen_style, object_in, relative_legend, show_pictures
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import escaped, readable

HOW = {
    Method.GRAD_CAM_PLUS_PLUS: "Grad-CAM, but only positive gradients make a channel's weight, and each counts more "
    "where few places of the channel are active, so that a small object counts as much as a large one (Chattopadhay "
    "et al. 2018).",
    Method.LAYER_CAM: "Grad-CAM, but each place of a channel has a weight of its own, its gradient where that is "
    "positive, so that maps of early blocks stay true to the class (Jiang et al. 2021). At the last block it is "
    "Grad-CAM without the channels that speak against the class.",
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
    """Draw Grad-CAM and another method side by side, each map's colours up to its own largest value."""
    left, right = st.columns([5, 3], gap="medium")
    style, layer = chosen_style(signed=False, outlines=True), chosen_layer(look)
    coarse, target = look.at(layer), setup.name_of(look.target)
    with right:
        method = Method(METHOD.segmented(labels={each: METHOD_NAMES[each] for each in Method}))
        st.markdown(f":small[{escaped(HOW[method])}]")
        found = attribution(setup, device, method, look.target, layer)
        if found is not None:
            asked = ("words", method, layer, look.target, digest_of(look.logits.tobytes()))
            st.markdown(f"**What you see.** {readable(setup.kept(asked, lambda: _words(setup, found, coarse)))}")
    panels = [MapPanel(setup, f"Grad-CAM at {layer}", coarse, target)]
    if found is not None:
        at = f" at {found.saliency.layer}" if found.saliency.layer else ""
        panels.append(MapPanel(setup, f"{METHOD_NAMES[method]}{at}", found.saliency, target))
    with left:
        show_pictures(panels, style)
        relative_legend(setup, style, target)
        choose_layer(setup, look, style)
        choose_style(signed=False, outline=object_in(setup))
        if found is not None:
            map_download(setup, panels[1:], style)


def _words(setup: CamSetup, found: Attributed, coarse: SaliencyMap) -> str:
    saliency = found.saliency
    said = [
        place_sentence(saliency, setup.name_of(saliency.target), object_in(setup)),
        methods_sentence(saliency, coarse),
    ]
    if found.rise is not None and found.delta is not None:
        said.append(_completeness(found.rise, found.delta))
    return " ".join(said)
