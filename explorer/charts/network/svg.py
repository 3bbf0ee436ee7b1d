"""An SVG canvas on which the same picture runs left to right on a screen and top to bottom on a phone.

Positions are (t, s): ``t`` along the flow of the network, ``s`` across it. Colours that differ between light and dark
are CSS variables of the page. A screen reader hears the names of the picture, its sections and its parts; words drawn
beside them are for the eye, and hidden from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

INK = "var(--st-text-color)"
PAPER = "var(--st-background-color)"
PANEL = "var(--st-secondary-background-color)"
LINE = "var(--st-border-color)"
PRIMARY = "var(--st-primary-color)"
SELECTION: dict[str, str | float] = {"class": "selection"}
"""Marks what only shows the reader's selection: saved files leave it out."""

Point = tuple[float, float]


@dataclass
class Canvas:
    """Collects SVG elements; ``tall`` turns the flow downwards by swapping the two axes."""

    tall: bool
    parts: list[str] = field(default_factory=list)

    def at(self, t: float, s: float) -> Point:
        """Screen coordinates of a position."""
        return (s, t) if self.tall else (t, s)

    def rect(self, t: float, s: float, length: float, breadth: float, fill: str, **style: str | float) -> None:
        """A rectangle from (t, s), ``length`` along the flow and ``breadth`` across it."""
        (x, y), (width, height) = self.at(t, s), self.at(length, breadth)
        box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.parts.append(f'<rect {box} fill="{fill}"{_attributes(style)}/>')

    def line(self, points: Sequence[Point], stroke: str, **style: str | float) -> None:
        """A polyline through (t, s) points, its corners rounded."""
        self.parts.append(
            f'<path d="{_rounded([self.at(*point) for point in points])}" fill="none" stroke="{stroke}"'
            f"{_attributes(style)}/>"
        )

    def circle(self, t: float, s: float, radius: float, fill: str, **style: str | float) -> None:
        """A circle around (t, s)."""
        x, y = self.at(t, s)
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}"{_attributes(style)}/>')

    def text(self, t: float, s: float, words: str, *, size: float = 12, fill: str = INK, **style: str | float) -> None:
        """Words centred on (t, s), unless ``text_anchor`` is given."""
        x, y = self.at(t, s)
        style = {"text_anchor": "middle", "dominant_baseline": "central", **style, "aria_hidden": "true"}
        where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:.3g}"'
        self.parts.append(f'<text {where} fill="{fill}"{_attributes(style)}>{escape(words)}</text>')

    def open_group(self, name: str, tip: str, *, selected: bool, label: str = "") -> None:
        """Starts a part that people can point at and pick.

        ``tip`` is shown while it is pointed at or has the focus. ``label`` is read out, the tip if there is none; it
        must contain the words drawn inside the part, which people who speak to their computer say.
        """
        state = ' aria-pressed="true"' if selected else ' aria-pressed="false"'
        self.parts.append(
            f'<g class="pick" data-pick="{escape(name)}" tabindex="0" role="button"{state} '
            f'aria-label="{_attribute(label or tip)}" data-tip="{_attribute(tip)}">'
        )

    def open_section(self, label: str, at: int) -> None:
        """Starts a named section of the picture before its ``at``-th element."""
        self.parts.insert(at, f'<g role="group" aria-label="{_attribute(label)}">')

    def close_group(self) -> None:
        """Ends the part or the section."""
        self.parts.append("</g>")

    def svg(self, length: float, breadth: float, label: str) -> str:
        """The finished picture, ``length`` along the flow and ``breadth`` across it."""
        width, height = self.at(length, breadth)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'font-family="var(--st-font), sans-serif" role="group" aria-label="{escape(label)}">'
            f"{''.join(self.parts)}</svg>"
        )


def text_width(words: str, size: float) -> float:
    """The width of words, estimated generously for any sans-serif font."""
    narrow = sum(letter in " ,./:" for letter in words)
    return size * (0.6 * (len(words) - narrow) + 0.3 * narrow)


def fitted(words: str, size: float, room: float) -> float:
    """``size``, or the smaller size at which the words fit into ``room``."""
    return min(size, size * room / text_width(words, size))


def _attribute(words: str) -> str:
    """Words as an attribute's value; a bare line break there is a space to an XML reader."""
    return escape(words).replace("\n", "&#10;")


def _attributes(style: dict[str, str | float]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())


def _rounded(points: Sequence[Point], radius: float = 7) -> str:
    """Path data through the points with corners rounded by quadratic curves."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{enter[0]:.1f} {enter[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {leave[0]:.1f} {leave[1]:.1f}")
    path.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(path)


def _towards(start: Point, end: Point, distance: float) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    share = min(distance, length / 2) / length
    return (start[0] + dx * share, start[1] + dy * share)
