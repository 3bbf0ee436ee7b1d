"""One class against another: which evidence in the picture is for the one and not for the other."""

import streamlit as st

from explorer.cam.map_description import against_sentence
from explorer.cam.results import Look
from explorer.cam.saliency_map import Prediction
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import AGAINST
from explorer.ui.cam.guesses import show_guesses
from explorer.ui.cam.map_download import map_download
from explorer.ui.cam.map_view import choose_layer, chosen_layer
from explorer.ui.cam.measurement import look_at
from explorer.ui.cam.pictures import MapPanel, choose_style, chosen_style, colour_legend, show_pictures
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import readable


def other_class_view(setup: CamSetup, device: str, look: Look) -> None:
    """Draw the signed map of the difference of the two classes' logits."""
    left, right = st.columns([5, 3], gap="medium")
    with right:
        place = st.container()
        other = _other(setup, look)
    found = look_at(setup, device, target=look.target, against=other, again=True)
    if found is None:
        return
    with left:
        style, layer = chosen_style(signed=True), chosen_layer(found)
        saliency, target, name = found.at(layer), setup.name_of(found.target), setup.name_of(other)
        panel = MapPanel(setup, f"{target} (red), not {name} (blue), at {layer}", saliency, target)
        show_pictures([panel], style)
        colour_legend([panel], style, name)
        choose_layer(setup, found, style)
        choose_style(signed=True)
        map_download(setup, [panel], style)
    with place:
        show_guesses([(setup, found)])
        asked = ("words", digest_of(saliency.values.tobytes()), target, name)
        said = setup.kept(asked, lambda: readable(against_sentence(saliency, target, name)))
        st.markdown(f"**What you see.** {said}")


def _other(setup: CamSetup, look: Look) -> int:
    """Draw the choice of the other class, at first the likeliest; returns its index."""
    others = {
        str(index): f"{name} ({index})" for index, name in enumerate(setup.network.classes) if index != look.target
    }
    likeliest: tuple[Prediction, ...] = look.likeliest(setup.network.classes, 2)
    first = next(each.index for each in likeliest if each.index != look.target)
    return int(AGAINST.select(tuple(others), labels=others, at_first=str(first)))
