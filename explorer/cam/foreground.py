"""The object in a picture, where brightness tells it from the ground by Otsu's threshold. Without torch.

Otsu 1979 ("A threshold selection method from gray-level histograms", equations 12 to 18): of all thresholds the one
with the largest variance between the two sides. That always finds two sides, so the rules here say when one of them is
an object.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.cam.evidence_place import GRID

AREA_FROM, AREA_TO = 0.02, 0.80  # of the picture that an object covers
EDGE_TO = 0.25  # of the picture's edge that belongs to it; the rest is the ground's
SEPARABLE_FROM = 0.80  # variance between both sides over all variance; evenly spread brightness has 0.75
CONNECTED_FROM = 0.80  # of an object that is one piece
_COARSE = 56  # places a side at which pieces are told apart
_LEVELS = 256

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Foreground:
    """The object: its places as ``mask`` (GRID, GRID), and whether it is ``brighter`` than the ground or darker."""

    mask: Bools
    brighter: bool

    @property
    def area(self) -> float:
        """The part of the picture that the object covers."""
        return float(self.mask.mean())


def foreground_of(picture: Image.Image) -> Foreground | None:
    """The object in a picture; None where one of the rules above is broken.

    The ground is the side of the threshold that most of the picture's edge belongs to.
    """
    grey = picture.convert("L")
    if max(grey.size) > GRID:
        grey = grey.resize((GRID, GRID), Image.Resampling.BOX)
    levels = np.asarray(grey)
    threshold, separability = otsu(np.bincount(levels.ravel(), minlength=_LEVELS))
    bright = levels > threshold
    brighter = bool(_edge(bright).mean() < 0.5)
    mask = bright if brighter else ~bright
    if separability < SEPARABLE_FROM or _edge(mask).mean() > EDGE_TO:
        return None
    if not AREA_FROM <= mask.mean() <= AREA_TO or _largest_piece(_scaled(mask, _COARSE)) < CONNECTED_FROM:
        return None
    return Foreground(_scaled(mask, GRID), brighter)


def otsu(counts: NDArray[np.int64]) -> tuple[int, float]:
    """Otsu's threshold of a histogram, and how well it separates: the variance between both sides over all variance.

    ``counts`` says how many pixels have each level. Levels above the threshold are one side. Without variance 0 and 0.
    """
    levels, shares = np.arange(len(counts)), counts / counts.sum()
    mean = float(shares @ levels)
    variance = float(shares @ (levels - mean) ** 2)
    below, sums = np.cumsum(shares)[:-1], np.cumsum(shares * levels)[:-1]
    apart = np.zeros(len(counts) - 1)
    both = (np.cumsum(counts)[:-1] > 0) & (np.cumsum(counts)[:-1] < counts.sum())
    np.divide((mean * below - sums) ** 2, below * (1 - below), out=apart, where=both)
    best = int(apart.argmax())
    return best, float(apart[best] / variance) if variance else 0.0


def _edge(mask: Bools) -> Bools:
    """The outermost places, once each."""
    return np.concatenate([mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1]])


def _scaled(mask: Bools, side: int) -> Bools:
    return np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.NEAREST)).astype(bool)


def _largest_piece(mask: Bools) -> float:
    """The part of a mask that is its largest piece; neighbours touch at a side or a corner."""
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    before = np.zeros_like(labels)
    while not np.array_equal(labels, before):  # each place takes the largest label around it
        before, padded = labels, np.pad(labels, 1)
        rows = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
        labels = np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:]) * mask
    return float(np.bincount(labels[mask]).max() / mask.sum()) if mask.any() else 0.0
