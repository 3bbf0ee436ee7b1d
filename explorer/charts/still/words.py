"""Plotly's words, a little HTML, as plain lines for SVG."""

import re
from dataclasses import dataclass
from html import escape, unescape

from explorer.charts.network.svg import text_width

SIZE = 14  # pixels
LINE = 18  # pixels from one line to the next
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words, not escaped."""

    words: str
    bold: bool = False


def lines(html: str | None) -> tuple[Line, ...]:
    """The lines of plotly's ``html``, without its tags."""
    parts = [part for part in _BREAK.split(html or "") if part]
    return tuple(Line(unescape(_TAG.sub("", part)), "<b>" in part) for part in parts)


def width(html: str | None) -> float:
    """Pixels of the longest line."""
    return max((text_width(line.words, SIZE) for line in lines(html)), default=0.0)


def text(html: str | None, x: float, y: float, *, anchor: str = "middle", turn: int = 0) -> str:
    """SVG of the lines of ``html``, the middle of the first one at the height ``y``; turned by ``turn`` degrees."""
    found = lines(html)
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    drawn = "".join(
        f'<tspan x="{x:.1f}" y="{y + LINE * number:.1f}"{_weight(line)}>{escape(line.words)}</tspan>'
        for number, line in enumerate(found)
    )
    return (
        f'<text text-anchor="{anchor}" dominant-baseline="central" font-size="{SIZE}" fill="currentColor"{turned}>'
        f"{drawn}</text>"
    )


def _weight(line: Line) -> str:
    return ' font-weight="600"' if line.bold else ""
