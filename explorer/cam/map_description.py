"""What a map of evidence shows, in sentences that only its numbers decide. Without torch.

Where the evidence lies is read off the map as it is shown: positive, scaled up to ``GRID`` x ``GRID`` places whatever
the picture's shape, so that all areas are parts of the picture. Every threshold is a public constant here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.cam.saliency_map import Map, Prediction, SaliencyMap, scaled_up
from explorer.cam.words import METHOD_NAMES, chance_words, halves_words, share_words
from explorer.text.quantities import counted, minus

GRID = 224
CONCENTRATED_FROM = 75  # percent of the evidence in the hottest quarter of the picture; evenly spread it has 25
SPREAD_BELOW = 50
ALIKE_FROM, UNLIKE_BELOW = 0.7, 0.3  # of the correlation of two maps
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
class Where:
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
        """How much of each place belongs to the hot half: of equal ones at its border the same part each."""
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
        """The ninth that the centre is in, as "in the lower left"; "around" where less than half of the hot half's
        evidence lies in it, and where less than chance does, so that it lies on several sides."""
        column, row = (_third(place) for place in self.centre)
        name = ROWS[row], COLUMNS[column]
        words = _ZONES.get(name, f"in the {name[0]} {name[1]}")
        if self.inside >= 0.5:
            return words
        noun = words.partition(" ")[2]
        return f"around {noun}" if self.inside >= 1 / 9 else f"in several places around {noun}"

    @property
    def spread(self) -> EvidenceSpread:
        """The word for it, decided by the percentage that is shown."""
        percent = round(100 * self.hottest_quarter)
        if percent >= CONCENTRATED_FROM:
            return EvidenceSpread.CONCENTRATED
        return EvidenceSpread.SPREAD if percent < SPREAD_BELOW else EvidenceSpread.BETWEEN


def _third(place: float) -> int:
    return min(int(3 * place), 2)


def _ninths(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the ninths of the picture; a place belongs to the one that its middle is in."""
    member = np.array([[_third((place + 0.5) / GRID) == third for place in range(GRID)] for third in range(3)], float)
    return np.asarray(member @ weights @ member.T)


def where(values: Map) -> Where | None:
    """Where the evidence of a map (h, w) lies; None where nothing is above zero or something is no finite number."""
    positive = np.maximum(np.asarray(values, dtype=np.float64), 0)
    if not np.isfinite(values).all() or not positive.any():
        return None
    shares = (positive / positive.max()).astype(np.float32)
    large = np.round(np.maximum(scaled_up(shares, GRID, GRID), 0).astype(np.float64), _DIGITS)
    return Where(large / large.sum())


def guess_sentence(network: str, predictions: Sequence[Prediction]) -> str:
    """What the network says is in the picture, and what next: ``predictions`` are the likeliest, likeliest first."""
    first, *others = predictions
    if math.isnan(first.probability):
        return f"{network} says nothing: its outputs are no numbers."
    if not others:
        return f"{network} says {first.name}, the only class it has."
    second = others[0]
    said = f"{network} says {first.name} ({chance_words(first.probability)})"
    if second.probability == first.probability:
        return f"{said} and {second.name} alike."
    return f"{said}, {second.name} next ({chance_words(second.probability)})."


def where_sentence(saliency: SaliencyMap, target: str) -> str:
    """Where the evidence for the class called ``target`` lies; where there is none, that."""
    if missing := _no_numbers(saliency):
        return missing
    found = where(saliency.values)
    if found is None:
        zero = "zero everywhere" if not saliency.values.any() else "zero or below everywhere"
        return f"{_at(saliency)} nothing in the picture speaks for {target}: the map is {zero}."
    half = f"Half of the evidence for {target} lies in {share_words(found.half_area)} of the picture"
    quarter = f"the hottest quarter of the picture holds {share_words(found.hottest_quarter)}"
    if found.spread is EvidenceSpread.SPREAD:
        return f"{half}: it is spread out, {quarter}."
    if found.spread is EvidenceSpread.CONCENTRATED:
        return f"{half}, {found.zone}: it is concentrated, {quarter}."
    return f"{half}, {found.zone}; {quarter}."


