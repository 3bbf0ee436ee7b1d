"""Convolution arithmetic: one window on a small map, then a chain of layers and the shortcut that fits beside it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.charts.ideas.chain import chain_alt_text, chain_chart, chain_rows
from explorer.charts.ideas.window_grid import grid_alt_text, grid_chart, grid_rows
from explorer.ideas.chain import ChainSetting
from explorer.ideas.chain_shortcuts import chain_sentence
from explorer.ideas.grid import GridSetting, grid_sentence
from explorer.ideas.window import Window
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import whole_number
from explorer.ui.ideas.choices import CELL_COLUMN, CELL_ROW, CHAIN, GRID, INPUT_SIDE
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, draw_chart, kept, numbers_table, question
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped, readable


def chain_lesson() -> None:
    """The lesson."""
    question(
        "How large is the output?",
        "A window moves over a map. Kernel, stride, padding and dilation decide where it stops; click a cell of the "
        "output to see what it reads. Below: a chain of layers, and the shortcut that fits beside it.",
    )
    drawn = [each for each in (_grid(), _chain()) if each]
    numbers_table(drawn)


def _grid() -> LessonChart | None:
    with st.container(horizontal=True, gap="medium"):
        side, kernel, stride, padding, dilation = (int(control.slide(control.options)) for control in GRID)
    try:
        most = Window(kernel, stride, padding, dilation).output(side)
        cell = _cell(most)
        setting = GridSetting(side, kernel, stride, padding, dilation, *cell)
    except Refusal as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return None
    return _draw(*_shown_grid(setting, most))


def _draw(pictures: Sequence[LessonChart], said: str) -> LessonChart:
    (picture,) = pictures
    draw_chart(picture)
    st.markdown(f"**What you see.** {readable(said)}")
    return picture


def _cell(most: int) -> tuple[int, int]:
    """Draw the sliders for the output's cell to look at; a click in the chart moves them, too."""
    if most == 1:
        return 1, 1
    options = [str(number) for number in range(1, most + 1)]
    with st.container(horizontal=True, gap="medium", key="setting.cell"):
        row, column = (int(control.slide(options)) for control in (CELL_ROW, CELL_COLUMN))
    return row, column


def _choose(picked: Any) -> None:
    CELL_ROW.put(str(picked[0]))
    CELL_COLUMN.put(str(picked[1]))


def _chain() -> LessonChart | None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        entered = INPUT_SIDE.text(width=140)
        text = CHAIN.text(width=420)
    try:
        setting = ChainSetting(whole_number("Side of the input", entered), text)
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return None
    return _draw(*_shown_chain(setting))


def _witness(seen: int, computed: int) -> str:
    agrees = "agrees" if seen == computed else "DISAGREES"
    return f"nn.Conv2d itself {agrees}: {seen:,}×{seen:,}."


@shared(MAX_MEASURED)
def _shown_grid(setting: GridSetting, most: int) -> Shown:
    from explorer.ideas.measure.chain import torch_grid_side

    said = f"{grid_sentence(setting)} {_witness(torch_grid_side(setting), most)}"
    drawn = LessonChart("grid", grid_chart(setting), grid_alt_text(setting), grid_rows(setting), _choose)
    return kept([drawn], said)


@shared(MAX_MEASURED)
def _shown_chain(setting: ChainSetting) -> Shown:
    from explorer.ideas.measure.chain import torch_sides

    said = f"{chain_sentence(setting)} {_witness(torch_sides(setting).sides[-1], setting.sides[-1])}"
    drawn = LessonChart("chain", chain_chart(setting), chain_alt_text(setting), chain_rows(setting))
    return kept([drawn], said)
