"""What a bottleneck saves, with any reduction: by itself, and in a whole network.

A bottleneck of ``c`` channels and reduction ``r`` has 2c²/r + 9c²/r² weights, two 3x3 convolutions have 18c²
(He et al. 2015, figure 5, where r = 4; wide ResNets take r = 2, Zagoruyko and Komodakis 2016).
"""

import math
from dataclasses import dataclass, replace

from explorer.network.config import LIMITS, ResNetConfig
from explorer.network.options import Block
from explorer.text.quantities import counted
from explorer.text.ratios import times
from explorer.text.typed_numbers import quoted

# What a reader calls each number, and what it may be.
_LIMITS = {
    "channels": ("Channels", 1, 4 * LIMITS["widths"][1]),
    "ratio": ("Reduction ratio", 1, 4 * LIMITS["widths"][1]),
    "side": ("Side of the map", 1, LIMITS["image_size"][1]),
}


@dataclass(frozen=True, slots=True)
class BlockPrice:
    """A bottleneck against two 3x3 convolutions, both from ``channels`` to ``channels``; weights, no biases or norms.

    ``ratio`` is the reduction: channels of the ends divided by channels of the middle. ``side`` is height and width
    of the map in values; MACs are multiply-adds for one image.

    Raises:
        ValueError: a number outside what is allowed, or channels that the ratio does not divide; the message quotes it.
    """

    channels: int
    ratio: int
    side: int

    def __post_init__(self) -> None:
        for name, (label, low, high) in _LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ValueError(f"{label}: {quoted(value)} is not a whole number from {low:,} to {high:,}.")
        if self.channels % self.ratio:
            raise ValueError(
                f"{self.channels:,} channels cannot shrink by {self.ratio:,}: the middle would have "
                f"{self.channels / self.ratio:,.2f} channels. Choose a ratio that divides {self.channels:,}: "
                f"{_divisors(self.channels)}."
            )

    @property
    def middle(self) -> int:
        """Channels of the 3x3 convolution inside the bottleneck."""
        return self.channels // self.ratio

    @property
    def reduce(self) -> int:
        """Weights of the 1x1 that shrinks."""
        return self.channels * self.middle

    @property
    def conv3x3(self) -> int:
        """Weights of the 3x3 in the middle."""
        return 9 * self.middle**2

    @property
    def expand(self) -> int:
        """Weights of the 1x1 that expands: as many as the one that shrinks has."""
        return self.middle * self.channels

    @property
    def bottleneck(self) -> int:
        """Weights of the three convolutions together."""
        return self.reduce + self.conv3x3 + self.expand

    @property
    def basic(self) -> int:
        """Weights of two 3x3 convolutions at full width."""
        return 2 * 9 * self.channels**2

    @property
    def bottleneck_macs(self) -> int:
        """Multiply-adds of the bottleneck."""
        return self.bottleneck * self.side**2

    @property
    def basic_macs(self) -> int:
        """Multiply-adds of two 3x3 convolutions."""
        return self.basic * self.side**2

    @property
    def factor(self) -> float:
        """Weights, and MACs, of two 3x3 convolutions divided by the bottleneck's."""
        return self.basic / self.bottleneck

    @property
    def formulas(self) -> dict[str, str]:
        """Where each number comes from, by the name of its property: ``1·1·256·64 = 16,384``."""
        channels, middle = f"{self.channels:,}", f"{self.middle:,}"
        parts = f"{self.reduce:,} + {self.conv3x3:,} + {self.expand:,}"
        area = f"{self.side:,}·{self.side:,}"
        return {
            "middle": f"{channels}/{self.ratio:,} = {middle}",
            "reduce": f"1·1·{channels}·{middle} = {self.reduce:,}",
            "conv3x3": f"3·3·{middle}·{middle} = {self.conv3x3:,}",
            "expand": f"1·1·{middle}·{channels} = {self.expand:,}",
            "bottleneck": f"{parts} = {self.bottleneck:,}",
            "basic": f"2 · 3·3·{channels}·{channels} = {self.basic:,}",
            "bottleneck_macs": f"{self.bottleneck:,} · {area} = {self.bottleneck_macs:,}",
            "basic_macs": f"{self.basic:,} · {area} = {self.basic_macs:,}",
            "factor": f"{self.basic:,} / {self.bottleneck:,} = {self.factor:.3g}",
            "break_even": f"2/r + 9/r² = 18, so r = (1 + √163)/18 = {break_even_ratio():.3g}",
        }

    @property
    def sentence(self) -> str:
        """The saving in words, and how wide the middle would have to be to lose it."""
        wide = self.channels / break_even_ratio()
        about = f"{wide:,.0f}" if wide >= 100 else f"{wide:.3g}"
        return (
            f"At {counted(self.channels, 'channel')} two 3×3 convolutions have {self.basic:,} weights, "
            f"{times(self.basic, self.bottleneck)} times as many as a bottleneck with {self.middle:,} in the middle, "
            f"which has {self.bottleneck:,}. Both would cost the same with about {about} channels in the middle, "
            f"{1 / break_even_ratio():.3g} times as many as at the ends."
        )


def block_price(channels: int, ratio: int, side: int) -> BlockPrice:
    """The bottleneck's own arithmetic, with the reader's own numbers.

    Raises:
        ValueError: as ``BlockPrice``.
    """
    return BlockPrice(channels, ratio, side)


def break_even_ratio(area: float = 1.0) -> float:
    """The reduction with which a bottleneck costs what two 3x3 convolutions cost, at any number of channels.

    The positive root of 2/r + 9/r² = 18, that is 18r² - 2r - 9 = 0: below 1, so the middle is wider than the ends.
    With a stride in the 3x3 the 1x1 before it works on a map ``area`` times as large, and for MACs it is the root of
    (1 + area)/r + 9/r² = 18.
    """
    ends = 1 + area
    return (ends + math.sqrt(ends**2 + 4 * 18 * 9)) / (2 * 18)


def with_reduction(config: ResNetConfig, ratio: int) -> ResNetConfig:
    """The bottleneck network whose middles have ``output channels / ratio`` channels; the paper's ratio is 4.

    Outputs, stem, shortcuts, groups and head stay as they are: the reduction is torchvision's ``width_per_group``, 256
    for a ratio of 1 and a single group.

    Raises:
        ValueError: a network of basic blocks, or outputs or groups that the ratio does not divide; the message says so.
    """
    if config.block is not Block.BOTTLENECK:
        raise ValueError("This network has basic blocks, and only a bottleneck has a reduction: choose bottlenecks.")
    if isinstance(ratio, bool) or not isinstance(ratio, int) or ratio < 1:
        raise ValueError(f"A reduction of {quoted(ratio)} is none: it must be a whole number from 1 on.")
    for stage, width in enumerate(config.widths, start=1):
        out = width * config.expansion
        if out % ratio:
            raise ValueError(
                f"The {out:,} output channels of stage {stage} cannot shrink by {quoted(ratio)}: choose a reduction "
                f"that divides them: {_divisors(out)}."
            )
    width_per_group, rest = divmod(256, ratio * config.groups)
    if rest:
        raise ValueError(
            f"With {counted(config.groups, 'group')} a reduction of {ratio:,} leaves no whole channels a group: choose "
            f"one that divides {256 // math.gcd(256, config.groups):,}."
        )
    return replace(config, width_per_group=width_per_group)


def _divisors(number: int) -> str:
    """The smallest divisors in words."""
    found = [divisor for divisor in range(1, number + 1) if number % divisor == 0]
    return ", ".join(f"{divisor:,}" for divisor in found[:6]) + (" and so on" if len(found) > 6 else "")
