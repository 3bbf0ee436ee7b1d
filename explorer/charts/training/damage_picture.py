"""A trained network as a row of blocks that can be clicked: which branches are cut, which blocks are in another place.

The flow goes from the stem to the head, each block on it with its shortcut as an arc; on a phone it goes down, a column
for each stage. Where a branch is cut, only its broken outline is left, and what flows goes over the arc; a plain
network's block leaves a bare wire.
"""

from collections.abc import Sequence
from itertools import groupby

from explorer.charts.network.svg import INK, LINE, PAPER, PRIMARY, SELECTION, Canvas
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Role
from explorer.network.names import name_of
from explorer.training.damage.cuts import Damage, Step, why_not_cut

BLOCK, SHORTCUT = ROLE_COLOURS[Role.CONV3X3], ROLE_COLOURS[Role.SHORTCUT]
_LENGTH, _GAP, _STAGE_GAP = 17.0, 12.0, 20.0  # of a block along the flow, and the wires behind it
_HALF = 17.0  # of a block across the flow
_ARC = 15.0  # from a block to its arc
_AXIS, _BREADTH = 44.0, 86.0
_COLUMN, _TOP, _TURN = 112.0, 74.0, 10.0  # on a phone: a stage's breadth, where its blocks begin, and a wire's turn
_LEAST = 700.0  # a short network is not drawn larger than a long one
_ENDS = 44.0  # of stem and head


class _Pen:
    """Draws along the flow; ``t`` is how far it has come."""

    def __init__(self, config: ResNetConfig, held: str, *, tall: bool) -> None:
        self.config, self.held, self.tall = config, held, tall
        self.canvas = Canvas(tall)
        self.axis, self.t = _AXIS, 4.0

    def wire(self, length: float) -> None:
        self.canvas.line([(self.t, self.axis), (self.t + length, self.axis)], INK, stroke_width=1.6)
        self.t += length

    def end(self, word: str) -> None:
        """The stem or the head, which stay as they are."""
        half = 18 if self.tall else 13  # room for the word, which never turns
        self.canvas.rect(self.t, self.axis - half, _ENDS - 8, 2 * half, PAPER, stroke=LINE, rx=4)
        self.canvas.text(self.t + (_ENDS - 8) / 2, self.axis, word, size=12)
        self.t += _ENDS - 8

    def block(self, place: BlockPlan, step: Step) -> None:
        """The block that runs in this place, with its shortcut."""
        start, cut, fixed = self.t, step.cut, bool(why_not_cut(self.config, step.block))
        self.canvas.open_group(
            step.block, self.tip(place, step), selected=cut or step.block == self.held, label=self.label(place, step)
        )
        if place.shortcut != "none":
            self._arc(start, cut)
        if place.shortcut == "none" and cut:
            self.canvas.line([(start, self.axis), (start + _LENGTH, self.axis)], INK, stroke_width=1.6)
        self._box(start, cut=cut, fixed=fixed)
        if step.block != place.name:  # an ink mark, so that colour does not tell it alone
            self.canvas.text(start + _LENGTH / 2, self.axis, step.block.rpartition(".")[2], size=13, fill="#FFFFFF",
                             font_weight=700)  # fmt: skip
        self.canvas.rect(start - 5, self.axis - _HALF - _ARC - 6, _LENGTH + 10, 2 * _HALF + _ARC + 12, "transparent",
                         **{"class": "hit"}, rx=4)  # fmt: skip
        if step.block == self.held:
            self.canvas.rect(start - 5, self.axis - _HALF - _ARC - 6, _LENGTH + 10, 2 * _HALF + _ARC + 12, "none",
                             stroke=PRIMARY, stroke_width=2, rx=4, **SELECTION)  # fmt: skip
        self.canvas.close_group()
        self.t += _LENGTH

    def _arc(self, start: float, cut: bool) -> None:
        top, before, after = self.axis - _HALF - _ARC + 6, start - 4, start + _LENGTH + 4
        path = [(before, self.axis), (before, top), (after, top), (after, self.axis)]
        self.canvas.line(path, SHORTCUT, stroke_width=3.2 if cut else 1.8)

    def _box(self, start: float, *, cut: bool, fixed: bool) -> None:
        if cut:
            self.canvas.rect(start, self.axis - _HALF, _LENGTH, 2 * _HALF, "none", stroke=INK, stroke_dasharray="3 3",
                             rx=2)  # fmt: skip
            self.canvas.text(start + _LENGTH / 2, self.axis + (0 if self.tall else _HALF / 2), "✕", size=12)
        else:
            self.canvas.rect(start, self.axis - _HALF, _LENGTH, 2 * _HALF, BLOCK, rx=2,
                             fill_opacity=0.35 if fixed else 1)  # fmt: skip

    def tip(self, place: BlockPlan, step: Step) -> str:
        """What the block is, and what a click does or why it does nothing."""
        lines = [step.block]
        if step.block != place.name:
            lines.append(f"runs in the place of {place.name}")
        if step.cut:
            lines.append("cut: only its shortcut is left" if place.shortcut != "none" else "taken out")
        return "\n".join([*lines, *filter(None, [why_not_cut(self.config, step.block)])])

    def label(self, place: BlockPlan, step: Step) -> str:
        return ", ".join(self.tip(place, step).split("\n"))

    def stage(self, placed: Sequence[tuple[BlockPlan, Step]]) -> None:
        """The blocks of a stage with the wires between them."""
        for number, (place, step) in enumerate(placed):
            if number:
                self.wire(_GAP)
            self.block(place, step)

    def name(self, stage: Sequence[tuple[BlockPlan, Step]], t: float, s: float) -> None:
        self.canvas.text(t, s, f"layer{stage[0][0].stage}", size=12)

    def next_column(self) -> None:
        """The wire from the end of a stage up to the beginning of the next one."""
        down, side, top = self.t + _TURN, self.axis + _COLUMN / 2, _TOP - 2 * _TURN
        following = self.axis + _COLUMN
        path = [(self.t, self.axis), (down, self.axis), (down, side), (top, side), (top, following), (_TOP, following)]
        self.canvas.line(path, INK, stroke_width=1.6)
        self.t, self.axis = _TOP, following


