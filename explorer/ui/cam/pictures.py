"""Picture and map side by side with their colour key: what every part of the page shows first."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from explorer.cam.foreground import Foreground, foreground_of
from explorer.cam.saliency_map import SaliencyMap
from explorer.cam.words import METHOD_UNITS
from explorer.charts.cam import overlay
from explorer.charts.cam.colour_key import colour_key, meaning
from explorer.charts.cam.outline import outlined
from explorer.charts.cam.overlay import Colours
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import COLOURS, OPACITY, OUTLINE, SIGNED
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.widgets.image_panels import image_panels, source_of


@dataclass(frozen=True, slots=True)
class Style:
    """How maps are drawn over the picture; ``signed`` ones also show what speaks against the class, and ``outline``
    shows the object's edge where there is an object."""

    opacity: float
    colours: Colours
    signed: bool
    outline: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapPanel:
    """One map over the picture as its network gets it; ``head`` stands under it, ``target`` is the class's name."""

    setup: CamSetup
    head: str
    saliency: SaliencyMap
    target: str

    @property
    def crop(self) -> Image.Image:
        """The picture as the network gets it."""
        return self.setup.seen.crop


def chosen_style(*, signed: bool | None = None, outlines: bool = False) -> Style:
    """Returns how maps look, whether or not the choices are drawn yet.

    Without ``signed``, the reader chooses that; the outline only where the part of the page ``outlines`` objects.
    """
    shown = SIGNED.on if signed is None else signed
    return Style(int(OPACITY.value) / 100, Colours(COLOURS.value), shown, outlines and OUTLINE.on)


def choose_style(*, signed: bool | None = None, outline: Foreground | None = None) -> None:
    """Draw the choices of ``chosen_style``; that of the ``outline`` where an object is given."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        OPACITY.slide(OPACITY.options, labels={each: f"{each} %" for each in OPACITY.options})
        if chosen_style(signed=signed).signed:
            st.caption("Signed maps have one set of colours: red speaks for the class, blue against it.")
        else:
            COLOURS.segmented(labels={each: each.label.partition(",")[0] for each in Colours})
        if signed is None:
            SIGNED.toggle()
        if outline is not None:
            OUTLINE.toggle()


def object_in(setup: CamSetup) -> Foreground | None:
    """Returns the object in the picture as the network gets it, found once."""
    return setup.kept("object", lambda: foreground_of(setup.seen.crop))


def overlaid(panel: MapPanel, style: Style, scale: float | None = None) -> Image.Image:
    """Returns the map drawn over the picture as the network gets it."""
    image = overlay.overlay(
        panel.crop,
        panel.saliency,
        opacity=style.opacity,
        colours=style.colours,
        signed=style.signed,
        scale=scale,
    )
    found = object_in(panel.setup) if style.outline else None
    return outlined(image, found.mask) if found else image


def show_pictures(
    shown: Sequence[MapPanel], style: Style, scale: float | None = None, *, original: bool = False
) -> None:
    """Draw the picture as the network gets it, and beside it each map over it; first the ``original`` if it differs."""
    setup = shown[0].setup
    whole = setup.seen.original if original else None
    first = setup.kept("crop", lambda: source_of(overlay.displayed(setup.seen.crop)))
    alt = "The picture, cropped and scaled as the network gets it."
    row = [(first, "What the network sees", alt), *(_described(panel, style, scale) for panel in shown)]
    if whole:
        source = setup.kept("original", lambda: source_of(whole, small=True))
        row.insert(0, (source, "The picture", "The whole picture, before it is cropped and scaled."))
    image_panels(row, key="cam_pictures")


def _described(panel: MapPanel, style: Style, scale: float | None) -> tuple[str, str, str]:
    """Returns the map's address, the words under it, and its alternative text."""
    of_map = panel.saliency.layer, panel.saliency.method, digest_of(panel.saliency.values.tobytes())
    return panel.setup.kept(
        ("map", of_map, panel.head, panel.target, style, scale),
        lambda: (
            source_of(overlaid(panel, style, scale)),
            panel.head,
            overlay.overlay_alt_text(panel.saliency, panel.target),
        ),
    )


def colour_legend(shown: Sequence[MapPanel], style: Style, against: str | None = None) -> None:
    """Draw the colour key with its numbers; nothing where every map is empty."""
    scale = overlay.scale_of([panel.saliency for panel in shown], signed=style.signed)
    if scale:
        title = meaning(shown[0].target, against, signed=style.signed)
        unit = METHOD_UNITS[shown[-1].saliency.method]
        figure = shown[0].setup.drawn(
            (scale, title, style, unit),
            lambda: colour_key(scale, title, colours=style.colours, signed=style.signed, unit=unit),
        )
        st.plotly_chart(figure, key="cam_key", alt=f"Colours from 0 to {scale:.3g}: {title}.")


def relative_legend(setup: CamSetup, style: Style, target: str) -> None:
    """Draw the colour key of maps whose values are counted in different things: in percent of each one's largest."""
    title, unit = meaning(target), "% of each map's largest"
    figure = setup.drawn((title, style, unit), lambda: colour_key(100, title, colours=style.colours, unit=unit))
    st.plotly_chart(figure, key="cam_key", alt=f"Colours from 0 to 100: {title}, in {unit}.")
