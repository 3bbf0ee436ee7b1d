"""The layer table, the Python file and the link, to take away."""

import streamlit as st

from explorer.arithmetic import Architecture
from explorer.export import to_csv, to_json, to_python
from explorer.presets import to_url
from explorer.ui.copy_link import copy_link


def downloads(arch: Architecture) -> None:
    """Buttons for CSV, JSON and Python, the link, and the Python file to read here."""
    name = to_url(arch.config).replace("~", "-")
    code = to_python(arch.config)
    with st.container(horizontal=True, gap="small", key="downloads"):
        copy_link(key="copy_link")
        st.download_button("Layers as CSV", lambda: to_csv(arch), f"{name}.csv", "text/csv", on_click="ignore")
        st.download_button(
            "Layers as JSON", lambda: to_json(arch), f"{name}.json", "application/json", on_click="ignore"
        )
        st.download_button(
            "PyTorch file", code, f"{name.replace('-', '_').replace('.', '_')}.py", "text/x-python", on_click="ignore"
        )
    with st.expander("Read the PyTorch file"):
        st.code(code, "python", line_numbers=True)