def _at(saliency: SaliencyMap) -> str:
    return f"At {saliency.layer}" if saliency.layer else f"By {METHOD_NAMES[saliency.method]}"


def _no_numbers(saliency: SaliencyMap) -> str:
    """Why nothing is said of a map that holds other things than finite numbers."""
    count = int((~np.isfinite(saliency.values)).sum())
    if not count:
        return ""
    verb = "is no finite number" if count == 1 else "are no finite numbers"
    return f"{count:,} of the map's {counted(saliency.values.size, 'value')} {verb}, so nothing can be said of it."


def seen_sentences(
    network: str, predictions: Sequence[Prediction], saliency: SaliencyMap, target: Prediction
) -> tuple[str, ...]:
    """What the network says, which class the map is for where that is another, and where the evidence for it lies."""
    said = [guess_sentence(network, predictions)]
    if target.index != predictions[0].index and not math.isnan(target.probability):
        said.append(f"The map is for {target.name}, to which it gives {chance_words(target.probability)}.")
    return (*said, where_sentence(saliency, target.name))


def against_sentence(saliency: SaliencyMap, target: str, against: str) -> str:
    """Why ``target`` and not ``against``: how much of the map favours each, and where. The map is for one against the
    other, so that what is below zero favours the other."""
    if missing := _no_numbers(saliency):
        return missing
    values = saliency.values.astype(np.float64)
    weight = np.abs(values).sum()
    if not weight:
        return f"{_at(saliency)} nothing in the picture tells {target} from {against}: the map is zero everywhere."
    shares = halves_words(float(np.maximum(values, 0).sum() / weight))
    parts = []
    for name, share, side in zip((target, against), shares, (saliency.values, -saliency.values), strict=True):
        found = where(side)
        place = "" if found is None or found.spread is EvidenceSpread.SPREAD else f" ({found.zone})"
        parts.append(f"{share} favours {name}{place}")
    return f"Why {target} and not {against}: of the map's mass {', '.join(parts)}."


def map_correlation(one: Map, other: Map, *, signed: bool = False) -> float:
    """Pearson's correlation of two maps of the same picture, both scaled up to ``GRID`` x ``GRID``.

    Of what is above zero, or ``signed``. NaN where a map is the same everywhere or holds no numbers.
    """
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return math.nan
    first, second = (_centred(each, signed=signed) for each in (one, other))
    sizes = math.sqrt((first * first).sum() * (second * second).sum())
    return min(max(float((first * second).sum()) / sizes, -1.0), 1.0) if sizes else math.nan


def _centred(values: Map, *, signed: bool) -> NDArray[np.float64]:
    kept = np.asarray(values, dtype=np.float64) if signed else np.maximum(values, 0).astype(np.float64)
    size = np.abs(kept).max()
    shares = (kept / size if size else kept).astype(np.float32)
    large = np.round(scaled_up(shares, GRID, GRID).astype(np.float64), _DIGITS)
    return np.asarray(large - large.mean() if large.min() < large.max() else np.zeros_like(large))


def agreement_sentences(
    names: tuple[str, str], predictions: tuple[Sequence[Prediction], Sequence[Prediction]], correlation: float
) -> tuple[str, str]:
    """Whether two networks say the same of a picture, and how similar their maps are (``map_correlation``)."""
    first, second = (each[0] for each in predictions)
    chances = chance_words(first.probability), chance_words(second.probability)
    if math.isnan(first.probability) or math.isnan(second.probability):
        said = "The two cannot be compared: outputs are no numbers."
    elif first.name == second.name:
        said = f"Both say {first.name}: {names[0]} with {chances[0]}, {names[1]} with {chances[1]}."
    else:
        said = f"They disagree: {names[0]} says {first.name} ({chances[0]}), {names[1]} {second.name} ({chances[1]})."
    return said, _alike(correlation)


def _alike(correlation: float) -> str:
    if math.isnan(correlation):
        return "Their maps cannot be compared: one of them is the same everywhere or holds no numbers."
    shown = round(correlation, 2) + 0.0
    word = "alike" if shown >= ALIKE_FROM else "unlike" if shown < UNLIKE_BELOW else "alike in part"
    return minus(f"Their maps are {word}: correlation {shown:.2f}.")
