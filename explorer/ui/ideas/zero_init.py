"""Zero-init residual: a block that starts as its shortcut."""

import streamlit as st

from explorer.charts.ideas.zero_init import (
    distance_alt_text,
    distance_chart,
    gradients_alt_text,
    gradients_chart,
    zero_init_rows,
)
from explorer.ideas.zero_init import ZeroInitSetting, sentence
from explorer.network.options import Block
from explorer.ui.ideas.choices import GAMMA, ZERO_BLOCK
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared
from explorer.ui.widgets.race_link import race_link


def zero_init_lesson() -> None:
    """The lesson."""
    question(
        "What if a block starts as nothing?",
        "The last norm of each block has a scale γ. At 0 the branch adds nothing, and the block is its shortcut. Move "
        "γ and watch the output and the gradients.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        block = Block(ZERO_BLOCK.segmented())
    gamma = float(GAMMA.slide(GAMMA.options))
    show_charts(*_shown(ZeroInitSetting(block, gamma)))
    race_link("Does it train faster? Race with zero-init", race_zero_init="true")


@shared(MAX_MEASURED)
def _shown(setting: ZeroInitSetting) -> Shown:
    from explorer.ideas.measure.zero_init import zero_init_run

    run = zero_init_run(setting)
    return kept(
        [
            LessonChart("distance", distance_chart(run), distance_alt_text(run), zero_init_rows(run)),
            LessonChart("gradients", gradients_chart(run), gradients_alt_text(run), ()),
        ],
        sentence(run),
    )
