"""The whole network as one picture: stem, stages of blocks, head, and the shortcuts as arcs.

A bar is a weighted layer. Across the flow it is as long as its map's resolution, and along the flow as thick as its
channels, both on a power scale, so that 7 and 224, or 16 and 2,048, fit on one page. Long runs of equal blocks fold
into one glyph, so ResNet-1202 is drawn as quickly and read as easily as ResNet-18.
"""

from collections.abc import Sequence
from functools import lru_cache

from explorer.charts.network.flow_pen import LEAST_WIDE, FlowPen, natural_length
from explorer.charts.network.glyphs import Item, block_kind, fold_attempts, shortcut_mark, stage_items, stem_bars
from explorer.charts.network.gradient_marks import NoteMarks
from explorer.charts.network.gradient_notes import Notes
from explorer.charts.network.svg import INK, LINE, PANEL, PAPER, Canvas, text_width
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer, Role
from explorer.text.quantities import counted, shape

PAGE = 1200.0  # units along the flow that a picture fills on a screen
LONGEST = 1.05 * PAGE  # a longer picture folds more blocks, since its words would shrink with it
SKIP = ROLE_COLOURS[Role.SHORTCUT]


@lru_cache(maxsize=64)
def network_diagram(
    arch: Architecture, selected: str | None = None, *, tall: bool = False, notes: Notes | None = None
) -> str:
    """The picture as SVG; parts to pick carry ``data-pick`` with the unit's name ("stem", "layer2.0", "head").

    ``selected`` is the unit to highlight. ``tall`` runs downwards, for a phone. ``notes`` show the gradient's way back
    (``gradient_notes``): how it splits at each add, and its size at each unit.
    """
    for most, thickness in fold_attempts(sum(arch.config.stage_blocks), tall=tall):
        drawing = _Drawing(arch, selected, most, thickness, tall=tall, notes=notes)
        drawing.draw()
        if tall or drawing.pen.t <= LONGEST:
            break
    if not tall:  # a second pass spends what is left of the page's width on the gaps between blocks
        drawing = _Drawing(arch, selected, most, thickness, tall=False, notes=notes, extra=PAGE - drawing.pen.t)
        drawing.draw()
    return drawing.finished()


