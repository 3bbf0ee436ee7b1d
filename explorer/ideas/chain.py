"""Convolution arithmetic: what a window reads, how large the output is, and which shortcut fits beside a chain.

The size is PyTorch's (``torch.nn.Conv2d``): ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1; see Dumoulin and Visin 2016,
"A guide to convolution arithmetic for deep learning". Pools have the same arithmetic.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.ideas.limits import whole
from explorer.text.errors import Refusal
from explorer.text.quantities import counted
from explorer.text.typed_numbers import quoted

# What the reader moves, and how far; a grid is small enough to be drawn.
GRID_SIDE, GRID_KERNEL, GRID_STRIDE, GRID_PADDING, GRID_DILATION = (1, 16), (1, 7), (1, 5), (0, 3), (1, 3)
SIDE, KERNEL, STRIDE, PADDING, DILATION = (1, 4096), (1, 64), (1, 64), (0, 64), (1, 32)
MOST_LAYERS = 24
LONGEST_TEXT = 400
EXAMPLE_SIDE, EXAMPLE = 312, "2/2, 2/2"

_LAYER = re.compile(r"(?P<kernel>\d{1,9})(?:\s*[x×]\s*(?P<other>\d{1,9}))?\s*(?:/\s*(?P<stride>\d{1,9}))?(?P<rest>.*)")
_MORE = re.compile(r"\s*(?P<what>[spd])\s*=?\s*(?P<value>\d{1,9})")
_HOW = 'Write a kernel, and what differs from stride 1, padding 0 and dilation 1: "7/2 p3" or "3/1 p2 d2"'


@dataclass(frozen=True, slots=True)
class Window:
    """How a square convolution or pool moves over a map.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self) -> None:
        whole("Kernel", self.kernel, *KERNEL)
        whole("Stride", self.stride, *STRIDE)
        whole("Padding", self.padding, *PADDING)
        whole("Dilation", self.dilation, *DILATION)

    @property
    def reach(self) -> int:
        """Side of the square that the kernel spans, its gaps included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def text(self) -> str:
        """The layer as it is written in a chain: ``7/2 p3``."""
        more = f" p{self.padding}" if self.padding else ""
        return f"{self.kernel}/{self.stride}{more}{f' d{self.dilation}' if self.dilation > 1 else ''}"

    def output(self, side: int) -> int:
        """Side of the output of a map ``side`` x ``side``.

        Raises:
            Refusal: the kernel does not fit into the padded map.
        """
        padded = side + 2 * self.padding
        if self.reach > padded:
            gaps = f", spread over {self.reach:,}×{self.reach:,} by its dilation," if self.dilation > 1 else ""
            raise Refusal(
                f"A {self.kernel}×{self.kernel} kernel{gaps} does not fit into a {side:,}×{side:,} map padded to "
                f"{padded:,}×{padded:,}. Use a larger map, more padding or a smaller kernel."
            )
        return (padded - self.reach) // self.stride + 1

    def formula(self, side: int) -> str:
        """Where the output's side comes from: ``⌊(224 + 2·3 − 1·(7 − 1) − 1)/2⌋ + 1 = 112``."""
        inner = f"{side:,} + 2·{self.padding} − {self.dilation}·({self.kernel} − 1) − 1"
        return f"⌊({inner})/{self.stride}⌋ + 1 = {self.output(side):,}"

    def left_over(self, side: int) -> int:
        """What the division leaves: rows of the padded map at its end that no window gets to."""
        return (side + 2 * self.padding - self.reach) % self.stride

    def reads(self, index: int) -> tuple[int, ...]:
        """Rows of the map that an output row reads; those below 0, and from the map's side on, are padding."""
        start = index * self.stride - self.padding
        return tuple(start + step * self.dilation for step in range(self.kernel))

    def unread(self, side: int) -> tuple[int, ...]:
        """Rows of the map (and so columns) that no output ever reads, counted from 0."""
        read = {row for index in range(self.output(side)) for row in self.reads(index)}
        return tuple(row for row in range(side) if row not in read)


