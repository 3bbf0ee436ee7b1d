"""The maps of one block for one picture: what it gets, what it adds, and the sum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BlockMaps:
    """The ``channels`` of a block in which its branch is largest: ``x`` by the shortcut, ``branch`` F(x) and their
    ``total``, before an activation; each (K, H, W)."""

    block: str
    channels: tuple[int, ...]
    x: Maps
    branch: Maps
    total: Maps

    @property
    def most(self) -> float:
        """The largest amount in all of them."""
        return float(max(abs(each).max() for each in (self.x, self.branch, self.total)))


def largest_channels(branch: Maps, count: int) -> tuple[int, ...]:
    """The ``count`` channels of a branch (C, H, W) with the largest mean square, the largest first."""
    sizes = np.square(branch, dtype=np.float64).mean((1, 2))
    return tuple(int(each) for each in np.argsort(-sizes, kind="stable")[:count])


def as_grey(maps: Maps, most: float) -> NDArray[np.uint8]:
    """Bytes: mid-grey (128) is 0, white is ``most`` and black is ``-most``."""
    scaled = maps / most if most else np.zeros_like(maps)
    grey: NDArray[np.uint8] = np.clip(np.rint(128 + 127 * scaled), 1, 255).astype(np.uint8)
    return grey
