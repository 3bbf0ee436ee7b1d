"""How much of a map's evidence lies on the object, and where on it. Without torch."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from explorer.cam.evidence_place import COLUMNS, ROWS, EvidencePlace, EvidenceSpread, zone_words
from explorer.cam.foreground import Bools, Foreground

PART_FROM = 1 / 3  # of the evidence on the object, in one quarter of the box around it: that quarter is named
DENSER_FROM = 1.25  # but only if its share of the evidence is this many times its share of the area
_DIGITS = 12  # of a share: the sum's rounding errors must not turn "100 %" into "more than 99 %"


@dataclass(frozen=True, slots=True)
class ObjectPart:
    """A part of the object, named as "in its lower left": its ``share`` of the evidence on the object, and its share of
    the object's ``area``."""

    name: str
    share: float
    area: float


@dataclass(frozen=True, slots=True)
class ObjectEvidence:
    """The ``share`` of all evidence that lies on the object, and the ``area`` of the picture that the object covers.

    ``part`` is where on the object that evidence is strongest; None where it is spread over the object. ``beside`` is
    where in the picture the rest of the evidence lies, as "at the top" or "spread out"; empty where there is no rest.
    """

    share: float
    area: float
    part: ObjectPart | None
    beside: str


def evidence_on(found: EvidencePlace, foreground: Foreground) -> ObjectEvidence:
    """Where the evidence lies, seen from the object.

    The parts are quarters of the smallest box around the object: half its width and half its height, at its corners,
    at the middles of its sides and in its middle.
    """
    held = found.weights * foreground.mask
    total = round(float(held.sum()), _DIGITS)
    beside = _zone(found.weights * ~foreground.mask)
    if not total:
        return ObjectEvidence(0.0, foreground.area, None, beside)
    evidence, area = _quarters(held, foreground.mask), _quarters(foreground.mask.astype(float), foreground.mask)
    name = max(evidence, key=evidence.__getitem__)
    part = ObjectPart(name, evidence[name], area[name])
    clear = part.share >= PART_FROM and part.share >= DENSER_FROM * part.area
    return ObjectEvidence(total, foreground.area, part if clear else None, beside)


def _zone(weights: NDArray[np.float64]) -> str:
    """Where in the picture these shares of the evidence lie; empty where all are zero."""
    if not weights.any():
        return ""
    place = EvidencePlace(weights / weights.sum())
    return "spread out" if place.spread is EvidenceSpread.SPREAD else place.zone


def _quarters(values: NDArray[np.float64], mask: Bools) -> dict[str, float]:
    """The share of all ``values`` in each quarter of the box around ``mask``, by the quarter's name."""
    rows, columns = (_span(np.flatnonzero(np.any(mask, axis=axis))) for axis in (1, 0))
    box = values[rows, columns]
    return {
        zone_words(row, column).replace(" the ", " its "): round(float(box[down, across].sum() / box.sum()), _DIGITS)
        for (row, down), (column, across) in product(_halves(ROWS, box.shape[0]), _halves(COLUMNS, box.shape[1]))
    }


def _span(places: NDArray[np.intp]) -> slice:
    return slice(int(places[0]), int(places[-1]) + 1)


def _halves(names: tuple[str, ...], length: int) -> list[tuple[str, slice]]:
    """Half of a length, rounded up, at its start, middle and end, each with its name."""
    half = (length + 1) // 2
    starts = (0, (length - half) // 2, length - half)
    return [(name, slice(start, start + half)) for name, start in zip(names, starts, strict=True)]
