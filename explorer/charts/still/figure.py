"""A whole figure: its plot as SVG, its title and its legend as plain data for the page around it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import plotly.graph_objects as go

from explorer.charts.plotly_style import SUBTITLE
from explorer.charts.still import words
from explorer.charts.still.axis import StillAxis, UndrawableError
from explorer.charts.still.bars import bars
from explorer.charts.still.heat import KEY_HEIGHT, colour_key, heatmap
from explorer.charts.still.legend import Entry, legend
from explorer.charts.still.marks import scatter, stroke, thinned

_EDGE = 12  # pixels free at the right, and above the plot
_TICK = 8  # from an axis to its ticks' words
_MARK = 6  # pixels of a mark on the plot's border that stay visible
_GRID = "#8A909C"


@dataclass(frozen=True, slots=True)
class Still:
    """A figure without scripts: ``svg`` has the plot alone; ``title``, ``lines`` and ``legend`` are plain text."""

    title: str
    lines: tuple[str, ...]
    legend: tuple[Entry, ...]
    svg: str


def still(figure: go.Figure, alt: str, width: int, name: str) -> Still:
    """The figure at a width in pixels; ``name`` is unique on the page, and ``alt`` is what a screen reader says.

    Raises:
        UndrawableError: the figure has something else than lines, marks, bars and heat maps on axes with given ends.
    """
    data = json.loads(figure.to_json())
    drawn = _Drawing(data["data"], data["layout"], width, name)
    title, small, lines = data["layout"].get("title", {}).get("text", "").partition(SUBTITLE)
    return Still(
        " ".join(line.words for line in words.lines(title)),
        tuple(line.words for line in words.lines(small + lines)),
        legend(drawn.data, drawn.layout, name),
        drawn.svg(alt),
    )


@dataclass(frozen=True)
class _Drawing:
    """A figure's data, with the places of its axes."""

    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    width: int
    name: str

    @cached_property
    def height(self) -> float:
        """Of the plot alone."""
        margin = self.layout["margin"]
        return float(self.layout["height"] - margin["t"] - margin["b"])

    @cached_property
    def left(self) -> float:
        """Pixels for the words left of the plot."""
        upright = [axis for key, axis in self.layout.items() if key.startswith("yaxis") and axis.get("visible", True)]
        ticks = [StillAxis.of(axis, 1, 0).ticks() for axis in upright]
        longest = max((words.width(name) for each in ticks for _, name in each), default=0)
        titled = any(_title(axis) for axis in upright)
        return longest + _TICK + (words.LINE + 6) * titled + 4

    @cached_property
    def right(self) -> float:
        """Where the plot ends: half of the last tick's words stands beyond it."""
        across = [axis for key, axis in self.layout.items() if key.startswith("xaxis") and axis.get("visible", True)]
        last = [StillAxis.of(axis, 0, 1).ticks()[-1:] for axis in across]
        return self.width - max([_EDGE, *(words.width(name) / 2 for each in last for _, name in each)])

    @cached_property
    def axes(self) -> dict[str, StillAxis]:
        """Every axis by plotly's name for it."""
        found = {}
        for key, given in self.layout.items():
            if key.startswith("xaxis"):
                found[key.replace("axis", "")] = StillAxis.of(given, self.left, self.right)
            elif key.startswith("yaxis"):
                found[key.replace("axis", "")] = StillAxis.of(given, self.bottom, _EDGE)
        for key, axis in list(found.items()):
            if partner := axis.given.get("scaleanchor"):
                unit = min(axis.unit, found[partner].unit)
                found[key] = axis.shrunk(unit, to_end=axis.given.get("constraintoward") == "top")
                found[partner] = found[partner].shrunk(unit, to_end=False)
        return found

    @property
    def bottom(self) -> float:
        return _EDGE + self.height

    def pair(self, trace: Mapping[str, Any]) -> tuple[StillAxis, StillAxis]:
        """A trace's two axes."""
        return self.axes[trace.get("xaxis", "x")], self.axes[trace.get("yaxis", "y")]

    def svg(self, alt: str) -> str:
        shapes = self.layout.get("shapes") or ()
        below = [each for each in shapes if each.get("layer") == "below"]
        above = [each for each in shapes if each.get("layer") != "below"]
        parts = [
            self._clip(),
            *self._grid(),
            *map(self._shape, below),
            f'<g clip-path="url(#{escape(self.name)}-plot)">{"".join(self._traces())}</g>',
            *map(self._shape, above),
            *map(self._note, self.layout.get("annotations") or ()),
        ]
        end = self.bottom + self._across_height()
        if "coloraxis" in self.layout:
            parts.append(colour_key(self.layout["coloraxis"], self.left, self.right, end + 4))
            end += KEY_HEIGHT
        size = f'viewBox="0 0 {self.width} {end + 4:.0f}" width="{self.width}" height="{end + 4:.0f}"'
        said = f'role="img" aria-label="{escape(alt)}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {said} {size}>{"".join(parts)}</svg>'

    def _clip(self) -> str:
        """The area that traces keep to: the plot, and a mark's radius around it."""
        place = f'x="{self.left - _MARK:.1f}" y="{_EDGE - _MARK}"'
        size = f'width="{self.right - self.left + 2 * _MARK:.1f}" height="{self.height + 2 * _MARK:.1f}"'
        return f'<clipPath id="{escape(self.name)}-plot"><rect {place} {size}/></clipPath>'

    def _across_height(self) -> float:
        """Pixels for the words under the plot."""
        across = [axis for key, axis in self.layout.items() if key.startswith("xaxis") and axis.get("visible", True)]
        titles = [len(words.lines(_title(axis))) for axis in across]
        return (words.LINE + _TICK + max(titles) * words.LINE) if titles else 0.0

    def _grid(self) -> Iterator[str]:
        """Grid lines, ticks and titles of the axes that are shown."""
        for key, axis in self.axes.items():
            if axis.shown:
                yield from self._across(axis) if key.startswith("x") else self._upright(axis)

    def _across(self, axis: StillAxis) -> Iterator[str]:
        beside = self.axes[axis.given.get("anchor", "y")]
        for value, name in axis.ticks():
            x = axis.at(value)
            if axis.given.get("showgrid", True):
                yield _line(x, beside.start, x, beside.end)
            yield words.text(name, x, beside.start + _TICK + words.LINE / 2)
        if _title(axis.given):
            half = words.width(_title(axis.given)) / 2
            middle = min((axis.start + axis.end) / 2, self.width - half)
            yield words.text(_title(axis.given), middle, beside.start + _TICK + 1.5 * words.LINE)

    def _upright(self, axis: StillAxis) -> Iterator[str]:
        for value, name in axis.ticks():
            y = axis.at(value)
            if axis.given.get("showgrid", True):
                yield _line(self.left, y, self.right, y)
            yield words.text(name, self.left - _TICK, y, anchor="end")
        if _title(axis.given):
            yield words.text(_title(axis.given), words.LINE / 2 + 2, (axis.start + axis.end) / 2, turn=-90)

    def _traces(self) -> Iterator[str]:
        barred = [trace for trace in self.data if trace["type"] == "bar"]
        if barred:
            yield bars(barred, self.layout.get("barmode", "group"), list(map(self.pair, barred)), self.name)
        for number, trace in enumerate(self.data):
            if trace["type"] == "scatter":
                yield scatter(trace, *self.pair(trace), sum(map(thinned, self.data[:number])))
            elif trace["type"] == "heatmap":
                yield heatmap(trace, self.layout.get("coloraxis", {}), *self.pair(trace))
            elif trace["type"] != "bar":
                raise UndrawableError(f"{trace['type']} is not drawn")

    def _shape(self, shape: Mapping[str, Any]) -> str:
        (x0, x1), (y0, y1) = (
            [self._place(shape, letter, shape[f"{letter}{end}"]) for end in (0, 1)] for letter in ("x", "y")
        )
        line = shape.get("line") or {}
        if shape["type"] == "line":
            return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" {stroke(line)}/>'
        if shape["type"] != "rect":
            raise UndrawableError(f"a {shape['type']} is not drawn")
        edges = f'x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}" width="{abs(x1 - x0):.1f}" height="{abs(y1 - y0):.1f}"'
        frame = stroke(line) if line.get("width", 2) else 'stroke="none"'
        fill = escape(str(shape.get("fillcolor", "none")))
        return f'<rect {edges} fill="{fill}" fill-opacity="{shape.get("opacity", 1)}" {frame}/>'

    def _note(self, note: Mapping[str, Any]) -> str:
        x, y = (self._place(note, letter, note[letter]) for letter in ("x", "y"))
        anchor = {"left": "start", "right": "end"}.get(note.get("xanchor", "center"), "middle")
        up = {"bottom": -words.LINE / 2 - 1, "top": words.LINE / 2 + 1}.get(note.get("yanchor", "middle"), 0)
        up -= words.LINE * (len(words.lines(note["text"])) - 1) * (1 if up < 0 else 0 if up > 0 else 0.5)
        return words.text(note["text"], x + note.get("xshift", 0), y + up - note.get("yshift", 0), anchor=anchor)

    def _place(self, what: Mapping[str, Any], letter: str, value: float) -> float:
        """The pixel of a value of an axis, or of a share of the whole plot."""
        ref = what.get(f"{letter}ref", letter)
        if ref == "paper":
            start, end = (self.left, self.right) if letter == "x" else (self.bottom, _EDGE)
            return start + value * (end - start)
        axis = self.axes[ref.removesuffix(" domain")]
        return axis.paper(value) if ref.endswith("domain") else axis.at(10**value if axis.log else value)


def _title(axis: Mapping[str, Any]) -> str:
    return str((axis.get("title") or {}).get("text") or "")


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{_GRID}" stroke-opacity="0.35"/>'
