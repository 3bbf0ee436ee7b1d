"""Predict first: the reader says what will be measured before it is shown, and is then told how it was."""

import streamlit as st

from explorer.gradients.conditions import BEFORE
from explorer.gradients.verdict import FlowFinding, Verdict, reply
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.ui.gradients.choices import PREDICT
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held

_GUESSES = "flow.guesses"  # in the session, by network: each is asked for once
_NO_GUESS = ""
_MAX_GUESSES = 50
_OPTIONS = {Verdict.VANISHES: "It vanishes", Verdict.HEALTHY: "It is healthy", Verdict.EXPLODES: "It explodes"}


def predicted(setup: FlowSetup) -> bool:
    """Ask for a prediction if the reader turned that on; returns whether the measurement may be shown."""
    if not PREDICT.on or _key(setup) in held(_GUESSES):
        return True
    st.markdown(
        f"**Predict.** {escaped(name_of(setup.config))}: what happens to the gradient from the last block to the stem, "
        f"{BEFORE}?"
    )
    with st.container(horizontal=True, gap="small"):
        for verdict, label in _OPTIONS.items():
            st.button(label, key=f"guess.{verdict.name}", on_click=_guess, args=(setup, str(verdict)))
        st.button("Just show me", key="guess.none", type="tertiary", on_click=_guess, args=(setup, _NO_GUESS))
    return False


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
