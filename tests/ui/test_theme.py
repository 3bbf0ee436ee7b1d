"""The theme's colours have the contrast that WCAG 2.2 asks for, wherever Streamlit puts one on another."""

import re
import tomllib
from pathlib import Path

import pytest

from explorer.charts.palette import contrast

ROOT = Path(__file__).parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
PAGE_CSS = (ROOT / "explorer" / "ui" / "widgets" / "page.css").read_text(encoding="utf-8")
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")
SCHEMES = ("light", "dark")
WORDS, SHAPES = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
CAPTION, CHOSEN = 0.6, 0.1  # opacity of the text's colour in a caption, of the primary colour under a chosen option


def mixed(colour: str, ground: str, opacity: float) -> str:
    """The colour that a translucent one has on a ground."""
    pairs = [(int(colour[start : start + 2], 16), int(ground[start : start + 2], 16)) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(opacity * over + (1 - opacity) * under):02X}" for over, under in pairs)


def on_primary(scheme: str) -> str:
    """The colour of words on the primary colour, from the page's style sheet."""
    selector = r'\[data-testid="stBaseButton-primary"\][^{]*\{ color: light-dark\((#\w{6}), (#\w{6})\)'
    found = re.search(selector, PAGE_CSS)
    assert found
    return found[1 + SCHEMES.index(scheme)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_on_each_ground(scheme: str, ground: str) -> None:
    theme = THEME[scheme]
    below = theme[ground]
    for words in ("textColor", "linkColor", "primaryColor"):
        assert contrast(theme[words], below) >= WORDS, words
    assert contrast(mixed(theme["textColor"], below, CAPTION), below) >= WORDS
    assert contrast(theme["primaryColor"], mixed(theme["primaryColor"], below, CHOSEN)) >= WORDS


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_can_be_read_on_a_primary_button(scheme: str) -> None:
    assert contrast(on_primary(scheme), THEME[scheme]["primaryColor"]) >= WORDS


@pytest.mark.parametrize("scheme", SCHEMES)
def test_code_can_be_read(scheme: str) -> None:
    pairs = re.findall(r"stCode[^{]*\{ color: light-dark\((#\w{6}), (#\w{6})\)", PAGE_CSS)
    assert len(pairs) == 4
    for pair in pairs:
        assert contrast(pair[SCHEMES.index(scheme)], THEME[scheme]["secondaryBackgroundColor"]) >= WORDS, pair


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_switch_is_seen_on_its_track(scheme: str) -> None:
    assert contrast("#FFFFFF", THEME[scheme]["primaryColor"]) >= SHAPES
