"""What every lesson has: a question, controls, charts, and a computed sentence."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from explorer.ui.state.markdown import readable
from explorer.ui.state.url_control import lid
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import DrawnFigure

MAX_MEASURED = 64  # answers kept of each lesson: a class that moves the same slider asks the same thing
AS_NUMBERS = lid("as_numbers", "The numbers as a table")


def question(title: str, about: str) -> None:
    """Draw the lesson's question, and a sentence or two on what to look at."""
    st.header(title, anchor=False)
    with st.container(key="after_the_picture.about"):
        st.markdown(about)


@dataclass(frozen=True, slots=True)
class LessonChart:
    """A chart with its alternative text and its numbers."""

    key: str
    figure: Figure
    alt: str
    rows: Sequence[dict[str, Any]]
    on_pick: Callable[[Any], None] | None = None


Shown = tuple[tuple[LessonChart, ...], str]  # what ``show_charts`` takes


def kept(pictures: Iterable[LessonChart], said: str) -> Shown:
    """Returns the arguments of ``show_charts`` ready to be ``shared``: the figures are written down once."""
    drawn = (replace(each, figure=DrawnFigure(each.figure), rows=tuple(each.rows)) for each in pictures)
    return tuple(drawn), said


def show_charts(pictures: Iterable[LessonChart], said: str) -> None:
    """Draw the sentence that follows from the numbers, the charts, and on request the numbers."""
    with st.container(key="after_the_picture.words"):
        st.markdown(f"**What you see.** {readable(said)}")
    drawn = tuple(pictures)
    # One chart needs no column: each container costs every rerun as much as an element.
    places: Sequence[AbstractContextManager[object]] = (
        st.columns(len(drawn), gap="medium") if len(drawn) > 1 else [nullcontext()]
    )
    for place, each in zip(places, drawn, strict=True):
        with place:
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
            for each in drawn:
                if each.rows:
                    st.dataframe(pd.DataFrame(list(each.rows)), hide_index=True, height=300, alt=each.alt)
