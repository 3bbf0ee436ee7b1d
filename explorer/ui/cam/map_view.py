"""The map of one class at one block, beside the picture; under it the maps of all blocks."""

import pandas as pd
import streamlit as st

from explorer.charts.atlas_strip import Thumbnail, strip, strip_rows
from explorer.look import Look
from explorer.seen import seen_sentences
from explorer.ui.cam.choices import LAYER, TABLE
from explorer.ui.cam.guesses import guesses
from explorer.ui.cam.pictures import Panel, Style, key, pictures, stand
from explorer.ui.cam.setup import Setup
from explorer.ui.cam.takeaway import takeaway
from explorer.ui.text import sentence
from explorer.ui.thumbnails import Thumb, thumbnails


def map_view(setup: Setup, look: Look) -> None:
    """Picture and map, the layers' strip; beside them the likeliest classes and what is seen."""
    left, right = st.columns([5, 3], gap="medium")
    with left:
        shown, layers, style = stand()
        with layers:
            layer = choose_layer(setup, look, style)
        saliency, target = look.at(layer), setup.name_of(look.target)
        panel = Panel(setup.crop, f"Grad-CAM at {layer}: {target}", saliency, target)
        with shown:
            pictures([panel], style)
            key([panel], style)
    with right:
        guesses([(setup, look)])
        classes = setup.network.classes
        _, *said = seen_sentences(
            setup.network.title, look.likeliest(classes), saliency, look.prediction(look.target, classes)
        )
        st.markdown(f"**What you see.** {sentence(' '.join(said))}")
        st.caption(sentence(setup.provenance))
    _table(look)
    takeaway(setup, [panel], style)


def choose_layer(setup: Setup, look: Look, style: Style) -> str:
    """The slider over all blocks, and under it the strip of their maps; the layer that is chosen."""
    layer = LAYER.slide(look.layers, at_first=look.layers[-1], strict=True)
    thumbnails(
        [_thumb(each) for each in setup.once(_strip, look, style)],
        key="cam_strip",
        label="The maps of all blocks",
        lit=layer,
        on_pick=LAYER.put,
    )
    return layer


def _strip(setup: Setup, look: Look, style: Style) -> tuple[Thumbnail, ...]:
    return strip(
        setup.crop,
        look.maps,
        setup.name_of(look.target),
        opacity=style.opacity,
        colours=style.colours,
        signed=style.signed,
    )


def _thumb(each: Thumbnail) -> Thumb:
    return Thumb(each.layer, each.layer.removeprefix("layer"), each.image, each.alt, each.opens)


def _table(look: Look) -> None:
    lid = TABLE.lid()
    if lid:
        rows = pd.DataFrame(list(strip_rows(look.maps)))
        lid.dataframe(rows, hide_index=True, alt="Where the evidence lies at each block")
