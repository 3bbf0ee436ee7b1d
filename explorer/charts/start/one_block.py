"""One block with its shortcut, and the same one without it: what goes in, F, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.charts.network.svg import INK, LINE, PAPER, Canvas
from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.table_twin import Row
from explorer.ideas.one_block import OneBlock, Signal, X, sentence
from explorer.network.layer import Role
from explorer.text.quantities import minus

NOTE = "Bars are 12 values, up is positive. Green marks beside other bars are x again."
LEGEND = ((ROLE_COLOURS[Role.SHORTCUT], "x"), (ROLE_COLOURS[Role.CONV3X3], "F(x)"))
_GREEN, _BLUE = ROLE_COLOURS[Role.SHORTCUT], ROLE_COLOURS[Role.CONV3X3]
_WIDE, _NARROW, _TALL = 960.0, 400.0, 232.0  # the picture, in its own units
_HEIGHT = 84.0  # of a panel
_MOST = 1.75  # the value at a panel's upper edge
_ROWS = (22.0, 140.0)  # the upper edges of the outputs with and without the shortcut
_LETTERS = 13.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A panel's left and upper edge and its width."""

    left: float
    top: float
    width: float

    @property
    def middle(self) -> float:
        return self.top + _HEIGHT / 2


def one_block_picture(block: OneBlock, *, tall: bool = False) -> str:
    """Returns the picture as SVG; ``tall`` is the one for a phone. Both branches can be picked."""
    width = _NARROW if tall else _WIDE
    return _Drawing(block, width).draw()


class _Drawing:
    def __init__(self, block: OneBlock, width: float) -> None:
        self.block, self.width, self.canvas = block, width, Canvas(tall=False)
        panel = 0.29 * width
        self.input = _Place(0, (_ROWS[0] + _ROWS[1]) / 2, panel)
        self.outputs = [_Place(width - panel - 1, top, panel) for top in _ROWS]
        self.fork, self.sum = panel + 14, width - panel - 26

    def draw(self) -> str:
        scale = self.block.scale
        branch = "F(x)" if scale == 1 else f"{scale:g}·F(x)"
        self._wires()
        for place in self.outputs:
            self._branch(place.middle, alone=place is self.outputs[1])
        self._sum()
        self._panel(self.input, "x", X, _GREEN)
        self._panel(self.outputs[0], f"x + {branch}", self.block.output, INK, beside=X)
        self._panel(self.outputs[1], f"{branch} alone", self.block.branch, _BLUE, beside=X)
        return self.canvas.svg(self.width, _TALL, alt_text(self.block))

    def _wires(self) -> None:
        """From x to the fork, on to both branches and outputs, and the shortcut around the upper branch."""
        start, (upper, lower) = self.input, (place.middle for place in self.outputs)
        for row in (upper, lower):
            points = [(start.width, start.middle), (self.fork, start.middle), (self.fork, row)]
            self.canvas.line([*points, (self.outputs[0].left, row)], INK, stroke_width=1.5, opacity=0.6)
        over = [(self.fork, upper), (self.fork, upper - 38), (self.sum, upper - 38), (self.sum, upper)]
        self.canvas.line(over, _GREEN, stroke_width=3)
        self.canvas.text((self.fork + self.sum) / 2, upper - 50, "shortcut", size=_LETTERS, fill=INK)
        self.canvas.text((self.fork + self.sum) / 2, lower - 36, "no shortcut", size=_LETTERS, fill=INK)

    def _branch(self, row: float, *, alone: bool) -> None:
        """F as a button; its colour fades with its scale."""
        scale, length = self.block.scale, 54.0
        left = (self.fork + self.sum - length) / 2
        words = "F is 0" if not scale else "F" if scale == 1 else f"{scale:g}·F"
        tip = "F: convolution, ReLU, convolution\nClick: " + ("set it to 0" if scale else "give it back")
        self.canvas.open_group("F alone" if alone else "F", tip, selected=scale > 0, label=f"{words}\n{tip}")
        self.canvas.rect(left, row - 19, length, 38, PAPER, rx=7)
        dashes: dict[str, str | float] = {} if scale else {"stroke_dasharray": "4 3"}
        self.canvas.rect(left, row - 19, length, 38, _BLUE, rx=7, fill_opacity=0.35 * scale, stroke=_BLUE,
                         stroke_width=1.6, **dashes, **{"class": "hit"})  # fmt: skip
        self.canvas.text(left + length / 2, row, words, size=_LETTERS, font_weight=600)
        self.canvas.close_group()

    def _sum(self) -> None:
        row = self.outputs[0].middle
        self.canvas.circle(self.sum, row, 11, PAPER, stroke=_GREEN, stroke_width=2.4)
        self.canvas.text(self.sum, row, "+", size=16, font_weight=700)

    def _panel(self, place: _Place, title: str, signal: Signal, colour: str, *, beside: Sequence[float] = ()) -> None:
        """Bars up from the middle are positive; ``beside`` are marks of another signal."""
        self.canvas.rect(place.left, place.top, place.width, _HEIGHT, PAPER, rx=6, stroke=LINE)
        self.canvas.text(place.left, place.top - 10, title, size=_LETTERS, font_weight=600, text_anchor="start")
        pitch, unit = place.width / (len(signal) + 2.2), _HEIGHT / 2 / _MOST
        for tick in (1, -1):
            words = minus(str(tick))
            self.canvas.text(place.left + 3, place.middle - tick * unit, words, size=11, text_anchor="start")
        for number, value in enumerate(signal):
            left, height = place.left + (number + 1.85) * pitch, abs(value) * unit
            self.canvas.rect(left, place.middle - max(value, 0) * unit, 0.7 * pitch, height, colour)
        ends = [(place.left, place.middle), (place.left + place.width, place.middle)]
        self.canvas.line(ends, INK, stroke_width=1, opacity=0.6)
        for number, value in enumerate(beside):
            left, row = place.left + (number + 1.7) * pitch, place.middle - value * unit
            self.canvas.line([(left, row), (left + pitch, row)], _GREEN, stroke_width=2.4)


def alt_text(block: OneBlock) -> str:
    """The picture in words."""
    signals = (X, block.output, block.branch)
    x, output, alone = (", ".join(minus(f"{value:.2g}") for value in each) for each in signals)
    numbers = f"x: {x}. With the shortcut: {output}. Without it: {alone}."
    return f"A block with F times {block.scale:g}. {sentence(block)} {numbers}"


def one_block_rows(block: OneBlock) -> list[Row]:
    """A row for each place of the signal."""
    signals = zip(X, block.branch, block.output, strict=True)
    return [
        {"place": place, "x": x, "without the shortcut, F(x)": round(branch, 4), "with it, x + F(x)": round(output, 4)}
        for place, (x, branch, output) in enumerate(signals, 1)
    ]
