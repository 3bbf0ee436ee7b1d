"""One unit of the network in detail: its layers on both paths, and the shape after each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.charts.network.glyphs import block_kind
from explorer.charts.network.svg import INK, PAPER, PRIMARY, SELECTION, Canvas, fitted
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.labels import OPTION_LABELS
from explorer.network.layer import Kind, Layer, Role, Shape
from explorer.network.options import Activation, Order
from explorer.text.quantities import shape

SKIP = ROLE_COLOURS[Role.SHORTCUT]
PAGE = 1200.0
LEAST = 9.0  # size of the smallest letters


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Sizes and places: nodes are ``length`` x ``breadth``, and the two paths run at ``main`` and ``side``.

    ``turned`` says whether the words of the main path's nodes run across it, for nodes too short to hold them.
    """

    length: float
    side_length: float
    gap: float
    breadth: float
    side_breadth: float
    main: float
    side: float
    page: float
    turned: bool = False


@lru_cache(maxsize=128)
def block_diagram(arch: Architecture, unit: str, selected: str | None = None, *, tall: bool = False) -> str:
    """The unit ("stem", "layer2.0", "head") as SVG; each layer carries ``data-pick`` with its dotted name.

    Raises:
        KeyError: the network has no such unit.
    """
    layers = arch.unit_layers(unit)
    if not layers:
        raise KeyError(unit)
    plan = next((plan for plan in block_plans(arch.config) if plan.name == unit), None)
    return _Drawing(arch.config, layers, plan, selected, tall=tall).draw(unit)


