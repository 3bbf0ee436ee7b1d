"""Nothing that a link brings along may format, link or fetch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.text import plain


@pytest.mark.parametrize(
    "text", ["![x](https://example.org/x.png)", "[a](b)", "`code`", "<img src=x>", ":smile:", "$x$"]
)
def test_what_markdown_would_act_on_is_escaped(text: str) -> None:
    assert not re.search(r"(?<!\\)[\[\]()`<>:$!]", plain(text))


@given(st.text(max_size=200))
def test_only_backslashes_are_added(text: str) -> None:
    assert re.sub(r"\\([\\`*_{}\[\]()#!|<>~$:])", r"\1", plain(text)) == text