Stages = list[list[tuple[BlockPlan, Step]]]


def damage_picture(config: ResNetConfig, damage: Damage, *, held: str = "", tall: bool = False) -> str:
    """The network as SVG, left to right, or with ``tall`` in a column for each stage.

    Blocks carry their names as ``data-pick``. ``held`` is the block that is about to be swapped.
    """
    placed = list(zip(block_plans(config), damage.steps(config), strict=True))
    stages = [list(stage) for _, stage in groupby(placed, key=lambda each: each[0].stage)]
    pen = _Pen(config, held, tall=tall)
    cut = f", {len(damage.cuts)} of {len(placed)} blocks cut" if damage.cuts else ""
    length, breadth = _columns(pen, stages) if tall else _row(pen, stages)
    return pen.canvas.svg(length, breadth, f"{name_of(config)}{cut}")


def _row(pen: _Pen, stages: Stages) -> tuple[float, float]:
    """Draws everything in one row; returns its length and breadth."""
    blocks = sum(map(len, stages))
    length = 2 * _ENDS + blocks * (_LENGTH + _GAP) + (len(stages) + 1) * _STAGE_GAP - len(stages) * _GAP
    pen.t += max(_LEAST - length, 0) / 2
    pen.end("stem")
    pen.wire(_STAGE_GAP)
    for stage in stages:
        start = pen.t
        pen.stage(stage)
        pen.name(stage, (start + pen.t) / 2, pen.axis + _HALF + 14)
        pen.wire(_STAGE_GAP)
    pen.end("head")
    return max(pen.t + 4, _LEAST), _BREADTH


def _columns(pen: _Pen, stages: Stages) -> tuple[float, float]:
    """Draws each stage in a column; returns the length of the longest and the breadth of all."""
    pen.axis, pen.t, longest = _COLUMN / 2 + 8, _TOP - _STAGE_GAP - _ENDS + 8, 0.0
    pen.end("stem")
    pen.wire(_STAGE_GAP)
    for number, stage in enumerate(stages):
        if number:
            pen.next_column()
        pen.name(stage, 8, pen.axis)
        pen.stage(stage)
        longest = max(longest, pen.t + _TURN)
    pen.wire(_STAGE_GAP)
    pen.end("head")
    return max(longest, pen.t) + 6, len(stages) * _COLUMN
