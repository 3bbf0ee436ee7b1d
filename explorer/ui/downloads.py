"""The layer table, the Python file and the link, to take away."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.arithmetic import Architecture
from explorer.export import to_csv, to_json, to_python
from explorer.presets import to_url
from explorer.ui.copy_link import copy_link


def downloads(arch: Architecture) -> None:
    """Buttons for CSV, JSON and Python, the link, and the Python file to read here.

    Files are written when somebody asks for them, not at every run of the page.
    """
    name = to_url(arch.config).replace("~", "-")
    module = name.replace("-", "_").replace(".", "_")
    files: tuple[tuple[str, Callable[[Architecture], str], str, str], ...] = (
        ("Layers as CSV", to_csv, f"{name}.csv", "text/csv"),
        ("Layers as JSON", to_json, f"{name}.json", "application/json"),
        ("PyTorch file", lambda arch: to_python(arch.config), f"{module}.py", "text/x-python"),
    )
    with st.container(horizontal=True, gap="small", key="downloads"):
        copy_link(key="copy_link")
        for label, write, filename, mime in files:
            st.download_button(label, partial(_encoded, write, arch), filename, mime, on_click="ignore")
    reader = st.expander("Read the PyTorch file", key="code", on_change="rerun", bind="query-params")
    if reader.open:
        with reader:
            st.code(to_python(arch.config), "python", line_numbers=True)


def _encoded(write: Callable[[Architecture], str], arch: Architecture) -> bytes:
    """The file's bytes; spreadsheets know UTF-8 by its signature, everything else expects none."""
    return write(arch).encode("utf-8-sig" if write is to_csv else "utf-8")
