"""A hello-world page with as many charts and other elements as its address says: ``?dataframe=1&metric=5``."""

from collections.abc import Callable, Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st


def _plotly(number: int) -> None:
    st.plotly_chart(go.Figure(go.Bar(y=[1, 2, 3])), key=f"plotly {number}")


def _frame(number: int) -> None:
    st.dataframe(pd.DataFrame({"hello": [1, 2, number]}))


def _table(number: int) -> None:
    st.table(pd.DataFrame({"hello": [1, 2, number]}))


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
    "table": _table,
    "bidi_component": _component,
    "html": _html,
}
OTHERS: Mapping[str, Callable[[int], object]] = {
    "selectbox": lambda number: st.selectbox("Hello", ["a", "b", "c"], key=f"selectbox {number}"),
    "text_area": lambda number: st.text_area("Hello", "world", key=f"text_area {number}"),
    "file_uploader": lambda number: st.file_uploader("Hello", key=f"file_uploader {number}"),
    "slider": lambda number: st.select_slider("Hello", ["a", "b", "c"], key=f"slider {number}"),
    "text_input": lambda number: st.text_input("Hello", "world", key=f"text_input {number}"),
    "checkbox": lambda number: st.toggle("Hello", key=f"checkbox {number}"),
    "button": lambda number: st.button("Hello", key=f"button {number}"),
    "button_group": lambda number: st.pills("Hello", ["a", "b", "c"], key=f"pills {number}"),
    "multiselect": lambda number: st.multiselect("Hello", ["a", "b", "c"], key=f"multiselect {number}"),
    "download_button": lambda number: st.download_button("Hello", "world", key=f"download {number}"),
    "metric": lambda number: st.metric("Hello", number, border=True),
    "heading": lambda number: st.subheader(f"Hello {number}"),
    "alert": lambda number: st.info(f"Hello {number}"),
    "code": lambda number: st.code(f"hello = {number}"),
    "markdown": lambda number: st.markdown(f"Hello {number}"),
    "container": lambda _: st.container(),
}


def main() -> None:
    """The page."""
    st.title("Hello, world")
    for kind, draw in {**CHARTS, **OTHERS}.items():
        for number in range(int(st.query_params.get(kind, "0"))):
            draw(number)


if __name__ == "__main__":
    main()
