"""Nothing that a link brings along may format, link or fetch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.state.markdown import escaped, unbroken


@pytest.mark.parametrize(
    "text", ["![x](https://example.org/x.png)", "[a](b)", "`code`", "<img src=x>", ":smile:", "$x$"]
)
def test_what_markdown_would_act_on_is_escaped(text: str) -> None:
    assert not re.search(r"(?<!\\)[\[\]()`<>:$!]", escaped(text))


@given(st.text(max_size=200))
def test_only_backslashes_are_added(text: str) -> None:
    assert re.sub(r"\\([\\`*_{}\[\]()#!|<>~$:])", r"\1", escaped(text)) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("from 11.3 M to 143 MiB", "from 11.3_M to 143_MiB"),
        ("899 px, 3.4 ms", "899_px, 3.4_ms"),
        ("3 Macs and 4 M", "3 Macs and 4_M"),
        ("stage 4 Pads", "stage 4 Pads"),
    ],
)
def test_an_amount_keeps_its_unit_on_the_line(text: str, kept: str) -> None:
    assert unbroken(text) == kept.replace("_", "\N{NO-BREAK SPACE}")
