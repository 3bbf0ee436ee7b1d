"""Draws the notes on a network's picture: thickness of arcs, fill of bars, height of columns, and words."""

import math
from collections import Counter
from collections.abc import Sequence

from explorer.charts.network.gradient_notes import Note, Notes
from explorer.charts.network.svg import INK, PAPER, PRIMARY, Canvas, fitted, text_width
from explorer.gradients.values import ReadingState

_THIN, _THICK = 1.0, 6.0  # of an arc, for none and for all of the gradient
_PALE = 0.08  # the fill of a bar whose share is just above zero
_SIGNS = {ReadingState.NOT_A_NUMBER: "NaN", ReadingState.OVERFLOW: "∞", ReadingState.ZERO: "0"}  # the gravest first


class NoteMarks:
    """Draws the notes of glyphs, each of which stands for one or more ``units``; without notes it draws nothing."""

    SIZE, TALL_SIZE = 12.0, 11.0  # of the shares' words
    RAIL = 24.0  # the height of a full column
    APART = 6.0

    def __init__(self, notes: Notes | None, canvas: Canvas) -> None:
        self.notes = dict(notes or ())
        self.canvas = canvas
        self.tall = canvas.tall
        self.size = self.TALL_SIZE if self.tall else self.SIZE

    def __bool__(self) -> bool:
        return bool(self.notes)

    def of(self, units: Sequence[str]) -> list[Note]:
        """The notes of a glyph."""
        return [self.notes[unit] for unit in units if unit in self.notes]

    def tip(self, units: Sequence[str]) -> tuple[str, ...]:
        """The lines of a glyph's hover text; for several units, of the first and the last, and unusual states."""
        notes = self.of(units)
        if len(units) == 1 or not notes:
            return tuple(line for note in notes for line in note.tip)
        ends = [(unit, self.notes[unit]) for unit in (units[0], units[-1]) if unit in self.notes]
        amiss = Counter(note.state for note in notes if note.state is not ReadingState.MEASURED)
        said = [f"{count:,} of {len(notes):,} {state}" for state, count in amiss.items()]
        lines = [f"{unit}: {'; '.join(note.tip)}" for unit, note in ends]
        return (*lines, *([f"|dL/dh|: {', '.join(said)}"] if said else []))

    # The shares

    def arc_width(self, units: Sequence[str]) -> float:
        """The thickness of a glyph's arc by its share (of several units the mean); 2 if there is no note on it."""
        if not any(note.label for note in self.of(units)):
            return 2
        share = _mean_share(self.of(units))
        return _THIN + (_THICK - _THIN) * (share or 0.0)

    def bar_style(self, units: Sequence[str], colour: str) -> dict[str, str | float]:
        """The fill of a glyph's bars by the branch's share: empty if it is 0, dashed outlines if there is no number."""
        notes = [note for note in self.of(units) if note.label]
        if not notes:
            return {}
        share = _mean_share(notes)
        outline: dict[str, str | float] = {"stroke": colour, "stroke_width": 1}
        if share is None:
            return (
                outline
                | {"fill_opacity": 0}
                | ({} if all(note.label == "0" for note in notes) else {"stroke_dasharray": "3 2"})
            )
        full = 1 - share
        return outline | {"fill_opacity": f"{_PALE + (1 - _PALE) * full:.2f}" if full else 0}

    def label(self, units: Sequence[str]) -> tuple[str, ...]:
        """The share in words, for several units their range, in one or two lines; ``–`` or ``0`` for missing shares."""
        notes = [note for note in self.of(units) if note.label]
        ranked = sorted((note.share, note.label) for note in notes if note.share is not None)
        others = sorted({note.label for note in notes if note.share is None}, reverse=True)[:1]
        if not ranked:
            return tuple(others)
        low, high = ranked[0][1], ranked[-1][1]
        last = ", ".join([high, *others])
        return (last,) if low == high else (f"{low.removesuffix(' %')} to", last)

    def pitch(self, units: Sequence[str], mark: str) -> float:
        """The room along the flow that a glyph's label and the ``mark`` on its arc need."""
        lines = self.label(units)
        if not lines:
            return 0
        if self.tall:
            return self._block(lines, marked=bool(mark)) + self.APART
        return max(text_width(mark, 10), *(text_width(line, self.size) for line in lines)) + self.APART

    def mark_at(self, units: Sequence[str], t: float) -> float:
        """The place of the mark on an arc with its middle at ``t``: on a phone it is above the label."""
        lines = self.label(units)
        return t - self._block(lines, marked=True) / 2 + 8 if self.tall and lines else t

    def draw_label(self, units: Sequence[str], t: float, top: float, *, marked: bool) -> None:
        """The share in words at the arc with its middle at (t, top): above it on a screen, left of it on a phone."""
        lines = self.label(units)
        step = self.size + 1
        if self.tall:
            first = t + self._block(lines, marked=marked) / 2 - step * (len(lines) - 0.5)
            beside, anchor = top - self.arc_width(units) / 2 - 4, "end"
        else:
            clear = 8 if marked else self.arc_width(units) / 2
            first, beside, anchor = t, top - clear - 2 - self.size / 2, "middle"
        for number, line in enumerate(lines):
            at = (first + step * number, beside) if self.tall else (t, beside - step * (len(lines) - 1 - number))
            size = fitted(line, self.size, beside - self.RAIL - 12) if self.tall else self.size
            self.canvas.text(*at, line, size=size, font_weight=600, text_anchor=anchor)

    def _block(self, lines: Sequence[str], *, marked: bool) -> float:
        """The height of a label on a phone, with the mark above it."""
        return (self.size + 1) * len(lines) + (18 if marked else 0)

    # The sizes

    def draw_size(self, units: Sequence[str], start: float, end: float, base: float, *, lit: bool) -> None:
        """A glyph's column between ``start`` and ``end`` along the flow, from ``base`` across it.

        Several units have a slice each, or as many slices as can be seen. A sign shows the gravest state of units
        whose gradient has no size.
        """
        notes = self.of(units)
        if not notes:
            return
        fill = PRIMARY if lit else INK
        self._column(start, base, end - start, self.RAIL, fill, opacity=0.1)
        count = min(len(notes), max(int((end - start) // 2), 2))
        shown = [notes[round(index * (len(notes) - 1) / max(count - 1, 1))] for index in range(count)]
        width = (end - start) / count
        for index, note in enumerate(shown):
            if note.strength is not None:
                height = 2 + (self.RAIL - 2) * note.strength
                hollow = note.state is ReadingState.UNDERFLOW
                style = {"stroke": fill, "stroke_width": 1, "fill_opacity": 0.15} if hollow else {"opacity": 0.75}
                self._column(start + index * width, base, width, height, fill, shape_rendering="crispEdges", **style)
        sizeless = {note.state for note in notes if note.strength is None}
        sign = next((sign for state, sign in _SIGNS.items() if state in sizeless), "")
        if sign:
            middle = base + self.RAIL / 2 if self.tall else base - self.RAIL / 2
            self.canvas.text((start + end) / 2, middle, sign, size=10, font_weight=700, stroke=PAPER, stroke_width=3,
                             paint_order="stroke")  # fmt: skip

    def _column(self, t: float, base: float, length: float, height: float, fill: str, **style: str | float) -> None:
        across = base if self.tall else base - height
        self.canvas.rect(t, across, length, height, fill, **style)

    def draw_key(self, base: float) -> None:
        """The name of the columns, where they begin."""
        if not self.notes:
            return
        for number, words in enumerate(("|dL/dh|", "log scale")):
            at = (14 + 13 * number, base) if self.tall else (6, base - self.RAIL + 6 + 13 * number)
            self.canvas.text(*at, words, size=10.5, opacity=0.72, text_anchor="start")


def _mean_share(notes: Sequence[Note]) -> float | None:
    """The mean of the shares, each cut to 0 to 1; None if there is none."""
    shares = [min(max(note.share, 0.0), 1.0) for note in notes if note.share is not None]
    return math.fsum(shares) / len(shares) if shares else None
