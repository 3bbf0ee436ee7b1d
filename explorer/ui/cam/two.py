"""Two networks, the same picture, one scale of colours."""

import streamlit as st

from explorer.cam.map_description import agreement_sentences, map_correlation
from explorer.cam.results import Look
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam import overlay
from explorer.ui.cam.choices import LAYER
from explorer.ui.cam.guesses import guesses
from explorer.ui.cam.measurement import look_at
from explorer.ui.cam.networks import choose_other, ready
from explorer.ui.cam.pictures import MapPanel, key, pictures, stand
from explorer.ui.cam.setup import Setup
from explorer.ui.cam.takeaway import takeaway
from explorer.ui.state.markdown import readable


def two_view(setup: Setup, device: str, look: Look) -> None:
    """Both maps over the same picture, and whether the networks agree. Each is seen from its last block, unless both
    have the one that is chosen."""
    network = choose_other(setup.network)
    if not ready(network, second=True):
        return
    other = setup.with_network(network)
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
        shown, _, style = stand(signed=False)
        with shown:
            pictures(panels, style, overlay.scale_of(maps) or None)
            key(panels, style)
        takeaway(setup, panels, style)
    with right:
        guesses(both)
        names = (setup.network.title, other.network.title)
        thought = (look.likeliest(setup.network.classes), found.likeliest(other.network.classes))
        said = agreement_sentences(names, thought, map_correlation(maps[0].values, maps[1].values))
        st.markdown(f"**What you see.** {readable(' '.join(said))}")


def _panel(setup: Setup, look: Look, layer: str, saliency: SaliencyMap) -> MapPanel:
    target = setup.name_of(look.target)
    return MapPanel(setup.crop, f"{setup.network.title} at {layer}: {target}", saliency, target)


def _same_class(setup: Setup, other: Setup, look: Look) -> int | None:
    """The first network's class in the second, where both have the same classes; else the second's likeliest."""
    return look.target if setup.network.classes == other.network.classes else None
