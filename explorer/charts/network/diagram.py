"""The whole network as one picture: stem, stages of blocks, head, and the shortcuts as arcs.

A bar is a weighted layer: across the flow it is as long as its map's resolution, along the flow as thick as its
channels (both on a power scale, so that 7 and 224, 16 and 2,048 fit on one page). Long runs of equal blocks fold
into one, so ResNet-1202 is drawn as quickly, and read as easily, as ResNet-18.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from explorer.charts.network.gradient_marks import NoteMarks
from explorer.charts.network.gradient_notes import Notes
from explorer.charts.network.svg import INK, LINE, PANEL, PAPER, Canvas, fitted, text_width
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.layer import Kind, Layer, Role
from explorer.text.quantities import counted, shape

# More blocks than this on one page, and neither bars nor labels can be read; a phone scrolls, but not for ever.
MAX_BLOCKS, MAX_PER_STAGE = 18, 5
MAX_BLOCKS_TALL, MAX_PER_STAGE_TALL = 9, 3
PAGE = 1200.0  # units along the flow that a picture fills on a screen
LONGEST = 1.05 * PAGE  # a longer one folds more, since its words would shrink with it
SKIP = ROLE_COLOURS[Role.SHORTCUT]
CAPTION_SIZE, CAPTION_GAP = 12.0, 12.0  # on a screen: size of the words under the parts, and room between them


@dataclass(frozen=True, slots=True)
class Item:
    """One glyph: a block, or a run of equal blocks folded into one."""

    units: tuple[str, ...]
    plan: BlockPlan
    bars: tuple[Layer, ...]

    @property
    def count(self) -> int:
        """Blocks it stands for."""
        return len(self.units)


def fold(plans: Sequence[BlockPlan], selected: str | None, most: int = MAX_PER_STAGE) -> list[list[BlockPlan]]:
    """The blocks of one stage grouped into glyphs: a long run becomes first, folded middle, last.

    The selected block always gets a glyph of its own, so the reader sees where it is.
    """
    if len(plans) <= most:
        return [[plan] for plan in plans]
    edges = [0, 1, len(plans) - 1, len(plans)]
    chosen = next((index for index, plan in enumerate(plans) if plan.name == selected), None)
    if chosen is not None:
        edges += [chosen, chosen + 1]
    marks = sorted(set(edges))
    return [list(plans[start:end]) for start, end in pairwise(marks)]


def _attempts(blocks: int, *, tall: bool) -> list[tuple[int, float]]:
    """What to try until the picture fits: how many blocks of a stage may stand unfolded, and how thick bars are."""
    if tall:
        return [(blocks if blocks <= MAX_BLOCKS_TALL else MAX_PER_STAGE_TALL, 1.0)]
    unfolded = [(blocks, 1.0)] if blocks <= MAX_BLOCKS else []
    return [*unfolded, (MAX_PER_STAGE, 1.0), (MAX_PER_STAGE_TALL, 1.0), (MAX_PER_STAGE_TALL, 0.6)]


def _stages(arch: Architecture, selected: str | None, most: int) -> list[list[Item]]:
    stages = groupby(block_plans(arch.config), key=lambda plan: plan.stage)
    return [[_item(arch, group) for group in fold(list(plans), selected, most)] for _, plans in stages]


def _item(arch: Architecture, group: Sequence[BlockPlan]) -> Item:
    layers = arch.unit_layers(group[0].name)
    bars = tuple(layer for layer in layers if layer.kind is Kind.CONV and not layer.on_shortcut)
    return Item(tuple(plan.name for plan in group), group[0], bars)


@lru_cache(maxsize=64)
def network_diagram(
    arch: Architecture, selected: str | None = None, *, tall: bool = False, notes: Notes | None = None
) -> str:
    """The picture as SVG; parts to pick carry ``data-pick`` with the unit's name ("stem", "layer2.0", "head").

    ``selected`` is the unit to highlight. ``tall`` runs downwards, for a phone. ``notes`` show a gradient's way back
    (``explorer.charts.network.gradient_notes``): how it splits at each add, and how large it is at each unit.
    """
    for most, thickness in _attempts(sum(arch.config.stage_blocks), tall=tall):
        drawing = _Drawing(arch, selected, most, thickness, tall=tall, notes=notes)
        drawing.draw()
        if tall or drawing.t <= LONGEST:
            break
    if not tall:  # a second pass spends what is left of the page's width on the gaps between blocks
        drawing = _Drawing(arch, selected, most, thickness, tall=False, notes=notes, extra=PAGE - drawing.t)
        drawing.draw()
    return drawing.finished()


class _Drawing:
    """Walks along the flow and draws unit after unit; ``t`` is the position reached."""

    def __init__(
        self,
        arch: Architecture,
        selected: str | None,
        most: int,
        thickness: float,
        *,
        tall: bool,
        notes: Notes | None,
        extra: float = 0.0,
    ) -> None:
        self.arch, self.selected, self.tall = arch, selected, tall
        self.canvas = Canvas(tall)
        self.stages = _stages(arch, selected, most)
        self.breadth, self.reach = (340.0, 150.0) if tall else (284.0, 150.0)
        self.axis = 170.0 if tall else 122.0
        self.marks = NoteMarks(notes, self.canvas)
        self.rail = 8.0  # where the columns of the notes begin, across the flow
        if self.marks and tall:
            self.reach = 126.0  # leaves room for the notes to the left
        elif self.marks:
            self.breadth, self.axis, self.rail = 328.0, 138.0, 266.0
        blocks = sum(map(len, self.stages))
        self.gap = min(13.0 + max(extra, 0.0) / (2 * blocks), 40.0)
        self.side = arch.config.image_size
        self.scale = self._bar_scale() * thickness
        self.t = 12.0 if tall else 6.0
        self.caption_end = 0.0

    def _bar_scale(self) -> float:
        """Makes the bars fill the page: fewer blocks, thicker bars; many may run a little over it to stay visible."""
        if self.tall:
            return 0.75
        items = [item for stage in self.stages for item in stage]
        bars = [*_stem_bars(self.arch), *(bar for item in items for bar in item.bars)]
        natural = sum(_thickness(bar.output_shape[0]) for bar in bars)
        pitches = sum(max(32, self._pitch(item)) for item in items)
        room = PAGE - 280 - pitches - 2 * len(bars) - 16 * len(self.stages)
        return min(max(room, min(0.55 * natural, room + 60)) / natural, 2.4)

    def draw(self) -> None:
        """Draw everything, from the image to the logits."""
        self._image()
        self._stem()
        for items in self.stages:
            self._stage(items)
        self._head()

    def finished(self) -> str:
        """The picture; on a screen never shorter than a page, so that words keep their size."""
        blocks, stages = counted(len(self.arch.units) - 2, "block"), counted(len(self.stages), "stage")
        what = f"Diagram of the network: {blocks} in {stages}"
        return self.canvas.svg(self.t + 6 if self.tall else max(self.t + 6, PAGE), self.breadth, what)

    # Sizes

    def _breadth_of(self, side: int) -> float:
        return max(self.reach * math.pow(side / self.side, 0.42), 14.0)

    def _length_of(self, channels: int) -> float:
        return max(_thickness(channels) * self.scale, 2.5)

    def _pitch(self, item: Item) -> float:
        """The least room along the flow that a glyph's note needs."""
        return self.marks.pitch(item.units, marked=bool(shortcut_mark(item.plan)))

    def _gap_of(self, item: Item) -> float:
        """The wire before and after a glyph."""
        length = sum(self._length_of(bar.output_shape[0]) + 2 for bar in item.bars)
        return max(self.gap, (self._pitch(item) - length) / 2)

    # Parts

    def _bar(self, layer: Layer, units: Sequence[str] = (), *, outlined: bool = False) -> None:
        length, breadth = self._length_of(layer.output_shape[0]), self._breadth_of(layer.output_shape[1])
        colour = ROLE_COLOURS[layer.role]
        style: dict[str, str | float] = {"rx": 2}
        if shading := self.marks.bar_style(units, colour):
            self.canvas.rect(self.t, self.axis - breadth / 2, length, breadth, PANEL, rx=2)  # the wire must not show
            style |= shading
        if outlined:
            style |= {"stroke": colour, "stroke_width": 1.5, "fill_opacity": 0.25}
        self.canvas.rect(self.t, self.axis - breadth / 2, length, breadth, colour, **style)
        self.t += length + 2

    def _wire(self, length: float) -> None:
        self.canvas.line([(self.t, self.axis), (self.t + length, self.axis)], INK, stroke_width=1.2, opacity=0.55)
        self.t += length

    def _caption(self, t: float, words: Sequence[str], *, bold: bool = True) -> None:
        """Lines of words beside a part: under it on a screen, to the right of it on a phone."""
        for line, text in enumerate(words):
            weight = 600 if bold and line == 0 else 400
            opacity = 1 if line == 0 else 0.72
            if self.tall:
                size = fitted(text, 11.5, self.breadth - self.axis - 88)
                self.canvas.text(t - 7 * (len(words) - 1) + 14 * line, self.axis + 86, text, size=size,
                                 font_weight=weight, opacity=opacity, text_anchor="start")  # fmt: skip
            else:
                below = self.breadth - 38 + 16 * line
                self.canvas.text(t, below, text, size=CAPTION_SIZE, font_weight=weight, opacity=opacity)
        self.caption_end = t + _caption_width(words) / 2

    def _make_room(self, words: Sequence[str], ahead: float) -> None:
        """Lengthen the wire until a caption centred ``ahead`` of here clears the one before it, on a screen."""
        missing = self.caption_end + CAPTION_GAP + _caption_width(words) / 2 - (self.t + ahead)
        if not self.tall and missing > 0:
            self._wire(missing)

    def _image(self) -> None:
        config = self.arch.config
        breadth = self._breadth_of(config.image_size)
        start = self.t
        self.canvas.rect(self.t, self.axis - breadth / 2, 10, breadth, "none", stroke=INK, rx=2, opacity=0.6)
        self.t += 10
        self._wire(24 if self.tall else 74)
        words = ("image", shape(self.arch.layers[0].input_shape))
        self._caption(start + 5 if self.tall else max(start + 34, _caption_width(words) / 2 + 2), words)
        self.marks.draw_key(self.rail)

    def _stem(self) -> None:
        layers = self.arch.unit_layers("stem")
        drawn = _stem_bars(self.arch)
        words = ("stem", shape(layers[-1].output_shape))
        aside = 0 if self.tall else 14
        self._make_room(words, sum(self._length_of(layer.output_shape[0]) + 2 for layer in drawn) / 2 + aside)
        start = self.t
        self._open("stem", layers, "stem")
        for layer in drawn:
            self._bar(layer, outlined=layer.kind is Kind.POOL)
        self._close("stem", start, max(self._breadth_of(layer.output_shape[1]) for layer in drawn))
        self._size(("stem",), start)
        centre = (start + self.t) / 2
        self._wire(26 if self.tall else 52)
        self._caption(centre + aside, words)

    def _stage(self, items: Sequence[Item]) -> None:
        plan = items[0].plan
        blocks = sum(item.count for item in items)
        words = (f"layer{plan.stage} ×{blocks}", shape(items[-1].bars[-1].output_shape))
        width = max(_caption_width(words), 104.0)
        self._make_room(words, width / 2)
        start, mark = self.t, len(self.canvas.parts)
        self.t += 22 if self.tall else 8
        for item in items:
            self._item(item)
        if not self.tall:
            self.t = max(self.t, start + width)  # room for the caption
        self.t += 6
        self._stage_panel(mark, start, words)
        self._wire(8)

    def _stage_panel(self, mark: int, start: float, words: tuple[str, str]) -> None:
        """A quiet panel behind the stage, put in before its blocks, and the stage's name."""
        behind = Canvas(self.tall)
        margin = 4.0
        breadth = self.breadth - 2 * margin if self.tall else self.breadth - 58
        behind.rect(start, margin, self.t - start, breadth, PANEL, rx=8)
        behind.line([(start, self.axis), (self.t, self.axis)], INK, stroke_width=1.2, opacity=0.55)
        self.canvas.parts[mark:mark] = behind.parts
        if self.tall:
            self.canvas.text(start + 12, 14, words[0], size=12, font_weight=600, text_anchor="start")
            self.canvas.text(start + 12, self.breadth - 14, words[1], size=11.5, opacity=0.72, text_anchor="end")
        else:
            self._caption((start + self.t) / 2, words)

    def _item(self, item: Item) -> None:
        layers = self.arch.unit_layers(item.units[0])
        begin, gap = self.t, self._gap_of(item)
        self.t += gap
        start = self.t
        name = item.units[0] if self.selected not in item.units else str(self.selected)
        self._open(name, layers, _item_title(item), item.units)
        if item.count > 1:
            self._cards(item, start)
        for bar in item.bars:
            self._bar(bar, item.units)
        breadth = max(self._breadth_of(bar.output_shape[1]) for bar in item.bars)
        self._close(name, start, breadth)
        self._size(item.units, start)
        end = self.t
        self.t += gap
        side = max(self._breadth_of(layers[0].input_shape[1]), breadth) / 2
        if item.plan.shortcut != "none":
            self._arc(item, begin + 4, end + gap - 4, side)
        label = f"×{item.count}" if item.count > 1 else str(item.plan.index)
        beside = self.axis + breadth / 2 + (12 if self.tall else 16)  # clear of the frame of a selected part
        weight, opacity = (700, 1.0) if item.count > 1 else (400, 0.6)
        self.canvas.text((start + end) / 2, beside, label, size=10.5, font_weight=weight, opacity=opacity,
                         text_anchor="start" if self.tall else "middle")  # fmt: skip

    def _size(self, units: Sequence[str], start: float) -> None:
        """How large the gradient is at the glyph that began at ``start`` and ends here."""
        self.marks.draw_size(units, start, self.t - 2, self.rail, lit=self.selected in units)

    def _cards(self, item: Item, start: float) -> None:
        """Two more cards peeping out behind a folded run, clear of the sum that follows it."""
        length = sum(self._length_of(bar.output_shape[0]) + 2 for bar in item.bars) - 2
        breadth = self._breadth_of(item.bars[-1].output_shape[1])
        for offset in (8, 4):
            self.canvas.rect(start + offset / 2, self.axis - breadth / 2 - offset, length, breadth, PAPER,
                             stroke=LINE, rx=2)  # fmt: skip

    def _arc(self, item: Item, begin: float, end: float, side: float) -> None:
        """The shortcut: from before the block, around it, to the sum after it."""
        top, plan = self.axis - side - 17, item.plan
        dashes: dict[str, str | float] = {"stroke_dasharray": "5 3"} if plan.shortcut == "pad" else {}
        path = [(begin, self.axis), (begin, top), (end, top), (end, self.axis)]
        self.canvas.line(path, SKIP, stroke_width=round(self.marks.arc_width(item.units), 1), **dashes)
        self.canvas.circle(begin, self.axis, 2.6, SKIP)
        self.canvas.circle(end, self.axis, 4.6, PAPER, stroke=SKIP, stroke_width=1.8)
        self.canvas.text(end, self.axis, "+", size=10, fill=SKIP, font_weight=700)
        mark, middle = shortcut_mark(plan), (begin + end) / 2
        if mark:
            self._mark(self.marks.mark_at(item.units, middle), top, mark, filled=plan.shortcut == "project")
        self.marks.draw_label(item.units, middle, top, marked=bool(mark))

    def _mark(self, t: float, s: float, words: str, *, filled: bool) -> None:
        half = text_width(words, 10) / 2 + 3
        x, y = self.canvas.at(t, s)
        if self.tall:
            x -= half - 10
        fill, ink = (SKIP, "#12151C") if filled else (PAPER, SKIP)
        self.canvas.parts.append(
            f'<rect x="{x - half:.1f}" y="{y - 8:.1f}" width="{2 * half:.1f}" height="16" rx="4" fill="{fill}" '
            f'stroke="{SKIP}" stroke-width="1.4"/><text x="{x:.1f}" y="{y:.1f}" font-size="10" fill="{ink}" '
            f'font-weight="600" text-anchor="middle" dominant-baseline="central">{words}</text>'
        )

    def _head(self) -> None:
        layers = self.arch.unit_layers("head")
        words = ("head", f"{self.arch.config.num_classes:,} logits")
        aside = 0 if self.tall else 12
        self._wire(14)
        self._make_room(words, 12 + aside)
        start = self.t
        self._open("head", layers, "head: global average pooling and classifier")
        breadth = self._breadth_of(layers[-2].input_shape[1])
        colour = ROLE_COLOURS[Role.CLASSIFIER]
        for fill_opacity, size in ((0.25, breadth), (1.0, 40.0)):
            self.canvas.rect(self.t, self.axis - size / 2, 9, size, colour, rx=2, stroke=colour,
                             fill_opacity=fill_opacity)  # fmt: skip
            self.t += 12
        self._close("head", start, max(breadth, 40.0))
        self._caption((start + self.t) / 2 + aside, words)
        self.t = self.t + 10 if self.tall else max(self.t + 40, self.caption_end)

    def _open(self, unit: str, layers: Sequence[Layer], title: str, units: Sequence[str] = ()) -> None:
        params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
        flow = f"{shape(layers[0].input_shape)} → {shape(layers[-1].output_shape)}"
        tip = [title, flow, f"{params:,} parameters", f"{macs:,} MACs", *self.marks.tip(units or (unit,))]
        self.canvas.open_group(unit, "\n".join(tip), selected=unit == self.selected)

    def _close(self, unit: str, start: float, breadth: float) -> None:
        """End a part with a generous invisible area to hit, and a frame when it is the selected one."""
        frame = self.canvas
        length, pad = self.t - start - 2, 5.0
        chosen = unit == self.selected
        frame.rect(start - pad, self.axis - breadth / 2 - pad, length + 2 * pad, breadth + 2 * pad, "transparent",
                   stroke="var(--st-primary-color)" if chosen else "none", stroke_width=2.5, rx=5,
                   **{"class": "hit"})  # fmt: skip
        frame.close_group()


def shortcut_mark(plan: BlockPlan) -> str:
    """The few letters that tell one kind of shortcut from another in the picture; none for the identity."""
    if plan.shortcut == "project":
        return "avg 1×1" if plan.pools else "1×1"
    if plan.shortcut == "pad":
        return "avg pad" if plan.pools else "pad"
    return ""


def _stem_bars(arch: Architecture) -> list[Layer]:
    """The layers of the stem that the picture shows."""
    return [layer for layer in arch.unit_layers("stem") if layer.kind in (Kind.CONV, Kind.POOL)]


def _caption_width(words: Sequence[str]) -> float:
    return max(text_width(line, CAPTION_SIZE) for line in words)


def _item_title(item: Item) -> str:
    if item.count == 1:
        return item.units[0]
    return f"{item.units[0]} to {item.units[-1].rpartition('.')[2]}: {item.count} equal blocks, each"


def _thickness(channels: int) -> float:
    return 2.1 * math.pow(channels, 0.36)
