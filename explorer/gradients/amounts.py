"""What one instrumented pass found: norms with the number of values behind them, by layer and block."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from explorer.gradients.values import FLOAT32_TINY


class Amount(NamedTuple):
    """The norm of a tensor with this many ``values``: ``norm`` · 2 ** ``exponent``.

    The exponent is a whole number, and not 0 only in a rescaled pass, where the norm itself may be out of range.
    """

    norm: float
    values: int
    exponent: float = 0

    @property
    def log10(self) -> float:
        """Common logarithm; -inf of zero."""
        return math.log10(self.norm) + self.exponent * math.log10(2) if self.norm else -math.inf

    @property
    def typical_log10(self) -> float:
        """Common logarithm of the root mean square."""
        return self.log10 - math.log10(self.values) / 2

    @property
    def is_below_float32(self) -> bool:
        """Whether the typical value (root mean square) is below the smallest normal float32, zero included."""
        return self.norm < FLOAT32_TINY * math.sqrt(self.values)


class Parts(NamedTuple):
    """The gradients down the two paths of a block, where these part, and their inner product, not rescaled."""

    shortcut: Amount
    branch: Amount
    dot: float

    @property
    def cosine(self) -> float:
        """Of the angle between the two gradients; NaN where either is zero or no finite number."""
        first, second = self.shortcut.norm, self.branch.norm
        if not (0 < first < math.inf and 0 < second < math.inf):
            return math.nan
        return self.dot / (first * second)


@dataclass(frozen=True, slots=True)
class PassResult:
    """One forward and backward pass, by name of layer or block.

    ``weights`` are |dL/dW| of convolutions and classifier, ``blocks`` |dL/dh| of what stem and blocks put out, and
    ``signals`` |h|. ``gradients`` are dL/dp of every parameter, not rescaled.
    """

    loss: float
    weights: dict[str, Amount]
    blocks: dict[str, Amount]
    signals: dict[str, Amount]
    parts: dict[str, Parts]
    gradients: tuple[Tensor, ...]

    def amounts(self) -> Iterator[Amount]:
        """All norms."""
        for some in (self.weights, self.blocks, self.signals):
            yield from some.values()
        for parts in self.parts.values():
            yield from (parts.shortcut, parts.branch)