@dataclass(frozen=True, slots=True)
class GridSetting:
    """A window on a map small enough to be drawn, and the output cell that is looked at, counted from 1.

    Raises:
        Refusal: a value outside what is allowed, a kernel that does not fit, or a cell that the output does not have.
    """

    side: int = 7
    kernel: int = 3
    stride: int = 2
    padding: int = 1
    dilation: int = 1
    row: int = 1
    column: int = 1

    def __post_init__(self) -> None:
        whole("Side of the map", self.side, *GRID_SIDE)
        whole("Kernel", self.kernel, *GRID_KERNEL)
        whole("Stride", self.stride, *GRID_STRIDE)
        whole("Padding", self.padding, *GRID_PADDING)
        whole("Dilation", self.dilation, *GRID_DILATION)
        most = self.output
        whole("Row of the output", self.row, 1, most)
        whole("Column of the output", self.column, 1, most)

    @property
    def window(self) -> Window:
        """The window alone."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    @property
    def output(self) -> int:
        """Side of the output."""
        return self.window.output(self.side)


def grid_sentence(setting: GridSetting) -> str:
    """The sizes, what the chosen cell reads, and what nobody reads."""
    window, side, out = setting.window, setting.side, setting.output
    return f"{side}×{side} becomes {out}×{out}: {window.formula(side)}. {_chosen(setting)} {_unread(window, side)}"


def _chosen(setting: GridSetting) -> str:
    inside = [
        sum(0 <= place < setting.side for place in setting.window.reads(index - 1))
        for index in (setting.row, setting.column)
    ]
    read, total = inside[0] * inside[1], setting.kernel**2
    where = f"Output row {setting.row}, column {setting.column} reads {counted(read, 'cell')} of the map"
    return f"{where}." if read == total else f"{where} and {total - read} of the padding."


def _unread(window: Window, side: int) -> str:
    unread, left = window.unread(side), window.left_over(side)
    if not unread:
        return "Every cell of the map is read."
    size = side - len(unread)
    lost = f"{side * side - size * size} of {counted(side * side, 'cell')}"
    listed = _listed(unread)
    rows = f"Row {listed} and column {listed}" if len(unread) == 1 else f"Rows and columns {listed}"
    return f"{rows} are never read, {lost}: {_reason(window, side, unread, left)}"


def _reason(window: Window, side: int, unread: Sequence[int], left: int) -> str:
    tail = [row for row in unread if row > max(window.reads(window.output(side) - 1))]
    why = []
    if len(tail) < len(unread):
        spread = window.dilation > 1 and window.kernel > 1
        why.append("stride and dilation leave gaps" if spread else "the stride steps over them")
    if tail:
        why.append(f"the sizes do not divide, so the floor drops the remainder of {left}")
    return f"{'; '.join(why)}."


def _listed(indices: Sequence[int]) -> str:
    names = [str(index + 1) for index in indices]
    if len(names) > 6:
        return f"{', '.join(names[:5])} … {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def parse_chain(text: str) -> tuple[Window, ...]:
    """The layers of a chain such as ``7/2 p3, 3/2 p1, 1``: kernel/stride, then p for padding and d for dilation.

    Raises:
        Refusal: the text is no such chain; the message quotes the layer that is not and says how to write it.
    """
    if len(text) > LONGEST_TEXT:
        raise Refusal(f"The chain has {len(text):,} characters, and {LONGEST_TEXT} are the most. {_HOW}.")
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if not parts:
        raise Refusal(f"The chain is empty. {_HOW}; commas part the layers.")
    if len(parts) > MOST_LAYERS:
        raise Refusal(f"The chain has {len(parts)} layers, and {MOST_LAYERS} are the most: leave some out.")
    return tuple(_layer(number, part) for number, part in enumerate(parts, 1))


def _layer(number: int, text: str) -> Window:
    found = _LAYER.fullmatch(text.lower()) if text.isascii() or "×" in text else None
    if not found:
        raise Refusal(f"Layer {number}, {quoted(text)}, is none. {_HOW}.")
    if found["other"] not in (None, found["kernel"]):
        raise Refusal(f"Layer {number}, {quoted(text)}: only square kernels are read here, such as 3x3.")
    values = {"s": found["stride"]} if found["stride"] else {}
    rest = found["rest"]
    while rest.strip():
        more = _MORE.match(rest)
        if not more or more["what"] in values:
            twice = " says the same thing twice" if more else f": {quoted(rest.strip())} cannot be read"
            raise Refusal(f"Layer {number}, {quoted(text)},{twice}. {_HOW}.".replace(",:", ":"))
        values[more["what"]], rest = more["value"], rest[more.end() :]
    stride, padding, dilation = (int(values.get(what, default)) for what, default in (("s", 1), ("p", 0), ("d", 1)))
    try:
        return Window(int(found["kernel"]), stride, padding, dilation)
    except Refusal as refusal:
        raise Refusal(f"Layer {number}, {quoted(text)}: {refusal}") from None


@dataclass(frozen=True, slots=True)
class ChainSetting:
    """A map's side and the layers that it goes through.

    Raises:
        Refusal: a side outside what is allowed, a text that is no chain, or a layer whose kernel does not fit.
    """

    side: int = EXAMPLE_SIDE
    text: str = EXAMPLE
    windows: tuple[Window, ...] = field(init=False)

    def __post_init__(self) -> None:
        whole("Side of the input", self.side, *SIDE)
        object.__setattr__(self, "windows", parse_chain(self.text))
        _ = self.sides

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides of the input and of every layer's output.

        Raises:
            Refusal: a kernel does not fit; the message says which layer's.
        """
        sides = [self.side]
        for number, window in enumerate(self.windows, 1):
            try:
                sides.append(window.output(sides[-1]))
            except Refusal as refusal:
                raise Refusal(f"Layer {number}, {window.text}: {refusal}") from None
        return tuple(sides)

    @property
    def jump(self) -> int:
        """Pixels of the input from one output position to the next: the product of the strides."""
        return math.prod(window.stride for window in self.windows)

    @property
    def formulas(self) -> tuple[str, ...]:
        """Each layer's size with its numbers filled in."""
        return tuple(window.formula(side) for window, side in zip(self.windows, self.sides, strict=False))