class _Drawing:
    def __init__(
        self, config: ResNetConfig, layers: Sequence[Layer], plan: BlockPlan | None, selected: str | None, *, tall: bool
    ) -> None:
        self.config, self.plan, self.selected, self.tall = config, plan, selected, tall
        self.canvas = Canvas(tall)
        self.main = [layer for layer in layers if not layer.on_shortcut]
        self.side = [layer for layer in layers if layer.on_shortcut]
        self.has_shortcut = plan is not None and plan.shortcut != "none"
        self.sizes = self._sizes()

    def _sizes(self) -> _Sizes:
        if self.tall:
            breadth, main = (176.0, 246.0) if self.has_shortcut else (220.0, 170.0)
            return _Sizes(52, 52, 22, breadth, 128, main, 78, 340)
        nodes = [layer for layer in self.main if layer.kind is not Kind.ADD]
        share = (PAGE - 190 - 40 * self.has_shortcut) / len(nodes)
        length = min(share - 18, 132)
        turned = any(fitted(words, 11, length - 4) < LEAST for layer in nodes for words in self._words(layer))
        gap, breadth = (12, 124) if turned else (18, 66)
        length = min(share - gap, 132)
        main = (125 if self.has_shortcut else 23) + breadth / 2
        return _Sizes(length, max(length, 92), gap, breadth, 66, main, 46, main + breadth / 2 + 15, turned)

    def _words(self, layer: Layer) -> tuple[str, str, str]:
        """A node's lines: name, caption and output shape."""
        return _short_name(layer), layer_caption(layer, self.config), _output(layer)

    def draw(self, unit: str) -> str:
        sizes = self.sizes
        t = 30.0 if self.tall else 78.0
        self._end_label(t, "in", self.main[0].input_shape)
        fork = gated = t + 4
        shared = self._shared_activation()
        for layer in self.main:
            if layer.kind is Kind.ADD:
                self._join(fork, t + sizes.gap + 10)
                t += sizes.gap + 20
                continue
            self._wire(t, t + sizes.gap)
            t += sizes.gap
            if layer.role is Role.ATTENTION and layer.kind is Kind.POOL:
                gated = t - sizes.gap / 2
            if layer.role is Role.ATTENTION and layer.kind is Kind.SCALE:
                self._around_the_gate(gated, t + sizes.length / 2)
            self._node(layer, t, sizes.main, sizes.length, sizes.breadth, turned=sizes.turned)
            t += sizes.length
            if layer is shared:
                fork = t + sizes.gap / 2
        self._wire(t, t + sizes.gap)
        t += sizes.gap
        self._end_label(t, "out", self.main[-1].output_shape)
        return self.canvas.svg(t + 34 if self.tall else max(t + 80, PAGE), sizes.page, self._label(unit))

    def _label(self, unit: str) -> str:
        kind = f", {block_kind(self.config, self.plan)}" if self.plan else ""
        ends = f"from {shape(self.main[0].input_shape)} to {shape(self.main[-1].output_shape)}"
        return f"Diagram of {unit}{kind}, {ends}"

    def _shared_activation(self) -> Layer | None:
        """The activation after which the paths fork: in pre-activation units that change shape, the first one."""
        if self.config.order is Order.POST or not self.side:
            return None
        return next(layer for layer in self.main if layer.kind is Kind.ACTIVATION)

    def _wire(self, start: float, end: float) -> None:
        self.canvas.line([(start, self.sizes.main), (end, self.sizes.main)], INK, stroke_width=1.3, opacity=0.6)

    def _end_label(self, t: float, words: str, sides: Shape) -> None:
        anchor = "middle" if self.tall else ("end" if words == "in" else "start")
        offset = 0 if self.tall else (-6 if words == "in" else 6)
        up = {"in": -20, "out": 8}[words] if self.tall else -8
        text = shape(sides)
        if self.tall:
            self.canvas.text(t + up, self.sizes.main, f"{words}  {text}", size=11.5, opacity=0.8)
        else:
            self.canvas.text(t + offset, self.sizes.main + up, words, size=12, font_weight=600, text_anchor=anchor)
            size = fitted(text, 10.5, 70)
            self.canvas.text(t + offset, self.sizes.main + 8, text, size=size, opacity=0.75, text_anchor=anchor)

    def _node(self, layer: Layer, t: float, s: float, length: float, breadth: float, *, turned: bool = False) -> None:
        colour, chosen = ROLE_COLOURS[layer.role], layer.name == self.selected
        self._open(layer, selected=chosen)
        self.canvas.rect(t, s - breadth / 2, length, breadth, PAPER, rx=7)
        self.canvas.rect(t, s - breadth / 2, length, breadth, colour, rx=7, fill_opacity=0.16, stroke=colour,
                         stroke_width=1.6, **{"class": "hit"})  # fmt: skip
        if chosen:
            self.canvas.rect(t - 4, s - breadth / 2 - 4, length + 8, breadth + 8, "none", rx=9,
                             stroke=PRIMARY, stroke_width=2.5, **SELECTION)  # fmt: skip
        along = self.tall or turned  # the lines follow each other along the flow
        pitch = min(15.0, length / 3 - 1) if along else 17
        for line, words in enumerate(self._words(layer), start=-1):
            where = (t + length / 2 + line * pitch, s) if along else (t + length / 2, s + line * pitch)
            style: dict[str, Any] = {"font_weight": 600 if line == -1 else 400}
            if turned:
                style["transform"] = f"rotate(-90 {where[0]:.1f} {where[1]:.1f})"
            size = fitted(words, 11, (breadth if along else length) - 4)
            self.canvas.text(*where, words, size=size, opacity=1.0 if line == -1 else 0.85, **style)
        self.canvas.close_group()

    def _join(self, fork: float, t: float) -> None:
        """The shortcut from the fork to the sum at ``t``, with its layers."""
        sizes = self.sizes
        dashes: dict[str, str | float] = (
            {"stroke_dasharray": "6 4"} if self.plan and self.plan.shortcut == "pad" else {}
        )
        self._wire(t - sizes.gap - 10, t + 10)
        path = [(fork, sizes.main), (fork, sizes.side), (t, sizes.side), (t, sizes.main)]
        self.canvas.line(path, SKIP, stroke_width=2.2, **dashes)
        self.canvas.circle(fork, sizes.main, 3.2, SKIP)
        total = len(self.side) * sizes.side_length + (len(self.side) - 1) * sizes.gap
        start = (fork + t - total) / 2
        for layer in self.side:
            self._node(layer, start, sizes.side, sizes.side_length, sizes.side_breadth)
            start += sizes.side_length + sizes.gap
        if not self.side:
            self._identity((fork + t) / 2)
        add = next(layer for layer in self.main if layer.kind is Kind.ADD)
        self._open(add, selected=add.name == self.selected)
        self.canvas.circle(t, sizes.main, 10, PAPER, stroke=SKIP, stroke_width=2.4, **{"class": "hit"})
        if add.name == self.selected:
            self.canvas.circle(t, sizes.main, 13, "none", stroke=PRIMARY, stroke_width=2.5, **SELECTION)
        self.canvas.text(t, sizes.main, "+", size=15, fill=SKIP, font_weight=700)
        self.canvas.close_group()

    def _around_the_gate(self, start: float, end: float) -> None:
        """The branch itself on its way to the product, past the layers that compute the gate."""
        away = min(self.sizes.main + self.sizes.breadth / 2 + 12, self.sizes.page - 2)
        path = [(start, self.sizes.main), (start, away), (end, away), (end, self.sizes.main)]
        self.canvas.line(path, ROLE_COLOURS[Role.ATTENTION], stroke_width=1.6)

    def _open(self, layer: Layer, *, selected: bool) -> None:
        label = f"{layer.name} {layer_caption(layer, self.config)} {_output(layer)}"
        numbers = _numbers(layer)
        self.canvas.open_group(
            layer.name,
            "\n".join((layer.name, f"output {_output(layer)}", *numbers)),
            selected=selected,
            label="\n".join((label, *numbers)),
        )

    def _identity(self, t: float) -> None:
        words = "identity: x, unchanged"
        if self.tall:
            self.canvas.rect(t - 10, self.sizes.side - 64, 20, 128, PAPER)
            self.canvas.text(t, self.sizes.side, words, size=11, fill=SKIP, font_weight=600)
        else:
            self.canvas.text(t, self.sizes.side - 12, words, size=11.5, fill=SKIP, font_weight=600)


