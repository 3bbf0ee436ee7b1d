"""The bottleneck, convolution by convolution."""

import streamlit as st

from explorer.charts.ideas.bottleneck_steps import bottleneck_alt_text, bottleneck_chart, bottleneck_rows
from explorer.compare.budget import Measure
from explorer.ideas.bottleneck_steps import BottleneckSetting, bottleneck_convs, sentence
from explorer.text.typed_numbers import whole_number
from explorer.ui.ideas.choices import BLOCK_CHANNELS, BLOCK_RATIO, BLOCK_SIDE, BLOCK_STRIDE, COUNTED
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped


def bottleneck_lesson() -> None:
    """The lesson."""
    question(
        "Why is a bottleneck cheap?",
        "A 1×1 shrinks the channels, the 3×3 works on few, a 1×1 brings them back. Against two 3×3 at full width: "
        "shapes, weights and MACs at each step.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        side, channels = BLOCK_SIDE.text(width=140), BLOCK_CHANNELS.text(width=140)
        measure = Measure(COUNTED.segmented(labels={Measure.PARAMS: "weights", Measure.MACS: "MACs"}))
    with st.container(horizontal=True, gap="medium"):
        ratio = int(BLOCK_RATIO.slide(BLOCK_RATIO.options, at_first=BLOCK_RATIO.default))
        stride = int(BLOCK_STRIDE.slide(BLOCK_STRIDE.options, at_first=BLOCK_STRIDE.default))
    try:
        setting = BottleneckSetting(
            whole_number(BLOCK_SIDE.label, side), whole_number(BLOCK_CHANNELS.label, channels), ratio, stride
        )
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return
    show_charts(*_shown(setting, measure))


@shared(MAX_MEASURED)
def _shown(setting: BottleneckSetting, measure: Measure) -> Shown:
    from explorer.ideas.measure.bottleneck_steps import torch_agrees

    found = bottleneck_convs(setting)
    witness = "nn.Conv2d itself agrees at every step." if torch_agrees(found) else "nn.Conv2d itself DISAGREES."
    drawn = bottleneck_chart(found, measure), bottleneck_alt_text(found, measure), bottleneck_rows(found)
    return kept([LessonChart("bottleneck", *drawn)], f"{sentence(found)} {witness}")
