"""Where the evidence of a map lies in the picture: numbers, and the words that they decide. Without torch.

It is read off the map as it is shown: positive, and scaled up to ``GRID`` x ``GRID`` places whatever the picture's
shape, so that all areas are parts of the picture. Every threshold is a public constant here.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.cam.saliency_map import Map, scaled_up

GRID = 224
CONCENTRATED_FROM = 75  # percent of the evidence in the hottest quarter of the picture; evenly spread it has 25
SPREAD_BELOW = 50
_DIGITS = 5  # of a value as a part of the largest, that count: rounding errors of scaling up must not order equals


class EvidenceSpread(StrEnum):
    """How far the evidence is spread over the picture."""

    CONCENTRATED = "concentrated"
    BETWEEN = "neither concentrated nor spread out"
    SPREAD = "spread out"


ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")
_ZONES = {
    ("upper", "middle"): "at the top",
    ("middle", "left"): "on the left",
    ("middle", "middle"): "in the middle",
    ("middle", "right"): "on the right",
    ("lower", "middle"): "at the bottom",
}


@dataclass(frozen=True)
class EvidencePlace:
    """Where the evidence lies: ``weights`` (GRID, GRID) are the shares of all of it, in float64.

    The hot half is the smallest part of the picture that holds half of the evidence.
    """

    weights: NDArray[np.float64]

    @cached_property
    def _falling(self) -> NDArray[np.float64]:
        return np.sort(self.weights, axis=None)[::-1]

    @cached_property
    def hottest_quarter(self) -> float:
        """The part of the evidence that lies in the hottest quarter of the picture: from 0.25 to 1."""
        return float(self._falling[: self._falling.size // 4].sum())

    @cached_property
    def _hot_half(self) -> NDArray[np.float64]:
        """The share of each place that belongs to the hot half, from 0 to 1.

        It is 1 above the value at the half's border and 0 below. All places with just that value get the same share.
        """
        sums = np.cumsum(self._falling)
        border = self._falling[min(int(np.searchsorted(sums, 0.5 * sums[-1])), sums.size - 1)]
        above, at = self.weights > border, self.weights == border
        part = (0.5 * sums[-1] - self.weights[above].sum()) / self.weights[at].sum()
        return np.where(above, 1.0, np.where(at, np.clip(part, 0, 1), 0.0))

    @cached_property
    def half_area(self) -> float:
        """How much of the picture the hot half takes: at most 0.5."""
        return float(self._hot_half.mean())

    @cached_property
    def _halved(self) -> NDArray[np.float64]:
        """The evidence in the hot half, as shares of it."""
        held = self._hot_half * self.weights
        return np.asarray(held / held.sum())

    @cached_property
    def centre(self) -> tuple[float, float]:
        """The centre of mass of the hot half: parts of the picture's width from the left and height from the top."""
        places = (np.arange(GRID) + 0.5) / GRID
        return float(self._halved.sum(axis=0) @ places), float(self._halved.sum(axis=1) @ places)

    @cached_property
    def inside(self) -> float:
        """The part of the hot half's evidence that lies in the ninth of the picture that its centre is in."""
        column, row = (_third(place) for place in self.centre)
        return float(_ninths(self._halved)[row, column])

    @property
    def ninths(self) -> NDArray[np.float64]:
        """The part of all evidence in each ninth of the picture, (3, 3) from the upper left."""
        return _ninths(self.weights)

    @property
    def zone(self) -> str:
        """The ninth of the picture that the centre is in, as "in the lower left".

        If less than half of the hot half's evidence lies in that ninth: "around the lower left". If less than chance
        would put there: "in several places around the lower left".
        """
        column, row = (_third(place) for place in self.centre)
        words = zone_words(ROWS[row], COLUMNS[column])
        if self.inside >= 0.5:
            return words
        noun = words.partition(" ")[2]
        return f"around {noun}" if self.inside >= 1 / 9 else f"in several places around {noun}"

    @property
    def spread(self) -> EvidenceSpread:
        """How far the evidence is spread, decided by the percentage that readers are shown."""
        percent = round(100 * self.hottest_quarter)
        if percent >= CONCENTRATED_FROM:
            return EvidenceSpread.CONCENTRATED
        return EvidenceSpread.SPREAD if percent < SPREAD_BELOW else EvidenceSpread.BETWEEN


def zone_words(row: str, column: str) -> str:
    """One of the nine parts, by its names in ``ROWS`` and ``COLUMNS``, as "in the lower left"."""
    return _ZONES.get((row, column), f"in the {row} {column}")


def _third(place: float) -> int:
    return min(int(3 * place), 2)


def _ninths(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the ninths of the picture; a place belongs to the one that its middle is in."""
    member = np.array([[_third((place + 0.5) / GRID) == third for place in range(GRID)] for third in range(3)], float)
    return np.asarray(member @ weights @ member.T)


def locate_evidence(values: Map) -> EvidencePlace | None:
    """Where the evidence of a map (h, w) lies; None where nothing is above zero or something is no finite number."""
    positive = np.maximum(np.asarray(values, dtype=np.float64), 0)
    if not np.isfinite(values).all() or not positive.any():
        return None
    large = np.maximum(on_grid(positive), 0)
    return EvidencePlace(large / large.sum())


def on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A map (h, w) divided by its largest magnitude and scaled up to (GRID, GRID); zero stays zero."""
    size = np.abs(values).max()
    shares = (values / size if size else values).astype(np.float32)
    return np.asarray(np.round(scaled_up(shares, GRID, GRID).astype(np.float64), _DIGITS))
