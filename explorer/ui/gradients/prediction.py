"""Predict first: the reader says what will be measured before it is shown, and is then told how it was."""

from collections.abc import Sequence

import streamlit as st

from explorer.classroom.values import Poll, Question, Truth
from explorer.gradients.conditions import BEFORE
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.verdict import FlowFinding, Verdict, finding, reply
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.text.errors import Refusal
from explorer.ui.classroom.actions import ask_class
from explorer.ui.classroom.membership import leads, refuse
from explorer.ui.gradients.choices import PREDICT
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held

_GUESSES = "flow.guesses"  # in the session, by network: each is asked for once
_NO_GUESS = ""
_MAX_GUESSES = 50
_OPTIONS = {Verdict.VANISHES: "It vanishes", Verdict.HEALTHY: "It is healthy", Verdict.EXPLODES: "It explodes"}


def predicted(setup: FlowSetup, found: Sequence[FlowBand]) -> bool:
    """Ask for a prediction if the reader turned that on; returns whether what was ``found`` may be shown."""
    if not PREDICT.on or _key(setup) in held(_GUESSES):
        return True
    st.markdown(f"**Predict.** {escaped(_question(setup))}")
    with st.container(horizontal=True, gap="small"):
        for verdict, label in _OPTIONS.items():
            st.button(label, key=f"guess.{verdict.name}", on_click=_guess, args=(setup, str(verdict)))
        if leads():
            st.button("Ask the class", key="guess.class", on_click=_ask_class, args=(setup, found))
        st.button("Just show me", key="guess.none", type="tertiary", on_click=_guess, args=(setup, _NO_GUESS))
    return False


def _question(setup: FlowSetup) -> str:
    return f"{name_of(setup.config)}: what happens to the gradient from the last block to the stem, {BEFORE}?"


def _ask_class(setup: FlowSetup, found: Sequence[FlowBand]) -> None:
    """Put the question on the class's screens, with what was measured for the answer."""
    place = next(number for number, band in enumerate(found) if band.config == setup.config)
    own, options = finding(found[place], setup.names[place]), list(_OPTIONS)
    truth = Truth(options.index(own.verdict), own.sentence) if own.verdict in options else None
    try:
        ask_class(Question(Poll(_question(setup), tuple(_OPTIONS.values())), truth))
    except Refusal as refusal:
        refuse(refusal)


def answer_to_prediction(setup: FlowSetup, found: FlowFinding) -> str:
    """Returns what to say of the reader's guess; nothing where there was none."""
    guess = held(_GUESSES).get(_key(setup), _NO_GUESS) if PREDICT.on else _NO_GUESS
    return reply(Verdict(guess), found.verdict) if guess else ""


def _guess(setup: FlowSetup, verdict: str) -> None:
    guesses = held(_GUESSES)
    guesses[_key(setup)] = verdict
    for oldest in list(guesses)[:-_MAX_GUESSES]:
        del guesses[oldest]


def _key(setup: FlowSetup) -> str:
    return to_url(setup.config)