def layer_caption(layer: Layer, config: ResNetConfig) -> str:
    """The layer in a few characters: ``3×3, /2`` (He et al.'s notation for stride 2) or ``batch norm``."""
    stride = f", /{layer.stride}" if layer.stride > 1 else ""
    attends = layer.role is Role.ATTENTION
    if layer.kind is Kind.CONV:
        return f"{layer.kernel}×{layer.kernel}{stride}{_special(layer)}"
    if layer.kind is Kind.POOL and not layer.name.endswith("avgpool"):
        return f"{'max' if layer.name == 'maxpool' else 'average'} {layer.kernel}×{layer.kernel}{stride}"
    words = {
        Kind.NORM: "group norm" if layer.groups else "batch norm",
        Kind.ACTIVATION: OPTION_LABELS[_activation(layer) if attends else config.activation],
        Kind.BLUR: f"blur {layer.kernel}×{layer.kernel}{stride}",
        Kind.SCALE: "× gate" if attends else "× scalar",
        Kind.DROPOUT: "stochastic depth" if layer.name.endswith("drop_path") else "dropout",
        Kind.POOL: "mean" if attends else "global average",
        Kind.PAD: f"zero channels{stride}",
        Kind.ADD: "branch + shortcut",
        Kind.LINEAR: "linear",
    }
    return words[layer.kind]


def _special(layer: Layer) -> str:
    """What is unusual about a convolution: its groups and its dilation."""
    groups = f", {layer.groups} groups" if layer.groups > 1 else ""
    return f"{groups}{f', dilated {layer.dilation}' if layer.dilation > 1 else ''}"


def _activation(layer: Layer) -> Activation:
    """Of squeeze-and-excitation: ReLU inside, and a sigmoid as the gate."""
    return Activation.SIGMOID if layer.name.endswith("gate") else Activation.RELU


def _short_name(layer: Layer) -> str:
    return layer.name.removeprefix(f"{layer.unit}.").removeprefix("se.")


def _output(layer: Layer) -> str:
    return f"{layer.output_shape[0]:,}" if layer.kind is Kind.LINEAR else shape(layer.output_shape)


def _numbers(layer: Layer) -> list[str]:
    lines = {f"parameters {layer.formula}": layer.params, f"MACs {layer.macs_formula}": layer.macs}
    return [line for line, number in lines.items() if number]
