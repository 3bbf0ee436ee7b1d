"""A trained network as a row of blocks that can be clicked: which branches are cut, which blocks are in another place.

The flow goes from the stem to the head, each block on it with its shortcut as an arc. Where a branch is cut, only its
broken outline is left, and what flows goes over the arc; a plain network's block leaves a bare wire.
"""

from itertools import pairwise

from explorer.charts.network.svg import INK, LINE, PAPER, PRIMARY, SELECTION, Canvas, text_width
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
_TALL_AXIS, _TALL_BREADTH = 120.0, 240.0
_LEAST = 700.0  # a short network is not drawn larger than a long one
_ENDS = 44.0  # of stem and head


class _Pen:
    """Draws along the flow; ``t`` is how far it has come."""

    def __init__(self, config: ResNetConfig, damage: Damage, held: str, *, tall: bool) -> None:
        self.config, self.held, self.tall = config, held, tall
        self.cuts = set(damage.cuts)
        self.canvas = Canvas(tall)
        self.axis = _TALL_AXIS if tall else _AXIS
        steps = damage.steps(config)
        self.length = 2 * _ENDS + len(steps) * (_LENGTH + _GAP) + (len(config.widths) + 1) * (_STAGE_GAP - _GAP) + 16
        self.t = 4.0 if tall else 4 + max(_LEAST - self.length, 0) / 2

    def wire(self, length: float) -> None:
        self.canvas.line([(self.t, self.axis), (self.t + length, self.axis)], INK, stroke_width=1.6)
        self.t += length

    def end(self, word: str) -> None:
        """The stem or the head, which stay as they are."""
        self.canvas.rect(self.t, self.axis - 13, _ENDS - 8, 26, PAPER, stroke=LINE, rx=4)
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

    def stage(self, name: str, start: float) -> None:
        """The stage's name under its blocks."""
        across = self.axis + _HALF + (14 if not self.tall else 12 + text_width(name, 12) / 2)
        self.canvas.text((start + self.t) / 2, across, name, size=12)


def damage_picture(config: ResNetConfig, damage: Damage, *, held: str = "", tall: bool = False) -> str:
    """The network as SVG, left to right, or with ``tall`` from top to bottom.

    Blocks carry their names as ``data-pick``. ``held`` is the block that is about to be swapped.
    """
    pen = _Pen(config, damage, held, tall=tall)
    pen.end("stem")
    pen.wire(_STAGE_GAP)
    start = pen.t
    plans = list(block_plans(config))
    for (plan, following), step in zip(pairwise([*plans, None]), damage.steps(config), strict=True):
        assert plan is not None
        pen.block(plan, step)
        if following is None or following.stage != plan.stage:
            pen.stage(f"layer{plan.stage}", start)
            pen.wire(_STAGE_GAP)
            start = pen.t
        else:
            pen.wire(_GAP)
    pen.end("head")
    cut = f", {len(damage.cuts)} of {len(plans)} blocks cut" if damage.cuts else ""
    breadth = _TALL_BREADTH if tall else _BREADTH
    return pen.canvas.svg(pen.t + 4 if tall else max(pen.t + 4, _LEAST), breadth, f"{name_of(config)}{cut}")
