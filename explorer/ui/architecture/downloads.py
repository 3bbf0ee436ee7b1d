"""The layer table and the network's Python file as downloads."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.export.tables import to_csv, to_json, to_python
from explorer.network.architecture import Architecture
from explorer.network.links import file_name
from explorer.ui.architecture.choices import FILES


def downloads(arch: Architecture) -> None:
    """Buttons for CSV, JSON and Python, and the Python file to read here.

    Files are written when somebody asks for them, not at every run of the page.
    """
    name = file_name(arch.config)
    module = name.replace("-", "_").replace(".", "_")
    files: tuple[tuple[str, Callable[[Architecture], str], str, str], ...] = (
        ("Layers as CSV", to_csv, f"{name}.csv", "text/csv"),
        ("Layers as JSON", to_json, f"{name}.json", "application/json"),
        ("PyTorch file", lambda arch: to_python(arch.config), f"{module}.py", "text/x-python"),
    )
    expander = FILES.expander()
    if expander:
        with expander:
            with st.container(horizontal=True, gap="small"):
                for label, write, filename, mime in files:
                    st.download_button(label, partial(_encoded, write, arch), filename, mime, on_click="ignore")
            st.code(to_python(arch.config), "python", line_numbers=True, height=480)


def _encoded(write: Callable[[Architecture], str], arch: Architecture) -> bytes:
    """Returns the file's bytes; a CSV gets the UTF-8 signature that spreadsheets need."""
    return write(arch).encode("utf-8-sig" if write is to_csv else "utf-8")
