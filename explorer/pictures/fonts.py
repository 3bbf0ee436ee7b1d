"""Words in pictures, in any script: which font has which sign, how wide they are, and where lines break.

Words are set in the font that Pillow ships, which has the letters of English, and other letters in another installed
font. A sign that no font has loses its accents; what is left then, or would need shaping that Pillow may lack (Arabic,
Hebrew, Indic scripts), is written as code points, ``[U+AC00]``: never as an empty box.

Why not Pillow or matplotlib alone: Pillow sets a text in one font, draws boxes for what that lacks and breaks no lines;
matplotlib falls back from font to font, but takes seconds to import, wraps lines only inside a figure, and is installed
only because captum needs it (its font is used where it is there).
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from math import ceil
from pathlib import Path

from PIL import ImageDraw, ImageFont

INK = "#111111"
LEADING = 1.45  # a line's height, in sizes of its letters
_BASELINE = 1.05  # of a line, from its top
_MOST_SIGNS = 600  # of a text: a list of names is no caption


def _homes(package: str) -> Sequence[str]:
    """The folders of an installed package, found without importing it; none if it is not installed."""
    spec = find_spec(package)
    return (spec and spec.submodule_search_locations) or ()


# Fonts with many scripts, as they are called on Linux, macOS and Windows; the first that has a sign is taken.
_FONTS = (
    "DejaVuSans.ttf",
    *(str(Path(home, "mpl-data/fonts/ttf/DejaVuSans.ttf")) for home in _homes("matplotlib")),
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NanumGothic.ttf",
    "AppleSDGothicNeo.ttc",
    "Arial Unicode.ttf",
    "malgun.ttf",
    "msgothic.ttc",
    "msyh.ttc",
    "segoeui.ttf",
)
# What stands for signs that a font of English letters lacks, as typewriters had it.
_TYPED: Mapping[str, str] = {"−": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "…": "..."}
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def printable(text: str) -> str:
    """Text as it is printed: white space as single blanks; signs that no font has lose their accents or become code
    points."""
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    parts = []
    for lost, run in groupby(map(_printed, clean), key=lambda printed: printed.startswith("U+")):
        signs = list(run)
        parts.append(f"[{' '.join(signs)}]" if lost else "".join(signs))
    return "".join(parts)


@lru_cache(maxsize=4096)
def _printed(sign: str) -> str:
    """One sign as it is printed; ``U+AC00`` if it cannot be. (A lone U is printed as itself, without a plus.)"""
    if font_for(sign) is not None:
        return sign
    bare = "".join(each for each in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(each))
    typed = _TYPED.get(sign, bare)
    if typed and all(font_for(each) is not None for each in typed):
        return typed
    return f"U+{ord(sign):04X}"


@lru_cache(maxsize=4096)
def font_for(text: str) -> str | None:
    """The first font that has every sign: "" is Pillow's own; None if none has them or they need shaping."""
    if any(map(_unprintable, text)):
        return None
    return next((name for name in ("", *_FONTS) if all(_has(name, sign) for sign in text)), None)


def _unprintable(sign: str) -> bool:
    """Whether this is no sign by itself, or one whose shape depends on its neighbours: from Devanagari to Myanmar,
    Khmer, and all that is written from the right."""
    number = ord(sign)
    alone = unicodedata.category(sign)[0] not in "CM" and unicodedata.bidirectional(sign) not in ("R", "AL", "AN")
    return not alone or 0x0900 <= number <= 0x109F or 0x1780 <= number <= 0x17FF


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> _Font | None:
    if not name:
        return ImageFont.load_default(size)
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _has(name: str, sign: str) -> bool:
    """Whether a font has a sign: it draws something other than the box for missing signs."""
    font = _font(name, 24)
    if font is None or sign == " ":
        return font is not None
    drawn, box = font.getmask(sign), font.getmask("\uffff")
    return drawn.getbbox() is not None and (drawn.size, bytes(drawn)) != (box.size, bytes(box))


def _runs(line: str) -> Iterator[tuple[str, str]]:
    """A printable line in parts of one font each: whole words where one font has all of it, otherwise single signs."""
    for number, word in enumerate(line.split(" ")):
        blank = " " if number else ""
        font = font_for(word)
        if font is not None:
            yield blank + word, font
        else:
            yield from ((blank * (not place) + sign, font_for(sign) or "") for place, sign in enumerate(word))


def _at(name: str, size: int) -> _Font:
    return _font(name, size) or ImageFont.load_default(size)


def width_of(line: str, size: int) -> float:
    """Pixels that a printable line takes."""
    return sum(_length(text, font, size) for text, font in _runs(line))


@lru_cache(maxsize=4096)
def _length(text: str, font: str, size: int) -> float:
    return _at(font, size).getlength(text)


def _bounded(text: str) -> str:
    """The text as it is printed, without its middle where it is very long. Code points are longer than their signs."""
    return shortened_middle(printable(shortened_middle(text, _MOST_SIGNS)), _MOST_SIGNS)


def wrapped(text: str, size: int, width: int) -> list[str]:
    """A text as printable lines of at most ``width`` pixels; a word that is longer is cut, a very long text loses its
    middle."""
    lines: list[str] = []
    line, used = "", 0.0
    for word in _bounded(text).split():
        rest = word
        while used + width_of(f" {rest}" if line else rest, size) > width:
            if line:
                lines.append(line)
            else:
                fits = max(bisect_right(range(1, len(rest)), width, key=lambda n: ceil(width_of(rest[:n], size))), 1)
                lines.append(rest[:fits])
                rest = rest[fits:]
            line, used = "", 0.0
            if not rest:
                break
        if rest:
            added = f" {rest}" if line else rest
            line, used = line + added, used + width_of(added, size)
    return [*lines, line] if line else lines


def write(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], place: tuple[float, float], size: int, *, centred: bool = False
) -> None:
    """Printable lines below each other from ``place``, the left (or the middle) of their upper edge, in near-black;
    each on one baseline, whatever fonts it mixes."""
    for number, line in enumerate(lines):
        x = place[0] - (width_of(line, size) / 2 if centred else 0)
        y = place[1] + number * step(size) + round(_BASELINE * size)
        for text, font in _runs(line):
            draw.text((x, y), text, fill=INK, font=_at(font, size), anchor="ls")
            x += _length(text, font, size)


def step(size: int) -> int:
    """Pixels from one line to the next."""
    return round(LEADING * size)


def shortened_middle(text: str, most: int) -> str:
    """Text of at most ``most`` signs: words are left out in the middle, or signs where that is not enough."""
    if len(text) <= most:
        return text
    if len(text) > 8 * most:  # the middle goes anyway, and trying each of very many words would take long
        text = text[: 4 * most] + text[-4 * most :]
    words = text.split(" ")
    for kept in range(len(words) - 1, 1, -1):
        front = (kept + 1) // 2
        shorter = " ".join([*words[:front], "…", *words[len(words) - kept + front :]])
        if len(shorter) <= most:
            return shorter
    front = (most - 1) // 2
    return f"{text[:front].rstrip()}…{text[len(text) - (most - 1 - front) :].lstrip()}"
