"""What every lesson has: a question, controls, charts, and a computed sentence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from explorer.ui.state.markdown import readable
from explorer.ui.state.url_control import lid
from explorer.ui.widgets.chart import chart

MAX_MEASURED = 64  # answers kept of each lesson: a class that moves the same slider asks the same thing
AS_NUMBERS = lid("as_numbers", "The numbers as a table")


def question(title: str, about: str) -> None:
    """Draw the lesson's question, and a sentence or two on what to look at."""
    st.header(title, anchor=False)
    st.markdown(about)


@dataclass(frozen=True, slots=True)
class LessonChart:
    """A chart with its alternative text and its numbers."""

    key: str
    figure: Figure
    alt: str
    rows: Iterable[dict[str, Any]]
    on_pick: Callable[[Any], None] | None = None


def show_charts(pictures: Iterable[LessonChart], said: str) -> None:
    """Draw the sentence that follows from the numbers, the charts, and on request the numbers."""
    st.markdown(f"**What you see.** {readable(said)}")
    drawn = tuple(pictures)
    for column, each in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
        with column:
            draw_chart(each)
    numbers_table(drawn)


def draw_chart(each: LessonChart) -> None:
    """Draw one chart with its download buttons."""
    chart(each.figure, key=f"idea_{each.key}", alt=each.alt, filename=f"idea-{each.key}", on_pick=each.on_pick)


def numbers_table(drawn: Iterable[LessonChart]) -> None:
    """Draw the charts' numbers, if the reader wants them."""
    expander = AS_NUMBERS.expander()
    if expander:
        with expander:
            for rows, each in ((list(each.rows), each) for each in drawn):
                if not rows:
                    continue
                st.dataframe(pd.DataFrame(rows), hide_index=True, height=300, alt=each.alt)
