"""How similar two maps of one picture are. Without torch."""

import math

import numpy as np
from numpy.typing import NDArray

from explorer.cam.evidence_place import on_grid
from explorer.cam.saliency_map import Map

ALIKE_FROM, UNLIKE_BELOW = 0.7, 0.3  # of the correlation of two maps


def map_correlation(one: Map, other: Map, *, signed: bool = False) -> float:
    """Pearson's correlation of two maps (h, w) of the same picture, after both are scaled up to the same grid.

    It compares what is above zero, or with ``signed`` all values. NaN where a map is constant or holds no numbers.
    """
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return math.nan
    first, second = (_centred(each, signed=signed) for each in (one, other))
    sizes = math.sqrt((first * first).sum() * (second * second).sum())
    return min(max(float((first * second).sum()) / sizes, -1.0), 1.0) if sizes else math.nan


def _centred(values: Map, *, signed: bool) -> NDArray[np.float64]:
    large = on_grid((values if signed else np.maximum(values, 0)).astype(np.float64))
    return np.asarray(large - large.mean() if large.min() < large.max() else np.zeros_like(large))
