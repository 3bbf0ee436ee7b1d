"""Activations: what one derivative does to a gradient, and what a product of many does."""

import pandas as pd
import streamlit as st

from explorer.charts.gradients.activations import activations_alt_text
from explorer.charts.gradients.derivative_product import product_alt_text, product_rows
from explorer.gradients.activation_functions import WEIGHTS_ASIDE, product
from explorer.network.labels import option_label
from explorer.network.options import Activation
from explorer.text.typed_numbers import whole_number
from explorer.ui.gradients.choices import ACTIVATION, LAYERS, VALUES
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.state.markdown import escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import activations_chart, product_chart

_MOST_LAYERS = 2000


def activations_view(setup: FlowSetup) -> None:
    """Draw the chosen activation among the others, and the product of its derivative over many layers."""
    config = setup.config
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        options = tuple(str(each) for each in Activation)
        labels = {name: option_label("activation", name) for name in options}
        chosen = Activation(ACTIVATION.segmented(options=options, labels=labels, at_first=str(config.activation)))
        entered = LAYERS.text(place="setting", width=110, placeholder=str(config.depth)) or str(config.depth)
    try:
        layers = whole_number(LAYERS.label, entered)
        if not 1 <= layers <= _MOST_LAYERS:
            raise ValueError(f"{LAYERS.label}: {layers:,} is out of range, take 1 to {_MOST_LAYERS:,}.")
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return
    with st.container(key="after_the_picture.product"):
        st.markdown(escaped(f"{product(chosen, layers).sentence} {WEIGHTS_ASIDE}"))
    left, right = st.columns(2, gap="medium")
    with left:
        chart(
            activations_chart(chosen), key="activations_chart", alt=activations_alt_text(chosen), filename=f"{chosen}"
        )
    with right:
        chart(
            product_chart(chosen, layers),
            key="product_chart",
            alt=product_alt_text(chosen, layers),
            filename=f"{chosen}-product",
        )
    expander = VALUES.expander()
    if expander:
        expander.dataframe(
            pd.DataFrame(product_rows(chosen, layers)), hide_index=True, height=388, alt="The numbers of the product"
        )
