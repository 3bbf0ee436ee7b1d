"""Whether to believe the map: three tests of it, run together on request, and one verdict from their numbers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from explorer.cam.check_values import BeliefCurve, Randomisation
from explorer.cam.check_verdicts import THRESHOLDS, Belief, Check
from explorer.cam.results import Examination, Look
from explorer.cam.saliency_map import SaliencyMap
from explorer.cam.verdict import ASKS, LIMITS, curve_check, verdict, weights_check
from explorer.charts.cam.belief_curve import belief_curve_alt_text, belief_curve_chart, belief_curve_rows
from explorer.charts.cam.randomisation import randomisation_alt_text, randomisation_chart, randomisation_rows
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import AT_ONCE, CURVES_TABLE, RANDOM_TABLE
from explorer.ui.cam.map_view import choose_layer, chosen_layer, strip_of
from explorer.ui.cam.measurement import examined, randomised_samples
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
    """Draw the map and the verdict on it, then the tests that it is made of."""
    left, right = st.columns([5, 3], gap="medium")
    with left:
        style, layer = chosen_style(signed=False), chosen_layer(look)
        show_pictures([MapPanel(setup, f"Grad-CAM at {layer}", look.at(layer), setup.name_of(look.target))], style)
        choose_layer(setup, look, style)
        choose_style(signed=False)
    with right:
        st.markdown(
            "**A map is a claim.** It says that these pixels made the network say this class. Three tests can prove it "
            f"wrong.\n\n:small[:gray[{escaped(THRESHOLDS)}]]"
        )
        if setup.network.embedded:
            AT_ONCE.toggle()
        found = examined(setup, device, look, layer)
        if found is not None:
            _verdict(found, look.at(layer), strange=look.is_strange)
    if found is not None:
        _curves(setup, (found.deletion, found.insertion), setup.name_of(look.target))
        _randomised(setup, found.randomisation, "cam_random", style)
    if setup.network.embedded:
        several = randomised_samples(setup, device, layer)
        if several is not None:
            _said(weights_check(several))
            _randomised(setup, several, "cam_random_samples", style)


def _verdict(found: Examination, saliency: SaliencyMap, *, strange: bool) -> None:
    deletion, insertion = curve_check(found.deletion), curve_check(found.insertion)
    weights = weights_check(found.randomisation)
    rows, columns = saliency.values.shape
    _said(verdict(deletion, insertion, weights, (rows, columns), empty=saliency.all_negative, strange=strange))
    asked = zip(("Deletion", "Insertion", "Random weights"), ASKS, (deletion, insertion, weights), strict=True)
    lines = [
        f"- **{name}: {check.belief}.** {question} *{readable(check.sentence)}*" for name, question, check in asked
    ]
    st.markdown("\n".join(lines))
    st.caption(LIMITS)


def _curves(setup: CamSetup, curves: Sequence[BeliefCurve], target: str) -> None:
    for column, curve in zip(st.columns(2, gap="medium"), curves, strict=True):
        with column:
            chart(
                setup.drawn((curve, target), partial(belief_curve_chart, curve, target)),
                key=f"cam_{curve.trial}",
                alt=belief_curve_alt_text(curve, target),
                filename=f"{setup.file_name}-{curve.trial}",
            )
    rows = [{"trial": str(curve.trial), **row} for curve in curves for row in belief_curve_rows(curve)]
    _table(CURVES_TABLE, rows, "Both curves, share by share")


def _randomised(setup: CamSetup, found: Randomisation, name: str, style: Style) -> None:
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
