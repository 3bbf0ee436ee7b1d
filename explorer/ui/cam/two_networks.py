"""Two networks, the same picture, one scale of colours."""

from collections.abc import Sequence

import streamlit as st

from explorer.cam.map_correlation import map_correlation
from explorer.cam.map_description import agreement_sentences
from explorer.cam.results import Look
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam import overlay
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import LAYER
from explorer.ui.cam.guesses import show_guesses
from explorer.ui.cam.map_download import map_download
from explorer.ui.cam.measurement import look_at
from explorer.ui.cam.networks import choose_second_weights, ready
from explorer.ui.cam.pictures import MapPanel, choose_style, chosen_style, colour_legend, show_pictures
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import readable


def two_networks_view(setup: CamSetup, device: str, look: Look) -> None:
    """Draw both networks' maps over the same picture, and say whether they agree.

    Each map is of the chosen layer where both networks have it, else of the network's own last block.
    """
    network = choose_second_weights(setup.network)
    if not ready(network, second=True):
        return
    other = setup.with_network(network)
    if other is None:
        return
    found = look_at(other, device, target=_same_class(setup, other, look), again=True)
    if found is None:
        return
    both = ((setup, look), (other, found))
    layers = [LAYER.value if LAYER.value in each.layers else each.layers[-1] for _, each in both]
    maps = [each.at(layer) for (_, each), layer in zip(both, layers, strict=True)]
    panels = [
        _panel(asked, each, layer, saliency) for (asked, each), layer, saliency in zip(both, layers, maps, strict=True)
    ]
    left, right = st.columns([5, 3], gap="medium")
    with left:
        style = chosen_style(signed=False)
        show_pictures(panels, style, overlay.scale_of(maps) or None)
        colour_legend(panels, style)
        choose_style(signed=False)
        map_download(setup, panels, style)
    with right:
        show_guesses(both)
        asked = ("words", other.network.key, *layers, digest_of(look.logits.tobytes()), look.target)
        st.markdown(f"**What you see.** {setup.kept(asked, lambda: readable(_words(both, maps)))}")


def _words(both: Sequence[tuple[CamSetup, Look]], maps: Sequence[SaliencyMap]) -> str:
    (setup, look), (other, found) = both
    names = (setup.network.title, other.network.title)
    thought = (look.likeliest(setup.network.classes), found.likeliest(other.network.classes))
    return " ".join(agreement_sentences(names, thought, map_correlation(maps[0].values, maps[1].values)))


def _panel(setup: CamSetup, look: Look, layer: str, saliency: SaliencyMap) -> MapPanel:
    target = setup.name_of(look.target)
    return MapPanel(setup, f"{setup.network.title} at {layer}: {target}", saliency, target)


def _same_class(setup: CamSetup, other: CamSetup, look: Look) -> int | None:
    """Returns the first network's class where both have the same classes; None, the second's likeliest, otherwise."""
    return look.target if setup.network.classes == other.network.classes else None
