"""The words beside the charts: what people say and where to look, then what was measured."""

from dataclasses import dataclass

import streamlit as st

from explorer.gradients.advice import advice
from explorer.gradients.conditions import shared_condition
from explorer.gradients.paired_networks import Contrast
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import InputSource
from explorer.gradients.verdict import THRESHOLDS, FlowFinding, Verdict, conclusion, finding
from explorer.network.config import ResNetConfig
from explorer.ui.gradients.choices import NET, PREDICT
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.prediction import answer_to_prediction
from explorer.ui.state import network
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.widgets.figure_cache import MAX_FIGURES

_HOW_TO_READ = f":small[:gray[Click a block in a chart to see what happens there. {escaped(THRESHOLDS)}]]"


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


@dataclass(frozen=True, slots=True)
class _Said:
    """What follows from a measurement: a verdict on each network, what both mean in markdown, and what to try next."""

    verdicts: tuple[Verdict, Verdict]
    own: FlowFinding
    findings: str
    conclusion: str
    advice: tuple[str, ResNetConfig] | None


@shared(MAX_FIGURES)
def _said(
    config: ResNetConfig, contrast: Contrast, source: InputSource, names: tuple[str, ...], found: tuple[FlowBand, ...]
) -> _Said:
    first, second = (finding(band, name) for band, name in zip(found, names, strict=True))
    where = shared_condition(found[0].config, found[1].config, source)
    own = first if found[0].config == config else second
    suggestion = advice(config, own.verdict)
    return _Said(
        (first.verdict, second.verdict),
        own,
        f"**What happened.**\n{bullets([first.sentence, second.sentence])}",
        conclusion(first.verdict, second.verdict, contrast.change, where),
        suggestion and (f"**What to try.** {escaped(suggestion[0])}", suggestion[1]),
    )


def outcome(setup: FlowSetup, found: tuple[FlowBand, ...]) -> None:
    """Say what happened, from the measured numbers, and what to try next."""
    said = _said(setup.config, setup.contrast, setup.source, setup.names, found)
    answer = answer_to_prediction(setup, said.own)
    if answer:
        st.info(escaped(answer), icon=":material/psychology_alt:")
    claim = setup.story.answer(*said.verdicts) if setup.story else ""
    paragraphs = [said.findings, f"**{escaped(f'{said.conclusion} {claim}'.rstrip())}**", _HOW_TO_READ]
    if said.advice is None:
        st.markdown("\n\n".join(paragraphs))
    else:
        words, suggested = said.advice
        st.markdown("\n\n".join([*paragraphs, words]))
        st.button(
            "Try it",
            key="flow.try",
            icon=":material/play_arrow:",
            on_click=network.attempt,
            args=("try", lambda: suggested, NET),
        )
