"""The measurement as CSV, and a short Python file that measures it again."""

from functools import partial

import streamlit as st

from explorer.gradients.export import flow_csv, to_script
from explorer.gradients.seed_bands import FlowBand
from explorer.network.links import file_name
from explorer.ui.gradients.flow_setup import FlowSetup


def file_name_of(setup: FlowSetup) -> str:
    """Returns the name of downloads about this measurement, without an ending."""
    return f"gradient-{file_name(setup.config)}-{setup.contrast}"


def flow_downloads(setup: FlowSetup, device: str, found: tuple[FlowBand, ...]) -> None:
    """Draw the buttons for both files, which are written only when somebody asks for them."""
    name = file_name_of(setup)
    script = partial(to_script, setup.configs, setup.names, seeds=setup.seeds, batch_size=setup.batch_size,
                     device=device, source=setup.source)  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Measurements as CSV",
            lambda: flow_csv(found, setup.names).encode("utf-8-sig"),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            "Python file that measures this",
            lambda: script().encode(),
            f"{name.replace('-', '_').replace('.', '_')}.py",
            "text/x-python",
            on_click="ignore",
        )
