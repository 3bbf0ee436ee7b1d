"""A hello-world page with as many charts as its address says: ``?plotly_chart=2&dataframe=1``."""

from collections.abc import Callable, Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st


def _plotly(number: int) -> None:
    st.plotly_chart(go.Figure(go.Bar(y=[1, 2, 3])), key=f"plotly {number}")


def _frame(number: int) -> None:
    st.dataframe(pd.DataFrame({"hello": [1, 2, number]}))


def _bars(number: int) -> None:
    st.bar_chart(pd.DataFrame({"hello": [1, 2, number]}))


def _component(number: int) -> None:
    st.components.v2.component("hello", html="<p>Hello</p>")(key=f"component {number}")


def _html(number: int) -> None:
    st.html(f"<p>Hello {number}</p>")


# By the names that Streamlit's protocol gives to elements.
CHARTS: Mapping[str, Callable[[int], None]] = {
    "plotly_chart": _plotly,
    "vega_lite_chart": _bars,
    "dataframe": _frame,
    "bidi_component": _component,
    "html": _html,
}


def main() -> None:
    """The page."""
    st.title("Hello, world")
    for kind, draw in CHARTS.items():
        for number in range(int(st.query_params.get(kind, "0"))):
            draw(number)


if __name__ == "__main__":
    main()
