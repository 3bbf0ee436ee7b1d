"""Where does the stride go? What each bottleneck can still see of its input."""

import streamlit as st

from explorer.charts.ideas.stride_place import places_alt_text, places_chart, places_rows
from explorer.ideas.stride_place import StrideSetting, sentence
from explorer.ui.ideas.choices import STRIDE_SIDE, STRIDE_STEP
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared


def stride_lesson() -> None:
    """The lesson."""
    question(
        "Where does the stride go?",
        "A bottleneck halves the resolution on its first 1×1 (v1, the paper) or on its 3×3 (v1.5, torchvision). Which "
        "places of the input can still reach the output at all?",
    )
    with st.container(horizontal=True, gap="medium"):
        side = int(STRIDE_SIDE.slide(STRIDE_SIDE.options, at_first=STRIDE_SIDE.default))
        stride = int(STRIDE_STEP.slide(STRIDE_STEP.options, at_first=STRIDE_STEP.default))
    show_charts(*_shown(StrideSetting(side, stride)))


@shared(MAX_MEASURED)
def _shown(setting: StrideSetting) -> Shown:
    from explorer.ideas.measure.stride_place import stride_run

    run = stride_run(setting)
    return kept([LessonChart("stride", places_chart(run), places_alt_text(run), places_rows(run))], sentence(run))
