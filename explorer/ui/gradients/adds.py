"""At each add: how the gradient splits between shortcut and branch, step by step back through the diagram."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from explorer.charts.gradients.shortcut_shares import shares_alt_text, shares_rows
from explorer.charts.network.diagram import network_diagram
from explorer.charts.network.gradient_notes import Notes, notes
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import GradientFlow
from explorer.gradients.walk_back import steps
from explorer.network.arithmetic import analyze
from explorer.network.links import file_name
from explorer.network.names import name_of
from explorer.ui.gradients.choices import LIT, VALUES, WHICH
from explorer.ui.gradients.flow_downloads import file_name_of, flow_downloads
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.measurement import flows
from explorer.ui.gradients.prediction import predicted
from explorer.ui.gradients.words import outcome, story_words
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import MAX_FIGURES, shares_chart
from explorer.ui.widgets.network_diagram import legend
from explorer.ui.widgets.svg_picture import svg_picture

_HOW_TO_READ = (
    "Beside each arc: the shortcut's share of the gradient at this add. The larger it is, the thicker the arc and the "
    "emptier the bars.",
    "Columns: |dL/dh|, the gradient's norm at each block, on a log scale.",
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What follows from a flow: a sentence for each unit on the way back, the diagram's notes, the chart in words."""

    walk: Mapping[str, str]
    notes: Notes
    alt: str


@shared(MAX_FIGURES)
def _told(flow: GradientFlow) -> _Told:
    return _Told({step.unit: escaped(step.sentence) for step in steps(flow)}, notes(flow), shares_alt_text(flow))


def adds_view(setup: FlowSetup, device: str) -> None:
    """Draw the walk back (slider, diagram, sentence) and below it the split at every block."""
    found = flows(setup, device)
    if found is None or not predicted(setup, found):
        story_words(setup)
        return
    numbers = tuple(str(number) for number in range(1, len(found) + 1))
    labels = dict(zip(numbers, setup.names, strict=True))
    number = int(WHICH.segmented(place="setting", options=numbers, labels=labels))
    flow = found[number - 1].flows[0]
    lit = _walk(flow)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        chart(
            shares_chart(flow, lit=lit),
            key="parting_chart",
            alt=_told(flow).alt,
            filename=f"{file_name_of(setup)}-adds",
            on_pick=lambda place: LIT.put(str(place)),
        )
    with right:
        story_words(setup)
        outcome(setup, found)
    _below(setup, device, found, flow)


def _walk(flow: GradientFlow) -> str:
    """Draw the slider from loss to stem, the network, and what happens at the chosen block; returns that block."""
    told = _told(flow)
    lit = LIT.slide(tuple(told.walk))
    arch = analyze(flow.config)
    st.markdown(f"**{told.walk[lit]}**")
    svg_picture(
        network_diagram(arch, lit, notes=told.notes),
        network_diagram(arch, lit, tall=True, notes=told.notes),
        key="flow_network",
        filename=f"gradient-{file_name(flow.config)}",
        about=f"{name_of(flow.config)}: how the gradient splits on its way back",
        notes=_HOW_TO_READ,
        legend=legend(arch),
        on_pick=lambda unit: LIT.put(unit if unit in told.walk else next(iter(told.walk))),
    )
    return lit


def _below(setup: FlowSetup, device: str, found: tuple[FlowBand, ...], flow: GradientFlow) -> None:
    st.caption(
        "Numbers of the first seed. Shares are parts of the gradient at the block's input, as vectors: they sum to 1, "
        "and one that works against the whole is negative."
    )
    expander = VALUES.expander()
    if expander:
        expander.dataframe(
            pd.DataFrame(shares_rows(flow)), hide_index=True, height=388, alt="The split at each add, block by block"
        )
    flow_downloads(setup, device, found)
