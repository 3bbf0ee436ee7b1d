"""The networks' numbers side by side: one row for each number, one column for each network."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.compare.published_accuracy import Published, published, published_gains
from explorer.compare.sentences import difference_sentence, explanation, headline
from explorer.network.architecture import Architecture
from explorer.network.names import spoken
from explorer.network.receptive_field import field_difference
from explorer.text.quantities import listed
from explorer.ui.compare.choices import NOTHING
from explorer.ui.state.caching import replayed, shared
from explorer.ui.state.markdown import escaped, unbroken

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def overview(archs: tuple[Architecture, ...], names: tuple[str, ...]) -> None:
    """Draw title, words and numbers; with two networks the numbers stand beside the words."""
    shown = names if len(names) == 2 else [spoken(arch.config) for arch in archs]  # names can have commas of their own
    st.header(f"{shown[0]} against {listed(shown[1:])}", anchor=False)
    with st.container(key="after_the_picture"):
        if len(archs) == 2:
            left, right = st.columns([1, 1], gap="medium")
            with left:
                _words(archs)
            with right:
                _sheet(archs, names)
        else:
            _words(archs)
            _sheet(archs, names)


def _words(archs: tuple[Architecture, ...]) -> None:
    """Say how each network's numbers come to differ from the first's."""
    st.markdown(_said(archs))


@shared(32)
def _said(archs: tuple[Architecture, ...]) -> str:
    first, *others = archs
    said = [difference_sentence(first, other) for other in others]
    if len(others) == 1:
        gains = published_gains(first.config, others[0].config)
        lines = (
            *explanation(first, others[0]),
            field_difference(first, others[0]),
            gains.sentence if gains else "",
        )
        said += [f"- {line}" for line in lines if line]
    return unbroken("\n\n".join(said))


def _sheet(archs: tuple[Architecture, ...], names: tuple[str, ...]) -> None:
    """Draw the five numbers with their ratios to the first network's, and published results where there are any."""
    numbers, footnotes = _numbers(archs, names)
    replayed(
        ("sheet", [arch.config for arch in archs], names),
        lambda: st.table(numbers, width="content", alt="The networks' numbers, and published results"),
    )
    if footnotes:
        st.caption(f"Published results: {footnotes}")


@shared(32)
def _numbers(archs: tuple[Architecture, ...], names: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
    lines = {row.label: [_cell(*pair) for pair in zip(row.values, row.ratios, strict=True)] for row in headline(archs)}
    results = [published(arch.config) for arch in archs]
    notes = list(dict.fromkeys(result.remark for each in results for result in each))
    for measure in dict.fromkeys(result.measure for each in results for result in each):
        cited = [[_cited(result, notes) for result in each if result.measure == measure] for each in results]
        lines[measure] = [" · ".join(cell) or NOTHING for cell in cited]
    footnotes = " ".join(f"{_raised(number)} {escaped(note)}." for number, note in enumerate(notes, start=1))
    return pd.DataFrame(lines.values(), index=list(lines), columns=list(names)), footnotes


def _cell(value: str, ratio: str) -> str:
    return f"**{value}** · {ratio}" if ratio else f"**{value}**"


def _cited(result: Published, notes: Sequence[str]) -> str:
    return f"[{result.accuracy}]({result.url}){_raised(notes.index(result.remark) + 1)}"


def _raised(number: int) -> str:
    return str(number).translate(_RAISED)
