"""The words beside the charts: what people say and where to look, then what was measured."""

import streamlit as st

from explorer.gradients.advice import advice
from explorer.gradients.conditions import shared_condition
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.verdict import THRESHOLDS, conclusion, finding
from explorer.ui.gradients.choices import NET, PREDICT
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.prediction import answer_to_prediction
from explorer.ui.state import network
from explorer.ui.state.markdown import escaped


def story_words(setup: FlowSetup) -> None:
    """Draw the story's claim and what to look at; a setting of one's own has no story."""
    story = setup.story
    if story:
        st.markdown(
            f"**People say.** “{escaped(story.claim)}”\n\n**Look at.** {escaped(story.look_for)}\n\n"
            f":small[:gray[{escaped(story.source)}]]"
        )
    else:
        st.markdown("**Your own setting.** Two networks that differ in one choice only, with the same weights.")
    PREDICT.toggle()


def outcome(setup: FlowSetup, found: tuple[FlowBand, ...]) -> None:
    """Say what happened, from the measured numbers, and what to try next."""
    first, second = (finding(band, name) for band, name in zip(found, setup.names, strict=True))
    where = shared_condition(found[0].config, found[1].config, setup.source)
    own = first if found[0].config == setup.config else second
    answer = answer_to_prediction(setup, own)
    if answer:
        st.info(escaped(answer), icon=":material/psychology_alt:")
    concluded = conclusion(first.verdict, second.verdict, setup.contrast.change, where)
    claim = setup.story.answer(first.verdict, second.verdict) if setup.story else ""
    said = [
        f"**What happened.**\n- {escaped(first.sentence)}\n- {escaped(second.sentence)}",
        f"**{escaped(f'{concluded} {claim}'.rstrip())}**",
        f":small[:gray[Click a block in a chart to see what happens there. {escaped(THRESHOLDS)}]]",
    ]
    suggestion = advice(setup.config, own.verdict)
    if suggestion:
        said.append(f"**What to try.** {escaped(suggestion[0])}")
    st.markdown("\n\n".join(said))
    if suggestion:
        st.button(
            "Try it",
            key="flow.try",
            icon=":material/play_arrow:",
            on_click=network.attempt,
            args=("try", lambda: suggestion[1], NET),
        )
