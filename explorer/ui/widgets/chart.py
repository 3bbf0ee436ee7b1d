"""A plotly chart with an alternative text and download buttons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

_HERE = Path(__file__).parent
_SAVE = st.components.v2.component(
    "resnet_explorer_save_chart",
    html='<span class="save"></span>',
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js=(_HERE / "chart.js").read_text(encoding="utf-8"),
)


def chart(figure: Figure, *, key: str, alt: str, filename: str, on_pick: Callable[[Any], None] | None = None) -> None:
    """Draw the chart, with buttons that save it as PNG and SVG called ``filename``.

    ``on_pick`` gets the ``customdata`` of a clicked point.
    """
    if on_pick is None:
        st.plotly_chart(figure, key=key, alt=alt)
    else:
        picked = on_pick

        def clicked() -> None:
            points = st.session_state[key].selection.points
            if points and points[0].get("customdata") is not None:
                picked(points[0]["customdata"])

        st.plotly_chart(figure, key=key, alt=alt, on_select=clicked, selection_mode="points")
    _SAVE(key=f"{key}.save", data={"chart": key, "filename": filename})