@dataclass(frozen=True, slots=True)
class Fit:
    """What can be added to a chain's output, beside it.

    ``identity`` tells whether the input itself has the size. ``strides`` are those with which a 1x1 projection without
    padding has it, first and last, or None; ``stride`` is the one to take, the product of the chain's own where that
    fits. ``nearest`` are the sizes that come next to the wanted one where none fits, smaller and larger, with their
    strides. ``pool`` is an average pool that has the size, or None where the chain makes the map larger.
    """

    wanted: int
    identity: bool
    strides: tuple[int, int] | None
    stride: int | None
    nearest: tuple[tuple[int, int], ...]
    pool: Window | None


def fitting(setting: ChainSetting) -> Fit:
    """The shortcuts whose output has the chain's size. A 1x1 with stride s makes ⌈n/s⌉ of n."""
    side, wanted = setting.side, setting.sides[-1]
    first = -(-side // wanted)
    last = side if wanted == 1 else -(-side // (wanted - 1)) - 1
    if wanted == 1:
        last = max(side, setting.jump)
    fits = wanted <= side and first <= last and -(-side // first) == wanted
    strides = (first, last) if fits else None
    natural = bool(strides and first <= setting.jump <= last)
    stride = None if not fits else setting.jump if natural else first
    nearest = () if fits or wanted > side else _nearest(side, wanted)
    pool = _pool(side, wanted) if wanted <= side else None
    return Fit(wanted, side == wanted, strides, stride, nearest, pool)


def _nearest(side: int, wanted: int) -> tuple[tuple[int, int], ...]:
    """(stride, size) of the strides whose sizes are just above and just below the wanted one."""
    above = (side - 1) // wanted  # the largest stride that leaves more than wanted
    return tuple((stride, -(-side // stride)) for stride in (above, above + 1) if stride >= 1)


def _pool(side: int, wanted: int) -> Window:
    """The pool with the smallest window that reads every pixel and makes ``wanted`` of ``side``."""
    stride = side // wanted
    return _unchecked(side - (wanted - 1) * stride, stride)


def _unchecked(kernel: int, stride: int) -> Window:
    """A window larger than what readers may type: a global pool's."""
    window = object.__new__(Window)
    for name, value in (("kernel", kernel), ("stride", stride), ("padding", 0), ("dilation", 1)):
        object.__setattr__(window, name, value)
    return window


def chain_sentence(setting: ChainSetting) -> str:
    """The sizes along the chain, and the shortcut that fits beside it, or why there is none."""
    sides = " → ".join(f"{side:,}" for side in setting.sides)
    return f"{sides}. {_fit_words(setting, fitting(setting))}"


def _fit_words(setting: ChainSetting, fit: Fit) -> str:
    side, wanted = setting.side, fit.wanted
    if fit.identity:
        shift = " The strides multiply to 1, so positions match, too." if setting.jump == 1 else _drift(setting, 1)
        return f"The input has the output's size and can be added as it is.{shift}"
    start = f"The {side:,}×{side:,} input cannot be added to the {wanted:,}×{wanted:,} output"
    if wanted > side:
        return f"{start}: the padding made the map larger, and neither a stride nor a pool without padding does that."
    if fit.stride is None:
        sizes = " and ".join(f"stride {stride} gives ⌈{side:,}/{stride}⌉ = {size:,}" for stride, size in fit.nearest)
        return f"{start}, and no 1×1 projection fits: {sizes}. {_pool_words(setting, fit)}"
    made = f"⌊({side:,} − 1)/{fit.stride}⌋ + 1 = {wanted:,}"
    return f"{start}, but a 1×1 projection of stride {fit.stride} fits: {made}.{_drift(setting, fit.stride)}"


def _pool_words(setting: ChainSetting, fit: Fit) -> str:
    pool = fit.pool
    if pool is None:
        return ""
    size = f"⌊({setting.side:,} − {pool.kernel:,})/{pool.stride:,}⌋ + 1 = {fit.wanted:,}"
    return (
        f"An average pool of {pool.kernel:,}×{pool.kernel:,} with stride {pool.stride:,} would, {size}, with a 1×1 of "
        "stride 1 behind it; or change the chain's padding."
    )


def _drift(setting: ChainSetting, stride: int) -> str:
    """How far both paths' last positions lie apart where they move in different steps."""
    apart = abs(setting.jump - stride) * (setting.sides[-1] - 1)
    if not apart:
        return ""
    return (
        f" But the chain moves {counted(setting.jump, 'pixel')} a position and this shortcut {stride:,}: from the "
        f"first position to the last they drift {counted(apart, 'pixel')} apart."
    )
