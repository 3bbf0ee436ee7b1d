"""Layer by layer: the numbers along both networks in one chart, and what follows from them."""

import pandas as pd
import streamlit as st

from explorer.charts.gradients.along_network import flow_alt_text, flow_rows
from explorer.gradients.quantity import Profile, Quantity, profile
from explorer.gradients.seed_bands import FlowBand
from explorer.ui.gradients.choices import LIT, QUANTITY, RELATIVE, SCALE, VALUES, VIEW, GradientsView
from explorer.ui.gradients.flow_downloads import file_name_of, flow_downloads
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.measurement import flows
from explorer.ui.gradients.prediction import predicted
from explorer.ui.gradients.words import outcome, story_words
from explorer.ui.state.caching import shared
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import MAX_FIGURES, flow_chart


def layers_view(setup: FlowSetup, device: str) -> None:
    """Draw the chart beside the words; below it the table and the downloads."""
    found = flows(setup, device)
    left, right = st.columns([5, 3], gap="medium")
    with right:
        story_words(setup)
        shown = found is not None and predicted(setup, found)
        if shown and found:
            outcome(setup, found)
    with left:
        quantity = _looked_at()
        if shown and found:
            _chart(setup, found, quantity)
        else:
            st.container(height=420, border=True).caption("The chart comes here.")
    if shown and found:
        _below(setup, device, found, quantity)


def _looked_at() -> Quantity:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="setting.look"):
        quantity = Quantity(QUANTITY.segmented(labels={each: each.symbol for each in Quantity}))
        SCALE.segmented()
        RELATIVE.toggle()
    return quantity


@shared(MAX_FIGURES)
def _profiles(found: tuple[FlowBand, ...], quantity: Quantity, *, relative: bool) -> tuple[Profile, ...]:
    return tuple(profile(band, quantity, relative=relative) for band in found)


_alt_text = shared(MAX_FIGURES)(flow_alt_text)


def _chart(setup: FlowSetup, found: tuple[FlowBand, ...], quantity: Quantity) -> None:
    profiles = _profiles(found, quantity, relative=RELATIVE.on)
    chart(
        flow_chart(profiles, setup.names, log=SCALE.value == "log", lit=LIT.value),
        key="flow_chart",
        alt=_alt_text(profiles, setup.names),
        filename=file_name_of(setup),
        on_pick=_walk_to,
    )


def _walk_to(place: object) -> None:
    """Open the walk back at the block that was clicked, or at the clicked layer's block."""
    name = str(place[0] if isinstance(place, list | tuple) else place)
    LIT.put(".".join(name.split(".")[:2]) if name.startswith("layer") else "stem")
    VIEW.put(GradientsView.ADDS)


def _below(setup: FlowSetup, device: str, found: tuple[FlowBand, ...], quantity: Quantity) -> None:
    expander = VALUES.expander()
    if expander:
        expander.dataframe(
            pd.DataFrame(flow_rows(_profiles(found, quantity, relative=RELATIVE.on), setup.names)),
            hide_index=True,
            height=388,
            alt="The numbers of the chart, place by place",
        )
    flow_downloads(setup, device, found)
