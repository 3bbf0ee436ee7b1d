"""How each test of a map ends, which only the measured numbers decide (``verdict`` sums them up). Without torch.

Two questions. Do the pixels that the map calls hot matter to the network? Deleting them first should cost the class its
probability sooner, and inserting them first bring it back sooner, than any random order does (Petsiuk, Das, Saenko
2018, arXiv:1806.07421). And does the map depend on what the network has learnt? It must change when the weights are
made random (Adebayo et al. 2018, arXiv:1810.03292). The thresholds are public constants here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import numpy as np

from explorer.text.quantities import counted, minus

DEPENDS_BELOW = 0.5  # of Spearman's correlation between the map and that of the network with all weights random
OPPOSITE_TO = -0.5  # up to this correlation the map is turned around, which is said
THRESHOLDS = (
    "The map passes deletion if the area under its curve is below that of every random map, and insertion if it is "
    "above. It passes random weights if, once all of them are random, its rank correlation with the map of the trained "
    f"network is below {DEPENDS_BELOW}."
)


class Belief(StrEnum):
    """How a check of a map ended."""

    PASSED = "passed"
    MIXED = "mixed"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Check:
    """How a check ended, with its sentence."""

    belief: Belief
    sentence: str


def area(shares: Sequence[float], chances: Sequence[float]) -> float:
    """The area under a curve by the trapezium rule, divided by its width: a mean probability.

    ``shares`` rise. NaN where a chance is.

    Raises:
        ValueError: less than two points, or shares that do not rise.
    """
    if len(shares) != len(chances) or len(shares) < 2 or shares[-1] <= shares[0]:
        raise ValueError(f"A curve of {counted(len(chances), 'point')} over {len(shares):,} shares has no area.")
    return float(np.trapezoid(chances, shares)) / (shares[-1] - shares[0])


def randomisation_check(similarities: Sequence[float], pictures: int = 1) -> Check:
    """Whether the map depends on what the network has learnt.

    ``similarities`` are Spearman's correlations of the partly random network's map with the trained network's, after
    each step from the classifier down to the stem. The last, with all weights random, decides. Each is the median of
    ``pictures`` pictures.
    """
    if not similarities:
        return Check(Belief.OPEN, "No weights have been made random yet, so nothing can be said of this map.")
    last = similarities[-1]
    if not math.isfinite(last):
        return Check(
            Belief.OPEN,
            "With all weights random there is no rank correlation and so no verdict: a map is the same everywhere or "
            "holds no numbers.",
        )
    shown = round(last, 2) + 0.0
    number = minus(f"{shown:.2f}")
    after = f"with all weights random its rank correlation with the trained network's is {number}"
    if pictures > 1:
        after += f", the median of {counted(pictures, 'picture')}"
    if shown < DEPENDS_BELOW:
        turned = " What was hot is cold then: the map has changed." if shown <= OPPOSITE_TO else ""
        return Check(Belief.PASSED, f"The map depends on what the network has learnt: {after}.{turned}")
    return Check(Belief.FAILED, f"The map stays similar when the weights are random: do not believe it; {after}.")


def over_pictures(similarities: Sequence[Sequence[float]]) -> tuple[tuple[float, float, float], ...]:
    """For each step the median, lowest and highest of several pictures' correlations; pictures without one left out."""
    known = ([each for each in step if math.isfinite(each)] for step in similarities)
    return tuple((median(step), min(step), max(step)) if step else (math.nan,) * 3 for step in known)
