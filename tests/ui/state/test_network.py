"""What readers are told when what they entered, or a link brought, is no network."""

import re

import pytest
from streamlit.testing.v1 import AppTest

PAGE = """
from dataclasses import replace

import streamlit as st

from explorer.ui.state import network as state

config = state.open_network()
if st.button("edit"):
    state.attempt("image_size", lambda: replace(config, image_size=5000))
problem = state.problem()
st.text(problem.message if problem else "no problem")
"""


def page(net: str) -> AppTest:
    opened = AppTest.from_string(PAGE, default_timeout=60)
    opened.query_params["net"] = net
    return opened.run()


def said(shown: AppTest) -> str:
    assert not shown.exception
    return str(shown.text[0].value)


def test_a_good_link_is_no_problem() -> None:
    assert said(page("resnet18")) == "no problem"


@pytest.mark.parametrize(
    ("net", "words"),
    [
        ("resnet50~image_size-5000", "Image size is 5000: it must be a whole number from 1 to 2,048."),
        ("resnet50~widths-64.0.8.8", "Width of each stage is 0: it must be a whole number from 1 to 4,096."),
        ("resnet50~in_channels-x", "Image channels is 'x': it must be a whole number"),
        ("resnet50~image_size-8", "already 1×1"),
    ],
)
def test_a_link_is_refused_in_the_pages_words(net: str, words: str) -> None:
    message = said(page(net))
    assert message.startswith(f"This link's network cannot be shown. {words}") or words in message
    assert "image_size" not in message
    assert "1x1" not in message


@pytest.mark.parametrize("net", ["nonsense", "resnet50~depth-50", "resnet50~shortcut-Z", "resnet50~conv_bias-maybe"])
def test_a_bad_link_is_told_what_is_wrong_what_is_allowed_and_what_is_shown(net: str) -> None:
    message = said(page(net))
    assert re.search(r"'(nonsense|depth-50|Z|maybe)'", message)
    assert re.search(r"Did you mean ResNet|Those are: Block;|it must be (one of|on or off)", message)
    assert message.endswith("Showing ResNet-50, v1.5 instead.")
    assert not re.search(r"[a-z]_[a-z]|PRESETS|\bresnet50\b", message)


def test_an_edit_is_refused_in_the_same_words() -> None:
    shown = page("resnet18")
    message = said(shown.button[0].click().run())
    assert message == "Image size is 5000: it must be a whole number from 1 to 2,048."
