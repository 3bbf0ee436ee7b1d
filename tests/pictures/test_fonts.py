"""Words in pictures: every sign is drawn, said by its code point, or typed another way; never an empty box."""

import string
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from explorer.pictures import fonts
from explorer.pictures.fonts import font_for, printable, step, width_of, wrapped, write


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("café naïve\u2009Ångström", "café naïve Ångström"),
        ("cafe\u0301", "café"),
        ("  two\n\tlines ", "two lines"),
        ("قطة", "[U+0642 U+0637 U+0629]"),
        ("a แมว b", "a [U+0E41 U+0E21 U+0E27] b"),
        ("null\0\ud800", "null[U+0000 U+D800]"),
        ("\U0010ffff", "[U+10FFFF]"),
    ],
)
def test_what_cannot_be_printed_is_said_by_its_code_points(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where nothing but Pillow's own font is installed."""
    for kept in (fonts.font_for, fonts._printed):
        kept.cache_clear()
    monkeypatch.setattr(fonts, "_FONTS", ())
    yield
    for kept in (fonts.font_for, fonts._printed):
        kept.cache_clear()


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("고양이 cat", "[U+ACE0 U+C591 U+C774] cat"),
        ("café – 3×3 “à”", "cafe - 3x3 “a”"),
        ("ø", "[U+00F8]"),
        ("漢", "[U+6F22]"),
    ],
)
def test_without_other_fonts_letters_lose_their_accents_or_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_with_other_fonts_words_are_drawn_in_one_that_has_all_of_it() -> None:
    assert printable("café") == "café"  # matplotlib's font is always there
    for word in ("café", "고양이", "漢字"):
        if font := font_for(word):
            signs = [bytes(ImageFont.truetype(font, 24).getmask(sign)) for sign in (*word, "\uffff")]
            assert signs[-1] not in signs[:-1]
        else:
            assert font is None and printable(word).startswith("[U+")


def test_pillows_own_font_has_what_english_names_need() -> None:
    assert {font_for(sign) for sign in string.ascii_letters + string.digits + " .,:;()/#%&'-<>_"} == {""}


@given(st.text(max_size=40) | st.text(alphabet=st.characters(codec=None), max_size=20))
def test_what_is_printed_can_be_and_is_printed_as_it_is(text: str) -> None:
    shown = printable(text)
    assert all(font_for(sign) is not None for sign in shown)
    assert "  " not in shown and shown == shown.strip() and printable(shown) == shown


@given(st.text(alphabet="abc W고漢é", max_size=200), st.integers(10, 40), st.integers(60, 400))
def test_lines_fit_and_lose_nothing(text: str, size: int, width: int) -> None:
    lines = wrapped(text, size, width)
    assert all(width_of(line, size) <= width and line for line in lines)
    assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")


def test_what_is_too_long_loses_its_middle() -> None:
    lines = wrapped(" ".join(map(str, range(1000))), 20, 400)
    assert lines[0].startswith("0 1 2") and lines[-1].endswith("999") and any("…" in line for line in lines)


@pytest.mark.parametrize("centred", [False, True])
def test_lines_are_drawn_where_they_are_said_to_be(centred: bool) -> None:
    size, lines = 20, ["café 고양이 Wj", "second"]
    image = Image.new("L", (400, 100), 255)
    write(ImageDraw.Draw(image), lines, (200, 10), size, centred=centred)
    rows, columns = np.nonzero(np.asarray(image) < 128)
    widest = max(width_of(line, size) for line in lines)
    left = 200 - widest / 2 if centred else 200
    assert columns.min() == pytest.approx(left, abs=4) and columns.max() == pytest.approx(left + widest, abs=4)
    assert rows.min() >= 10 and rows.max() <= 10 + 2 * step(size)
