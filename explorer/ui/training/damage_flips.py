"""The pictures that were right before the damage and are wrong now, as small pictures."""

import numpy as np
import streamlit as st
from PIL import Image

from explorer.text.quantities import counted
from explorer.training.damage.outcome import NO_CLASS, Flip, Lesion
from explorer.training.damage.trained import Pixels, TrainedNetwork
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.image_panels import source_of
from explorer.ui.widgets.thumbnails import Thumb, thumbnails

SHOWN = 24
_SIDE = 84  # pixels of a thumbnail
_DRAWN = 1024  # thumbnails that are kept


def flipped_pictures(network: TrainedNetwork, lesion: Lesion) -> None:
    """Draw the first of them, each with its class and what it is taken for now."""
    flips = lesion.flipped
    if not flips:
        return
    first = f", the first {SHOWN}" if len(flips) > SHOWN else ""
    st.caption(escaped(f"{counted(len(flips), 'picture')} that were right and are wrong now{first}."))
    thumbnails(
        [_thumb(network, flip) for flip in flips[:SHOWN]],
        key="damage_flips",
        label="Pictures that are wrong now",
        worded=True,
    )


@shared(_DRAWN)
def _thumb(network: TrainedNetwork, flip: Flip) -> Thumb:
    label = network.classes[flip.label]
    now = "no class" if flip.taken_for == NO_CLASS else network.classes[flip.taken_for]
    alt = f"Test picture {flip.index + 1:,}, {label}, taken for {now}"
    return Thumb(str(flip.index), f"{label} → {now}", small_source(network.pixels()[flip.index]), alt)


def small_source(pixels: Pixels) -> str:
    """Returns a picture as a thumbnail's source; the same ones are asked for in every run of the page."""
    return _encoded(pixels.tobytes(), pixels.shape)


@shared(256)
def _encoded(data: bytes, shape: tuple[int, ...]) -> str:
    pixels = np.frombuffer(data, np.uint8).reshape(shape)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return source_of(image.resize((_SIDE, _SIDE), Image.Resampling.NEAREST))
