"""Saturation: the product of many derivatives, as a bound and measured on a real stack."""

import streamlit as st

from explorer.charts.gradients.activations import activations_alt_text
from explorer.charts.ideas.saturation import through_alt_text, through_chart, through_rows
from explorer.ideas.saturation import SaturationSetting, sentence
from explorer.network.labels import option_label
from explorer.network.options import Activation
from explorer.ui.ideas.choices import DEPTH, FUNCTION, GAIN
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared
from explorer.ui.widgets.figure_cache import activations_chart


def saturation_lesson() -> None:
    """The lesson."""
    question(
        "Does a product of derivatives kill the gradient?",
        "Each layer multiplies the gradient by its activation's derivative. The bound is easy: 0.25 a layer for a "
        "sigmoid. What really comes through a stack of layers, and what do skips change? Each skip runs around its "
        "layer's activation here; on the Gradient flow page, in He et al.'s order of 2015, each sum goes through it.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = Activation(FUNCTION.segmented(labels={each: option_label("activation", each) for each in Activation}))
    with st.container(horizontal=True, gap="medium"):
        layers = int(DEPTH.slide(DEPTH.options, at_first=DEPTH.default))
        gain = float(GAIN.slide(GAIN.options, at_first=GAIN.default))
    show_charts(*_shown(SaturationSetting(chosen, layers, gain)))


@shared(MAX_MEASURED)
def _shown(setting: SaturationSetting) -> Shown:
    from explorer.ideas.measure.saturation import saturation_run

    run = saturation_run(setting)
    return kept(
        [
            LessonChart("through", through_chart(run), through_alt_text(run), through_rows(run)),
            LessonChart(
                "activation", activations_chart(setting.activation), activations_alt_text(setting.activation), ()
            ),
        ],
        sentence(run),
    )
