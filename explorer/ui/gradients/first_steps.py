"""First steps: what training does to the gradient, as a heat map, and to the loss."""

import pandas as pd
import streamlit as st

from explorer.charts.gradients.first_steps import first_steps_alt_text, first_steps_rows
from explorer.charts.gradients.losses import losses_alt_text, losses_rows
from explorer.gradients.quantity import Quantity
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.trend_verdicts import told
from explorer.text.typed_numbers import positive_number, whole_number
from explorer.ui.gradients.choices import QUANTITY, RATE, STEPS, VALUES
from explorer.ui.gradients.flow_downloads import file_name_of
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.measurement import first_steps
from explorer.ui.gradients.words import story_words
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import first_steps_chart, losses_chart
from explorer.ui.widgets.race_link import race_link


def steps_view(setup: FlowSetup, device: str) -> None:
    """Draw the number of steps and the learning rate, a button, the progress, and then what happened."""
    left, right = st.columns([5, 3], gap="medium")
    with right:
        story_words(setup)
    with left:
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            quantity = Quantity(QUANTITY.segmented(place="steps", labels={each: each.symbol for each in Quantity}))
            entered = STEPS.text(width=110), RATE.text(width=110)
        st.caption("Plain SGD on one batch, the first seed: nothing but the weights changes from step to step.")
        try:
            asked = whole_number(STEPS.label, entered[0]), positive_number(RATE.label, entered[1])
        except ValueError as error:
            st.warning(escaped(str(error)), icon=":material/error:")
            return
        found = first_steps(setup, device, *asked)
    if found:
        with right:
            race_link("Go on: train networks to the end")
            st.markdown(f"**What happened.**\n{bullets(told(found, setup.names))}")
        with left:
            _show(setup, found, quantity)


def _show(setup: FlowSetup, found: tuple[FirstSteps, ...], quantity: Quantity) -> None:
    chart(
        first_steps_chart(found, setup.names, quantity),
        key="steps_chart",
        alt=first_steps_alt_text(found, setup.names, quantity),
        filename=f"{file_name_of(setup)}-steps",
    )
    chart(
        losses_chart(found, setup.names),
        key="losses_chart",
        alt=losses_alt_text(found, setup.names),
        filename=f"{file_name_of(setup)}-loss",
    )
    expander = VALUES.expander()
    if expander:
        expander.dataframe(
            pd.DataFrame(first_steps_rows(found, setup.names, quantity)),
            hide_index=True,
            height=388,
            alt="The numbers of the heat maps",
        )
        expander.dataframe(
            pd.DataFrame(losses_rows(found, setup.names)), hide_index=True, height=388, alt="The losses, step by step"
        )
