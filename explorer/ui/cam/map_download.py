"""The picture and its map as one PNG, with a caption that says what they show, and the map's numbers."""

import io
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from explorer.cam.captioned_png import caption_lines, captioned_png
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam import overlay
from explorer.charts.cam.colour_key import key_image, meaning
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.pictures import MapPanel, Style, overlaid

_KEY_WIDTH = 420  # pixels of the colours' key


def map_download(setup: CamSetup, panels: Sequence[MapPanel], style: Style) -> None:
    """Draw the buttons for the PNG and for each map's numbers, which are made only when somebody asks for them."""
    st.download_button(
        "Picture and map as PNG",
        partial(png, setup, panels, style),
        f"{setup.file_name}.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
    )
    for panel in panels:
        of_map = "Map" if len(panels) == 1 else f"Map of {panel.setup.network.title}"
        st.download_button(
            f"{of_map} as .npy",
            partial(npy, panel.saliency),
            f"{panel.setup.file_name}-{_name(panel.saliency)}.npy",
            "application/octet-stream",
            icon=":material/data_array:",
            help="The signed values at the map's own resolution, for numpy.load.",
            on_click="ignore",
        )


def _name(saliency: SaliencyMap) -> str:
    """As ``grad_cam-layer3.2-class-9-not-7``."""
    parts = [saliency.method, saliency.layer, f"class-{saliency.target}"]
    parts += [] if saliency.against is None else [f"not-{saliency.against}"]
    return "-".join(part for part in parts if part)


def npy(saliency: SaliencyMap) -> bytes:
    """Returns the map's values, as large and as signed as they are, as a file for ``numpy.load``."""
    data = io.BytesIO()
    np.save(data, saliency.values, allow_pickle=False)
    return data.getvalue()


def png(setup: CamSetup, panels: Sequence[MapPanel], style: Style) -> bytes:
    """Returns the PNG: the picture, each map over it on one colour scale, the colour key, and the caption."""
    maps = [panel.saliency for panel in panels]
    scale = overlay.scale_of(maps, signed=style.signed)
    first = panels[0]
    against = None if first.saliency.against is None else setup.name_of(first.saliency.against)
    lines = caption_lines(
        model=setup.network.model,
        weights=setup.network.weights,
        layer=first.saliency.layer,
        target=first.target,
        method=first.saliency.method,
        against=against or "",
        picture=setup.picture_title,
    )
    title = meaning(first.target, against, signed=style.signed)
    legend = key_image(_KEY_WIDTH, scale, title, colours=style.colours, signed=style.signed) if scale else None
    images = [(panel.head, overlaid(panel, style, scale or None)) for panel in panels]
    return captioned_png([("The picture", overlay.displayed(panels[0].crop)), *images], lines, key=legend)
