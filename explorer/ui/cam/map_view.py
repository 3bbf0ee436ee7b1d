"""The map of one class at one block, beside the picture; under it the maps of all blocks."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.cam.map_description import blocks_sentence, picture_sentences
from explorer.cam.results import Look
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam.strip import strip, strip_rows
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import LAYER, TABLE
from explorer.ui.cam.guesses import show_guesses
from explorer.ui.cam.map_download import map_download
from explorer.ui.cam.pictures import (
    MapPanel,
    Style,
    choose_style,
    chosen_style,
    colour_legend,
    object_in,
    show_pictures,
)
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import readable
from explorer.ui.widgets.image_panels import source_of
from explorer.ui.widgets.thumbnails import Thumb, thumbnails


def map_view(setup: CamSetup, look: Look) -> None:
    """Draw picture, map and the strip of all blocks' maps; beside them the likeliest classes and what the map shows."""
    left, right = st.columns([5, 3], gap="medium")
    with left:
        style, layer = chosen_style(outlines=True), chosen_layer(look)
        saliency, target = look.at(layer), setup.name_of(look.target)
        panel = MapPanel(setup, f"Grad-CAM at {layer}: {target}", saliency, target)
        show_pictures([panel], style, original=True)
        colour_legend([panel], style)
        choose_layer(setup, look, style)
        choose_style(outline=object_in(setup))
    with right:
        show_guesses([(setup, look)])
        asked = ("words", setup.network.title, digest_of(look.logits.tobytes()), look.target, layer)
        said = setup.kept(asked, lambda: _words(setup, look, saliency))
        st.markdown(f"**What you see.** {readable(said)}")
        st.caption(readable(setup.provenance))
    _table(look)
    map_download(setup, [panel], style)


def _words(setup: CamSetup, look: Look, saliency: SaliencyMap) -> str:
    classes = setup.network.classes
    _, *said = picture_sentences(
        setup.network.title,
        look.likeliest(classes),
        saliency,
        look.prediction(look.target, classes),
        object_in(setup),
    )
    return " ".join((*said, blocks_sentence(saliency, look.maps[-1]))).strip()


def chosen_layer(look: Look) -> str:
    """Returns the block whose map is shown, whether or not its slider is drawn yet."""
    return LAYER.among(look.layers, look.layers[-1])


def choose_layer(setup: CamSetup, look: Look, style: Style) -> None:
    """Draw the slider over all blocks, and under it the strip of their maps."""
    layer = LAYER.slide(look.layers, at_first=look.layers[-1], strict=True)
    thumbnails(
        strip_of(setup, look.maps, style, (digest_of(look.logits.tobytes()), look.against)),
        key="cam_strip",
        label="The maps of all blocks",
        lit=layer,
        on_pick=LAYER.put,
    )


def strip_of(setup: CamSetup, maps: Sequence[SaliencyMap], style: Style, key: object) -> tuple[Thumb, ...]:
    """Returns a row of small maps over the picture, drawn once; ``key`` tells the maps of one picture and target apart.

    Not a fingerprint of their values: those of all blocks take 0.1 ms of each rerun.
    """
    return setup.kept(("strip", key, maps[0].target, style), lambda: _strip(setup, maps, style))


def _strip(setup: CamSetup, maps: Sequence[SaliencyMap], style: Style) -> tuple[Thumb, ...]:
    drawn = strip(
        setup.seen.crop,
        maps,
        setup.name_of(maps[0].target),
        opacity=style.opacity,
        colours=style.colours,
        signed=style.signed,
    )
    return tuple(
        Thumb(each.layer, each.layer.removeprefix("layer"), source_of(each.image, small=True), each.alt, each.opens)
        for each in drawn
    )


def _table(look: Look) -> None:
    expander = TABLE.expander()
    if expander:
        rows = pd.DataFrame(list(strip_rows(look.maps)))
        expander.dataframe(rows, hide_index=True, alt="Where the evidence lies at each block")