class _Drawing:
    """Draws unit after unit along the flow."""

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
        self.small = 10.0 if tall or notes else LEAST_WIDE
        self.stages = stage_items(arch, selected, most)
        self.marks = NoteMarks(notes, self.canvas)
        self.rail = 266.0 if self.marks and not tall else 8.0  # where the notes' columns begin, across the flow
        axis, breadth, reach = _measures(tall=tall, noted=bool(self.marks))
        self.pen = FlowPen(self.canvas, axis, breadth, reach, arch.config.image_size, selected)
        self.pen.t = 12.0 if tall else 6.0
        self.pen.letters = 12.0 if notes else LEAST_WIDE  # notes need the room
        self.pen.scale = self._bar_scale() * thickness
        blocks = sum(map(len, self.stages))
        self.gap = min(13.0 + max(extra, 0.0) / (2 * blocks), 40.0)

    def _bar_scale(self) -> float:
        """The factor by which bars fill the page; many bars may run a little over it, to stay visible."""
        if self.tall:
            return 0.75
        items = [item for stage in self.stages for item in stage]
        bars = [*stem_bars(self.arch), *(bar for item in items for bar in item.bars)]
        natural = sum(natural_length(bar.output_shape[0]) for bar in bars)
        pitches = sum(max(32, self._pitch(item)) for item in items)
        room = PAGE - 280 - pitches - 2 * len(bars) - 16 * len(self.stages)
        return min(max(room, min(0.55 * natural, room + 60)) / natural, 2.4)

    def draw(self) -> None:
        """Draws everything, from the image to the logits."""
        self._image()
        self._stem()
        for items in self.stages:
            self._stage(items)
        self._head()

    def finished(self) -> str:
        """The picture, on a screen at least as long as a page, so that words keep their size."""
        blocks, stages = counted(len(self.arch.units) - 2, "block"), counted(len(self.stages), "stage")
        image, logits = shape(self.arch.layers[0].input_shape), f"{self.arch.config.num_classes:,} logits"
        what = f"Diagram of the network: {blocks} in {stages}, from the image, {image}, to {logits}"
        return self.canvas.svg(self.pen.t + 6 if self.tall else max(self.pen.t + 6, PAGE), self.pen.breadth, what)

    def _pitch(self, item: Item) -> float:
        """The room along the flow that a glyph's note needs at least."""
        return self.marks.pitch(item.units, shortcut_mark(item.plan))

    def _gap_of(self, item: Item) -> float:
        """The length of the wire before and after a glyph."""
        return max(self.gap, (self._pitch(item) - self.pen.bars_length(item.bars)) / 2)

    def _image(self) -> None:
        config = self.arch.config
        breadth = self.pen.breadth_of(config.image_size)
        start = self.pen.t
        self.canvas.rect(self.pen.t, self.pen.axis - breadth / 2, 10, breadth, "none", stroke=INK, rx=2, opacity=0.6)
        self.pen.t += 10
        self.pen.wire(24 if self.tall else 74)
        words = ("image", shape(self.arch.layers[0].input_shape))
        self.pen.caption(start + 5 if self.tall else max(start + 34, self.pen.caption_width(words) / 2 + 2), words)
        self.marks.draw_key(self.rail)

    def _stem(self) -> None:
        layers = self.arch.unit_layers("stem")
        drawn = stem_bars(self.arch)
        words = ("stem", shape(layers[-1].output_shape))
        aside = 0 if self.tall else 14
        self.pen.make_room(words, self.pen.bars_length(drawn) / 2 + aside)
        start = self.pen.t
        self._open("stem", layers, "stem")
        for layer in drawn:
            self.pen.bar(layer, outlined=layer.kind is not Kind.CONV)
        self.pen.close("stem", start, max(self.pen.breadth_of(layer.output_shape[1]) for layer in drawn))
        self._size(("stem",), start)
        centre = (start + self.pen.t) / 2
        self.pen.wire(26 if self.tall else 52)
        self.pen.caption(centre + aside, words)

    def _stage(self, items: Sequence[Item]) -> None:
        plan = items[0].plan
        blocks = sum(item.count for item in items)
        words = (f"layer{plan.stage} ×{blocks}", shape(items[-1].bars[-1].output_shape))
        width = max(self.pen.caption_width(words), 104.0)
        self.pen.make_room(words, width / 2)
        start, mark = self.pen.t, len(self.canvas.parts)
        self.pen.t += 22 if self.tall else 8
        for item in items:
            self._item(item)
        if not self.tall:
            self.pen.t = max(self.pen.t, start + width)  # room for the caption
        self.pen.t += 6
        self._stage_panel(mark, start, words)
        self.pen.wire(8)

    def _stage_panel(self, mark: int, start: float, words: tuple[str, str]) -> None:
        """A panel behind the stage, inserted before its blocks, and the stage's name."""
        behind = Canvas(self.tall)
        margin = 4.0
        breadth = self.pen.breadth - 2 * margin if self.tall else self.pen.breadth - 58
        behind.rect(start, margin, self.pen.t - start, breadth, PANEL, rx=8)
        behind.line([(start, self.pen.axis), (self.pen.t, self.pen.axis)], INK, stroke_width=1.2, opacity=0.55)
        self.canvas.parts[mark:mark] = behind.parts
        self.canvas.open_section(", ".join(words), mark)
        if self.tall:
            self.canvas.text(start + 12, 14, words[0], size=12, font_weight=600, text_anchor="start")
            self.canvas.text(start + 12, self.pen.breadth - 14, words[1], size=11.5, opacity=0.72, text_anchor="end")
        else:
            self.pen.caption((start + self.pen.t) / 2, words)
        self.canvas.close_group()

    def _item(self, item: Item) -> None:
        layers = self.arch.unit_layers(item.units[0])
        begin, gap = self.pen.t, self._gap_of(item)
        self.pen.t += gap
        start = self.pen.t
        name = item.units[0] if self.selected not in item.units else str(self.selected)
        self._open(name, layers, item.title, item.units, block_kind(self.arch.config, item.plan))
        if item.count > 1:
            self._cards(item, start)
        for bar in item.bars:
            self.pen.bar(bar, self.marks.bar_style(item.units, ROLE_COLOURS[bar.role]))
        breadth = max(self.pen.breadth_of(bar.output_shape[1]) for bar in item.bars)
        self.pen.close(name, start, breadth)
        self._size(item.units, start)
        end = self.pen.t
        self.pen.t += gap
        side = max(self.pen.breadth_of(layers[0].input_shape[1]), breadth) / 2
        if item.plan.shortcut != "none":
            self._arc(item, begin + 4, end + gap - 4, side)
        label = f"×{item.count}" if item.count > 1 else str(item.plan.index)
        beside = self.pen.axis + breadth / 2 + (12 if self.tall else 16)  # clear of the frame of a selected part
        weight, opacity = (700, 1.0) if item.count > 1 else (400, 0.6)
        self.canvas.text((start + end) / 2, beside, label, size=max(self.small, 10.5), font_weight=weight,
                         opacity=opacity, text_anchor="start" if self.tall else "middle")  # fmt: skip

    def _size(self, units: Sequence[str], start: float) -> None:
        """The gradient's size at the glyph that began at ``start`` and ends here."""
        self.marks.draw_size(units, start, self.pen.t - 2, self.rail, lit=self.selected in units)

    def _cards(self, item: Item, start: float) -> None:
        """Two more cards that show behind a folded run, clear of the sum that follows it."""
        length = self.pen.bars_length(item.bars) - 2
        breadth = self.pen.breadth_of(item.bars[-1].output_shape[1])
        for offset in (8, 4):
            self.canvas.rect(start + offset / 2, self.pen.axis - breadth / 2 - offset, length, breadth, PAPER,
                             stroke=LINE, rx=2)  # fmt: skip

    def _arc(self, item: Item, begin: float, end: float, side: float) -> None:
        """The shortcut around the block, from before it to the sum after it."""
        top, plan = self.pen.axis - side - 17, item.plan
        dashes: dict[str, str | float] = {"stroke_dasharray": "5 3"} if plan.shortcut == "pad" else {}
        path = [(begin, self.pen.axis), (begin, top), (end, top), (end, self.pen.axis)]
        self.canvas.line(path, SKIP, stroke_width=round(self.marks.arc_width(item.units), 1), **dashes)
        self.canvas.circle(begin, self.pen.axis, 2.6, SKIP)
        self.canvas.circle(end, self.pen.axis, 4.6, PAPER, stroke=SKIP, stroke_width=1.8)
        self.canvas.text(end, self.pen.axis, "+", size=self.small, fill=SKIP, font_weight=700)
        mark, middle = shortcut_mark(plan), (begin + end) / 2
        if mark:
            self._mark(self.marks.mark_at(item.units, middle), top, mark, filled=plan.shortcut == "project")
        self.marks.draw_label(item.units, middle, top, marked=bool(mark))

    def _mark(self, t: float, s: float, words: str, *, filled: bool) -> None:
        half = text_width(words, self.small) / 2 + 3
        x, y = self.canvas.at(t, s)
        if self.tall:
            x -= half - 10
        fill, ink = (SKIP, "#12151C") if filled else (PAPER, SKIP)
        self.canvas.parts.append(
            f'<rect x="{x - half:.1f}" y="{y - 8:.1f}" width="{2 * half:.1f}" height="16" rx="4" fill="{fill}" '
            f'stroke="{SKIP}" stroke-width="1.4"/><text x="{x:.1f}" y="{y:.1f}" font-size="{self.small}" fill="{ink}" '
            f'font-weight="600" text-anchor="middle" dominant-baseline="central" aria-hidden="true">{words}</text>'
        )

    def _head(self) -> None:
        layers = self.arch.unit_layers("head")
        words = ("head", f"{self.arch.config.num_classes:,} logits")
        aside = 0 if self.tall else 12
        self.pen.wire(14)
        self.pen.make_room(words, 12 + aside)
        start = self.pen.t
        self._open("head", layers, "head: global average pooling and classifier")
        breadth = self.pen.breadth_of(layers[-2].input_shape[1])
        colour = ROLE_COLOURS[Role.CLASSIFIER]
        for fill_opacity, size in ((0.25, breadth), (1.0, 40.0)):
            self.canvas.rect(self.pen.t, self.pen.axis - size / 2, 9, size, colour, rx=2, stroke=colour,
                             fill_opacity=fill_opacity)  # fmt: skip
            self.pen.t += 12
        self.pen.close("head", start, max(breadth, 40.0))
        self.pen.caption((start + self.pen.t) / 2 + aside, words)
        self.pen.t = self.pen.t + 10 if self.tall else max(self.pen.t + 40, self.pen.caption_end)

    def _open(self, unit: str, layers: Sequence[Layer], title: str, units: Sequence[str] = (), kind: str = "") -> None:
        params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
        flow = f"{shape(layers[0].input_shape)} → {shape(layers[-1].output_shape)}"
        notes = self.marks.tip(units or (unit,))
        self.pen.open(unit, [title, flow, *filter(None, [kind]), f"{params:,} parameters", f"{macs:,} MACs", *notes])


def _measures(*, tall: bool, noted: bool) -> tuple[float, float, float]:
    """The axis's place, the picture's breadth, and how broad the image is drawn; notes need more room."""
    if tall:
        return 170.0, 340.0, 126.0 if noted else 150.0
    return (138.0, 328.0, 150.0) if noted else (122.0, 284.0, 150.0)
