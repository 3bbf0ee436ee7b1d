"""A chain of convolutions as a reader types it, and the sizes of the map along it."""

import math
import re
from dataclasses import dataclass, field

from explorer.ideas.limits import check_whole
from explorer.ideas.window import Window
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import quoted

SIDE = (1, 4096)
MOST_LAYERS = 24
LONGEST_TEXT = 400
EXAMPLE_SIDE, EXAMPLE = 312, "2/2, 2/2"

# \s*+ gives no space back: two \s* beside each other would divide a run of spaces in every way.
_LAYER = re.compile(
    r"(?P<kernel>\d{1,9})(?:\s*+[x×]\s*+(?P<other>\d{1,9}))?\s*+(?:/\s*+(?P<stride>\d{1,9}))?(?P<rest>.*)"
)
_MORE = re.compile(r"\s*+(?P<what>[spd])\s*+=?\s*+(?P<value>\d{1,9})")
_HOW = 'Write a kernel, and what differs from stride 1, padding 0 and dilation 1: "7/2 p3" or "3/1 p2 d2"'


def parse_chain(text: str) -> tuple[Window, ...]:
    """Reads a chain such as ``7/2 p3, 3/2 p1, 1``: kernel/stride, then p for padding and d for dilation.

    Raises:
        Refusal: the text is no such chain; the message quotes the layer at fault and says how to write it.
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
    """The side of a map and the layers that it goes through, as the reader typed them.

    Raises:
        Refusal: a side outside what is allowed, a text that is no chain, or a layer whose kernel does not fit.
    """

    side: int = EXAMPLE_SIDE
    text: str = EXAMPLE
    windows: tuple[Window, ...] = field(init=False)

    def __post_init__(self) -> None:
        check_whole("Side of the input", self.side, *SIDE)
        object.__setattr__(self, "windows", parse_chain(self.text))
        _ = self.sides

    @property
    def sides(self) -> tuple[int, ...]:
        """The sides of the input and of every layer's output.

        Raises:
            Refusal: a kernel does not fit; the message names the layer.
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
        """Pixels of the input between two neighbouring outputs: the product of the strides."""
        return math.prod(window.stride for window in self.windows)

    @property
    def formulas(self) -> tuple[str, ...]:
        """Each layer's formula for its output's side, with the numbers."""
        return tuple(window.formula(side) for window, side in zip(self.windows, self.sides, strict=False))
