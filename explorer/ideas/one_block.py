"""One residual block small enough to see every number of: x, F(x) and x + F(x).

He et al. 2015, figure 2, along one dimension: F is a convolution, ReLU and another convolution, and nothing follows the
sum, as in He et al. 2016. F is multiplied by a scale, as the last batch norm of a branch does with its γ; Goyal et al.
2017 (5.1) start that at 0.
"""

import math
from dataclasses import dataclass
from operator import mul

from explorer.ideas.limits import check_number

Signal = tuple[float, ...]

SCALE = (0.0, 1.0)
X: Signal = (0.3, 0.7, 1.0, 0.8, 0.3, -0.2, -0.6, -0.8, -0.6, -0.1, 0.4, 0.6)
_FIRST, _SECOND = (-1.0, 0.0, 1.0), (0.5, 0.0, -1.0)  # the kernels of F: it answers where x rises


@dataclass(frozen=True, slots=True)
class OneBlock:
    """The block with the same shortcut and without it.

    ``branch`` is ``scale`` · F(x), all that a block without shortcut puts out; ``output`` is x + ``branch``. Each has
    as many values as ``X``.

    Raises:
        Refusal: the scale is not from 0 to 1.
    """

    scale: float

    def __post_init__(self) -> None:
        check_number("Scale of F", self.scale, *SCALE)

    @property
    def branch(self) -> Signal:
        hidden = tuple(max(value, 0.0) for value in _convolved(X, _FIRST))
        return tuple(self.scale * value for value in _convolved(hidden, _SECOND))

    @property
    def output(self) -> Signal:
        return tuple(one + other for one, other in zip(X, self.branch, strict=True))


def distance(signal: Signal) -> float:
    """Returns how far a signal is from x: the length of the difference in parts of the length of x."""
    return math.dist(signal, X) / math.hypot(*X)


def sentence(block: OneBlock) -> str:
    """Says what the block makes of x with the shortcut and without it."""
    if not any(block.branch):
        return (
            "F is 0: with the shortcut, x comes out as it went in. Without it, nothing comes out: to change nothing, F "
            "has to learn to be x."
        )
    kept, alone = (f"{distance(each):.0%}".replace("%", " %") for each in (block.output, block.branch))
    return f"With the shortcut, what comes out differs from x by {kept} of its length. Without it, by {alone}."


def _convolved(signal: Signal, kernel: Signal) -> Signal:
    """Returns the cross-correlation, as convolutions of networks are, with a border of one zero."""
    triples = zip((0.0, *signal), signal, (*signal[1:], 0.0), strict=False)
    return tuple(sum(map(mul, kernel, values)) for values in triples)
