"""The idea: one block whose branch the reader scales, with its shortcut and without it."""

import streamlit as st

from explorer.charts.start.one_block import LEGEND, NOTE, one_block_picture, one_block_rows
from explorer.charts.table_twin import Row
from explorer.ideas.one_block import OneBlock, sentence
from explorer.ui.start.choices import BRANCH
from explorer.ui.start.problem import verdicts
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import readable
from explorer.ui.widgets.svg_picture import svg_picture


def idea() -> None:
    """Draw what the shortcut did in the recorded runs, and one block; a click on F sets it to 0, or gives it back."""
    st.markdown(f"**The idea.** Each block adds what it learns to what it gets, x + F(x): {readable(verdicts()[1])}")
    BRANCH.slide(BRANCH.options)
    block = OneBlock(float(BRANCH.value))
    svg_picture(
        _picture(block),
        _picture(block, tall=True),
        key="one_block",
        filename="one-block",
        about=f"One block with F times {block.scale:g}, with its shortcut and without it",
        notes=(NOTE,),
        legend=LEGEND,
        on_pick=lambda _: BRANCH.put("0" if block.scale else BRANCH.default),
    )
    more = "Slide F to 0: what is left of x?" if block.scale else ""
    st.markdown(f"**What you see.** {readable(sentence(block))} {more}")


_picture = shared(32)(one_block_picture)


def block_rows() -> list[Row]:
    """Returns the block's values, a row for each place."""
    return one_block_rows(OneBlock(float(BRANCH.value)))
