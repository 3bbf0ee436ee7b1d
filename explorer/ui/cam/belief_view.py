"""Whether to believe the map: two tests of it, each run on request, and a verdict from their numbers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from explorer.cam.check_values import Randomisation
from explorer.cam.check_verdicts import THRESHOLDS, Belief, Check, pixels_check, randomisation_check
from explorer.cam.results import Curves, Look
from explorer.charts.cam.belief_curve import belief_curve_alt_text, belief_curve_chart, belief_curve_rows
from explorer.charts.cam.randomisation import randomisation_alt_text, randomisation_chart, randomisation_rows
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import CURVES_TABLE, RANDOM_TABLE
from explorer.ui.cam.map_view import choose_layer, chosen_layer, strip_of
from explorer.ui.cam.measurement import deletion_curves, randomised, randomised_samples
from explorer.ui.cam.pictures import MapPanel, Style, choose_style, chosen_style, show_pictures
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import escaped, readable
from explorer.ui.state.url_control import Control
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.thumbnails import thumbnails

_ICONS = {
    Belief.PASSED: ":material/check_circle:",
    Belief.MIXED: ":material/contrast:",
    Belief.FAILED: ":material/cancel:",
    Belief.OPEN: ":material/help:",
}


def belief_view(setup: CamSetup, device: str, look: Look) -> None:
    """Draw the map, then both tests."""
    left, right = st.columns([5, 3], gap="medium")
    with left:
        style, layer = chosen_style(signed=False), chosen_layer(look)
        show_pictures([MapPanel(setup, f"Grad-CAM at {layer}", look.at(layer), setup.name_of(look.target))], style)
        choose_layer(setup, look, style)
        choose_style(signed=False)
    with right:
        st.markdown(
            "**A map is a claim.** It says that these pixels made the network say this class. Both tests can prove it "
            f"wrong.\n\n:small[:gray[{escaped(THRESHOLDS)}]]"
        )
    _pixels(setup, device, look, layer)
    _weights(setup, device, look, layer, style)


def _pixels(setup: CamSetup, device: str, look: Look, layer: str) -> None:
    st.subheader("Do these pixels matter?", anchor=False)
    st.markdown("The hottest pixels are deleted first, and inserted first; random maps of the same grain do the same.")
    found = deletion_curves(setup, device, look, layer)
    if found is None:
        return
    target = setup.name_of(look.target)
    _said(pixels_check(found.deletion.area, found.insertion.area, *_random(found)))
    for column, curve in zip(st.columns(2, gap="medium"), (found.deletion, found.insertion), strict=True):
        with column:
            name = f"cam_{curve.trial}"
            chart(
                setup.drawn((curve, target), partial(belief_curve_chart, curve, target)),
                key=name,
                alt=belief_curve_alt_text(curve, target),
                filename=f"{setup.file_name}-{curve.trial}",
            )
    both = (found.deletion, found.insertion)
    rows = [{"trial": str(curve.trial), **row} for curve in both for row in belief_curve_rows(curve)]
    _table(CURVES_TABLE, rows, "Both curves, share by share")


def _random(found: Curves) -> tuple[Sequence[float], Sequence[float]]:
    return found.deletion.random_areas, found.insertion.random_areas


def _weights(setup: CamSetup, device: str, look: Look, layer: str, style: Style) -> None:
    st.subheader("Does the map depend on what the network has learnt?", anchor=False)
    st.markdown(
        "The weights are made random from the classifier down, block by block. A map that stays the same shows edges "
        "of the picture, not what the network knows (Adebayo et al. 2018)."
    )
    with st.container(horizontal=True, gap="small"):
        alone = randomised(setup, device, look, layer)
        several = randomised_samples(setup, device, layer) if setup.network.embedded else None
    for found, name in ((alone, "cam_random"), (several, "cam_random_samples")):
        if found is not None:
            _randomised(setup, found, name, style)


def _randomised(setup: CamSetup, found: Randomisation, name: str, style: Style) -> None:
    _said(randomisation_check([middle for middle, *_ in found.spearman_band]))
    chart(
        setup.drawn((found.steps, found.spearman, found.ssim), lambda: randomisation_chart(found)),
        key=name,
        alt=randomisation_alt_text(found),
        filename=f"{setup.file_name}-{name.removeprefix('cam_')}",
    )
    if len(found.original) == 1:
        maps = [one for (one,) in found.maps]
        drawn = strip_of(setup, maps, style, digest_of(b"".join(each.values.tobytes() for each in maps)))
        row = [
            replace(each, name=step, label=step.removeprefix("layer"), opens=False)
            for step, each in zip(found.steps, drawn, strict=True)
        ]
        thumbnails(row, key=f"{name}.strip", label="The map after each step")
        _table(RANDOM_TABLE, randomisation_rows(found), "How similar the map is after each step")


def _said(check: Check) -> None:
    st.info(readable(check.sentence), icon=_ICONS[check.belief])


def _table(control: Control, rows: Sequence[dict[str, object]], alt: str) -> None:
    expander = control.expander()
    if expander:
        expander.dataframe(pd.DataFrame(rows), hide_index=True, alt=alt)
