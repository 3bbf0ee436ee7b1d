"""The six shortcuts on one real feature map."""

import streamlit as st

from explorer.charts.ideas.six_shortcuts import channels_alt_text, channels_chart, channels_rows
from explorer.ideas.six_shortcuts import SHORTCUT_NAMES, ShortcutSetting, sentence
from explorer.network.options import Shortcut
from explorer.ui.ideas.choices import CHANGES, SHORTCUT
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared


def shortcuts_lesson() -> None:
    """The lesson."""
    question(
        "What does a shortcut do where the shape changes?",
        "Four handwritten digits are the channels of one feature map. The block halves the resolution and doubles the "
        "channels: six ways to carry the input past it.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = Shortcut(SHORTCUT.segmented(labels={each: SHORTCUT_NAMES[each] for each in Shortcut}))
        changes = CHANGES.toggle()
    show_charts(*_shown(ShortcutSetting(chosen, changes)))


@shared(MAX_MEASURED)
def _shown(setting: ShortcutSetting) -> Shown:
    from explorer.ideas.measure.six_shortcuts import shortcut_run

    run = shortcut_run(setting)
    return kept(
        [LessonChart("shortcut", channels_chart(run), channels_alt_text(run), channels_rows(run))], sentence(run)
    )
