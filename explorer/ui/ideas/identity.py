"""Why is x + F(x) easier than F(x)? Both trained while one looks."""

import streamlit as st

from explorer.charts.ideas.identity import (
    identity_losses_alt_text,
    identity_losses_chart,
    identity_losses_rows,
    weights_alt_text,
    weights_chart,
    weights_rows,
)
from explorer.ideas.identity import Form, IdentitySetting, Target
from explorer.ideas.identity_words import sentence
from explorer.ui.ideas.choices import DISTANCE, FORM, LEARNING, SCALE, TARGET, TRAINING
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared
from explorer.ui.widgets.race_link import race_link


def identity_lesson() -> None:
    """The lesson."""
    question(
        "Why is x + F(x) easier than F(x)?",
        "Both forms learn the same map H from the same small weights on the same data. Where H is near the identity, "
        "the residual form has next to nothing to learn. Move H away, or to −x, and see who wins.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        target = TARGET.segmented(labels={each: each.label for each in Target})
        form = FORM.segmented(place="setting", labels={each: each.label for each in Form})
    with st.container(horizontal=True, gap="medium", key="short_row.identity"):
        moved = [control.slide(control.options) for control in (DISTANCE, SCALE, LEARNING, TRAINING)]
    distance, scale, rate = map(float, moved[:3])
    show_charts(*_shown(IdentitySetting(Target(target), Form(form), distance, scale, rate, int(moved[3]))))
    race_link("Real networks, trained: plain and residual")


@shared(MAX_MEASURED)
def _shown(setting: IdentitySetting) -> Shown:
    from explorer.ideas.measure.identity import identity_run

    run = identity_run(setting)
    return kept(
        [
            LessonChart("losses", identity_losses_chart(run), identity_losses_alt_text(run), identity_losses_rows(run)),
            LessonChart("weights", weights_chart(run), weights_alt_text(run), weights_rows(run)),
        ],
        sentence(run),
    )
