"""Two tests of whether a map deserves belief, as numbers: curves of deletion and insertion, and what stays of the map
when the weights are made random. Plain values, without torch; ``deletion_check`` and ``randomisation_check`` measure
them, ``check_verdicts`` judges.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from explorer.cam.check_verdicts import area, over_pictures
from explorer.cam.saliency_map import SaliencyMap

Values = NDArray[np.float64]
CurveBand = tuple[tuple[float, float, float], ...]


class Trial(StrEnum):
    """What is done to the picture, pixel by pixel, those first that the map calls most important."""

    DELETION = "deletion"
    INSERTION = "insertion"


class Baseline(StrEnum):
    """What stands where pixels are missing: the picture's mean colour, or the picture blurred."""

    MEAN = "mean"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class BeliefCurve:
    """The probability of class ``target`` after each share of the pixels (Petsiuk et al. 2018, arXiv:1806.07421).

    ``shares`` rise from 0 to 1; ``probabilities`` are along the map's order, and each of ``random`` along that of a
    random map of the same resolution. NaN where the network gave no number.
    """

    trial: Trial
    baseline: Baseline
    target: int
    shares: tuple[float, ...]
    probabilities: tuple[float, ...]
    random: tuple[tuple[float, ...], ...]

    @property
    def area(self) -> float:
        """Under the map's curve, by the trapezium rule: for a good map small at deletion, large at insertion."""
        return area(self.shares, self.probabilities)

    @property
    def random_areas(self) -> tuple[float, ...]:
        """Under the curve of each random map."""
        return tuple(area(self.shares, each) for each in self.random)

    @property
    def random_area(self) -> tuple[float, float, float]:
        """Median, smallest and largest of the random maps' areas; NaN where there is none."""
        return over_pictures((self.random_areas,))[0]

    @property
    def random_band(self) -> CurveBand:
        """Median, lowest and highest of the random maps' probabilities at each share."""
        return over_pictures(tuple(zip(*self.random, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Randomisation:
    """What stays of the maps when the weights are made random from the classifier down (Adebayo et al. 2018,
    arXiv:1810.03292): at each of ``steps`` that part becomes random as well.

    ``original`` has the map of each picture, ``maps`` for each step those of the partly random network; ``spearman``
    and ``ssim`` say for each step and picture how similar the two are: NaN where that has no answer.
    """

    layer: str
    seed: int
    steps: tuple[str, ...]
    original: tuple[SaliencyMap, ...]
    maps: tuple[tuple[SaliencyMap, ...], ...]
    spearman: tuple[tuple[float, ...], ...]
    ssim: tuple[tuple[float, ...], ...]

    @property
    def spearman_band(self) -> CurveBand:
        """Median, lowest and highest of the pictures at each step."""
        return over_pictures(self.spearman)

    @property
    def ssim_band(self) -> CurveBand:
        """Median, lowest and highest of the pictures at each step."""
        return over_pictures(self.ssim)


def spearman(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Rank correlation of two maps of one shape, signed values, ties at their mean rank: from -1 to 1.

    NaN where a map is the same everywhere, or not all numbers.
    """
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return float("nan")
    a, b = (_centred_ranks(values) for values in (first, second))
    size = np.sqrt((a @ a) * (b @ b))
    return float(np.clip((a @ b) / size, -1, 1)) if size else float("nan")


def _centred_ranks(values: NDArray[np.float32]) -> Values:
    """Of all values, ties at the mean of theirs, less the mean of all."""
    _, where, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    ranks: Values = (np.cumsum(counts) - (counts - 1) / 2)[where]
    ranks -= ranks.mean()
    return ranks


def ssim(first: NDArray[np.float32], second: NDArray[np.float32], window: int = 7) -> float:
    """Structural similarity of two maps from 0 to 1 (Wang et al. 2004, equation 13, with square windows and the
    constants of section III.C): its mean over all windows that lie inside. NaN where they are not all numbers.
    """
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return float("nan")
    side = min(window, *first.shape)
    x, y = (np.lib.stride_tricks.sliding_window_view(each.astype(np.float64), (side, side)) for each in (first, second))
    mean_x, mean_y = x.mean((2, 3)), y.mean((2, 3))
    var_x, var_y = (x * x).mean((2, 3)) - mean_x**2, (y * y).mean((2, 3)) - mean_y**2
    covariance = (x * y).mean((2, 3)) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float((likeness / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))).mean())
