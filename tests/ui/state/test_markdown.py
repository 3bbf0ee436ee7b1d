"""Nothing that a link brings along may format, link or fetch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.state.markdown import JOINER, escaped, unbroken
from tests.ui.state.hostile import TEXTS


@pytest.mark.parametrize(
    "text", ["![x](https://example.org/x.png)", "[a](b)", "`code`", "<img src=x>", ":smile:", "$x$"]
)
def test_what_markdown_would_act_on_is_escaped(text: str) -> None:
    assert not re.search(r"(?<!\\)[\[\]()`<>:$!]", escaped(text))


@given(st.text(max_size=200))
def test_only_what_cannot_be_seen_is_added(text: str) -> None:
    """Backslashes, and a joiner without width; a break of the line becomes a blank."""
    shown = re.sub(r"\\([\\`*_{}\[\]()#!|<>~$:&.=+-])", r"\1", escaped(text)).replace(JOINER, "")
    assert shown == re.sub("[\0-\x20\x7f-\x9f\u2028\u2029]+", " ", text).replace(JOINER, "")


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_stays_that_is_looked_for_once_markdown_is_read(text: str) -> None:
    """Addresses and icons, where a backslash does not help; ``tests/browser`` looks at what a browser makes of all."""
    assert not re.search(
        r"(https?|mailto|xmpp)\\?:\w|\\?:/|:material|:streamlit|www\.|@\w", escaped(text), re.IGNORECASE
    )
    assert "\n" not in escaped(text)


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
