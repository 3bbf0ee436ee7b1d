"""Draws the parts of a network's picture one after the other along the flow: bars, wires, captions, parts to pick."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.charts.network.svg import INK, PANEL, PRIMARY, SELECTION, Canvas, fitted, text_width
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.layer import Layer

LEAST_WIDE = 12.6  # the size of letters in a picture for screens: 9 px on one of 1,024
_CAPTION_GAP = 12.0  # between captions on a screen
Style = dict[str, str | float]


@dataclass
class FlowPen:
    """A pen on the axis of a picture that moves along the flow; ``t`` is the position it has reached.

    ``axis`` is where the flow runs, and ``breadth`` the picture's extent across it. A map of ``side`` pixels is drawn
    ``reach`` broad, and ``scale`` multiplies the bars' thickness. ``letters`` is the size of captions on a screen.
    """

    canvas: Canvas
    axis: float
    breadth: float
    reach: float
    side: int
    selected: str | None
    letters: float = LEAST_WIDE
    scale: float = 1.0
    t: float = 0.0
    caption_end: float = 0.0

    @property
    def tall(self) -> bool:
        """Whether the flow runs downwards, for a phone."""
        return self.canvas.tall

    def breadth_of(self, side: int) -> float:
        """How broad a map is drawn, across the flow."""
        return max(self.reach * math.pow(side / self.side, 0.42), 14.0)

    def length_of(self, channels: int) -> float:
        """How thick the bar of a layer with this many output channels is, along the flow."""
        return max(natural_length(channels) * self.scale, 2.5)

    def bars_length(self, layers: Sequence[Layer]) -> float:
        """The length of the layers' bars, each with its gap."""
        return sum(self.length_of(layer.output_shape[0]) + 2 for layer in layers)

    def bar(self, layer: Layer, shading: Style | None = None, *, outlined: bool = False) -> None:
        """A layer; ``shading`` changes how full its bar is."""
        length, breadth = self.length_of(layer.output_shape[0]), self.breadth_of(layer.output_shape[1])
        colour = ROLE_COLOURS[layer.role]
        style: Style = {"rx": 2}
        if shading:
            self.canvas.rect(self.t, self.axis - breadth / 2, length, breadth, PANEL, rx=2)  # hides the wire behind
            style |= shading
        if outlined:
            style |= {"stroke": colour, "stroke_width": 1.5, "fill_opacity": 0.25}
        self.canvas.rect(self.t, self.axis - breadth / 2, length, breadth, colour, **style)
        self.t += length + 2

    def wire(self, length: float) -> None:
        """A line along the axis."""
        self.canvas.line([(self.t, self.axis), (self.t + length, self.axis)], INK, stroke_width=1.2, opacity=0.55)
        self.t += length

    def caption(self, t: float, words: Sequence[str]) -> None:
        """Lines of words at the position ``t``: below the picture on a screen, right of it on a phone."""
        for line, text in enumerate(words):
            weight, opacity = (400, 0.72) if line else (600, 1)
            if self.tall:
                size = fitted(text, 11.5, self.breadth - self.axis - 88)
                at = (t - 7 * (len(words) - 1) + 14 * line, self.axis + 86)
                self.canvas.text(*at, text, size=size, font_weight=weight, opacity=opacity, text_anchor="start")
            else:
                below = self.breadth - 38 + 16 * line
                self.canvas.text(t, below, text, size=self.letters, font_weight=weight, opacity=opacity)
        self.caption_end = t + self.caption_width(words) / 2

    def caption_width(self, words: Sequence[str]) -> float:
        """The width of a caption on a screen."""
        return max(text_width(line, self.letters) for line in words)

    def make_room(self, words: Sequence[str], ahead: float) -> None:
        """Lengthens the wire on a screen until a caption centred ``ahead`` of here clears the previous one."""
        missing = self.caption_end + _CAPTION_GAP + self.caption_width(words) / 2 - (self.t + ahead)
        if not self.tall and missing > 0:
            self.wire(missing)

    def open(self, unit: str, tip: Sequence[str]) -> None:
        """Begins a part that people can point at and pick; ``tip`` has the lines of its hover text."""
        self.canvas.open_group(unit, "\n".join(tip), selected=unit == self.selected)

    def close(self, unit: str, start: float, breadth: float) -> None:
        """Ends a part with a generous invisible area to hit, and with a frame if it is the selected one."""
        pad = 5.0
        t, s = start - pad, self.axis - breadth / 2 - pad
        length, breadth = self.t - start - 2 + 2 * pad, breadth + 2 * pad
        if unit == self.selected:
            self.canvas.rect(t, s, length, breadth, "none", stroke=PRIMARY, stroke_width=2.5, rx=5, **SELECTION)
        self.canvas.rect(t, s, length, breadth, "transparent", stroke="none", rx=5, **{"class": "hit"})
        self.canvas.close_group()


def natural_length(channels: int) -> float:
    """The thickness of a bar before it is scaled to the page."""
    return 2.1 * math.pow(channels, 0.36)
