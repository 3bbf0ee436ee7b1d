"""The measurement to take away: as CSV, and as a short Python file that measures it again."""

from functools import partial

import streamlit as st

from explorer.gradients.export import flow_csv, to_script
from explorer.gradients.values import FlowBand
from explorer.network.links import file_name
from explorer.ui.gradients.flow_setup import FlowSetup


def file_name_of(setup: FlowSetup) -> str:
    """What files about this measurement are called, without an ending."""
    return f"gradient-{file_name(setup.config)}-{setup.contrast}"


def flow_downloads(setup: FlowSetup, device: str, found: tuple[FlowBand, ...]) -> None:
    """Buttons for both files; they are written when somebody asks for them."""
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
