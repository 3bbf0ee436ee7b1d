"""A plotly chart with an alternative text and download buttons."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_SAVE = st.components.v2.component(
    "resnet_explorer_save_chart",
    html='<span class="save" role="group"></span>',
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("figure_file.js", "chart.js")),
)


def chart(
    figure: Figure,
    *,
    key: str,
    alt: str,
    filename: str,
    on_pick: Callable[[Any], None] | None = None,
    on_unpick: Callable[[], None] | None = None,
    legend: Sequence[tuple[str, str]] = (),
) -> None:
    """Draw the chart, with buttons that save it as PNG and SVG called ``filename``, and one for the full screen.

    A file has the page's heading over the chart, and below it the source and, for a chart that has none itself, a
    ``legend`` of colours and words.
    ``on_pick`` gets the ``customdata`` of a clicked point; ``on_unpick`` is called when none is chosen any more.
    """
    if on_pick is None:
        st.plotly_chart(figure, key=key, alt=alt)
    else:
        picked = on_pick

        def clicked() -> None:
            points = st.session_state[key].selection.points
            if points and points[0].get("customdata") is not None:
                picked(points[0]["customdata"])
            elif on_unpick is not None:
                on_unpick()

        st.plotly_chart(figure, key=key, alt=alt, on_select=clicked, selection_mode="points")
    _SAVE(key=f"{key}.save", data=packed({"chart": key, "filename": filename, "legend": list(legend)}))
