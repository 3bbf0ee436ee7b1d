"""Race: networks train side by side while one watches, and sentences tell the result."""

from functools import partial

import pandas as pd
import streamlit as st

from explorer.charts.training.curves import Curves, training_alt_text, training_rows
from explorer.text.quantities import capitalised, counted
from explorer.training.curve import Axis, Measure
from explorer.training.data import DataSet
from explorer.training.effort import minutes_needed
from explorer.training.recorded import spread_like
from explorer.training.run import TrainingRun
from explorer.training.verdict import Result, reply, told
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.state.session import held
from explorer.ui.training import choices, lanes
from explorer.ui.training.race_setup import RaceSetup, choose_race
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import training_chart
from explorer.ui.widgets.job_progress import Work

_GUESS = "race.guess"
_GUESSES = "race.guesses"  # in the session, by race
GO_ON = 100  # steps
START = "Start the race"


def race_view(device: str) -> None:
    """Draw the choices, the question, the button, the curves as they grow, and the words."""
    setup = choose_race(device)
    if setup is None:
        return
    left, right = st.columns([5, 3], gap="medium")
    with left:
        choose_curves()
    with right:
        _predict(setup)
    with left:
        found = _raced(setup)
    if found:
        with left:
            show_curves(setup.names, setup.data, found)
        with right:
            _words(setup, found)


def choose_curves(axes: tuple[Axis, ...] = tuple(Axis)) -> None:
    """Draw the choices of the curves' two axes: the measure, and one of ``axes``."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        choices.MEASURE.segmented()
        choices.AXIS.segmented(options=axes)


def _raced(setup: RaceSetup) -> tuple[TrainingRun, ...] | None:
    """Returns the runs when the race is over; until then the page shows the button, or the curves so far."""
    from explorer.training.train import race

    work = Work("race", "Training", START, show=partial(show_curves, setup.names, setup.data, place="live"))
    minutes = _minutes(setup.configs, setup.recipe)
    if not work.known(setup):
        about = "less than a minute" if minutes < 1 else f"about {minutes:.0f} minutes"
        st.caption(f"{counted(setup.recipe.steps, 'step')}, {about} of one core. Others can go on meanwhile.")
    found = work.run(setup, race, setup.configs, setup.data, setup.recipe, device=setup.device, lane=lanes.LONG)
    return None if found is None else tuple(found)


def show_curves(
    names: tuple[str, ...],
    data: str,
    runs: tuple[TrainingRun, ...],
    *,
    place: str = "race",
    axes: tuple[Axis, ...] = tuple(Axis),
    until: int | None = None,
) -> None:
    """Draw the chosen measure of ``runs`` against the chosen one of ``axes``, up to a step if there is one.

    The table stands under it.
    """
    spreads = tuple(spread_like(run, Measure(choices.MEASURE.value)) for run in runs)
    curves = Curves(tuple(runs), names, DataSet(data).pictures, spreads)
    measure, axis = Measure(choices.MEASURE.value), Axis(choices.AXIS.among(axes))
    shown = curves if until is None else curves.until(until)
    chart(
        training_chart(curves, measure, axis, until),
        key=f"{place}_curves",
        alt=_alt(shown, measure),
        filename=f"race-{measure.replace(' ', '-')}",
    )
    if place == "race":
        expander = choices.VALUES.expander()
        if expander:
            expander.dataframe(
                pd.DataFrame(training_rows(shown, measure)), hide_index=True, height=388, alt=f"The {measure}"
            )


_alt = shared(64)(training_alt_text)
_minutes = shared(64)(minutes_needed)


def _predict(setup: RaceSetup) -> None:
    """Ask which network will have the lowest training loss; the answer comes with the result."""
    if len(setup.names) < 2:
        return
    st.markdown("**Predict.** Which will have the lowest *training* loss?")
    st.session_state[_GUESS] = held(_GUESSES).get(repr(setup))

    def guessed() -> None:
        held(_GUESSES)[repr(setup)] = st.session_state[_GUESS]

    st.pills("Your prediction", setup.names, key=_GUESS, on_change=guessed, label_visibility="collapsed", wrap=True)


def _words(setup: RaceSetup, found: tuple[TrainingRun, ...]) -> None:
    results = [Result(run, name) for run, name in zip(found, setup.names, strict=True)]
    guess = held(_GUESSES).get(repr(setup))
    answer = reply(guess, results) if guess else ""
    if answer:
        st.info(escaped(answer), icon=":material/psychology_alt:")
    said = told(results, setup.pairs)
    if said:
        st.markdown(f"**What happened.**\n{bullets(map(capitalised, said))}")
    st.button(
        f"Go on for {GO_ON} more",
        key="race.more",
        icon=":material/fast_forward:",
        on_click=_go_on,
        args=(setup,),
        help="The schedule begins anew for these steps.",
    )


def _go_on(setup: RaceSetup) -> None:
    legs = (*setup.recipe.legs, GO_ON)
    choices.STEPS.put(" + ".join(map(str, legs)))
