"""Along which direction of the data one linear layer was ahead of the other.

Gradient descent on one layer multiplies the error W − wanted along each principal direction of the data by
1 − learning rate · variance, whatever the other directions do, and the loss is the sum of variance · |error|² / 2
over them (Saxe et al. 2014, section 1). So the direction of the smallest variance keeps its error longest.
"""

import math
from dataclasses import dataclass

from explorer.ideas.identity import IdentityRun, Learner, winner
from explorer.ideas.limits import Matrix


@dataclass(frozen=True, slots=True)
class Along:
    """The errors of both forms along one principal direction, the ``number``-th by variance, counted from 0.

    ``kept`` is the part of an error that a step leaves; no direction keeps more if ``slowest``. The starts are norms
    of the error, the losses what the error makes of the last loss. The direction ``decides`` if the winner's lead
    along it is larger than over all the others together.
    """

    number: int
    variance: float
    kept: float
    slowest: bool
    plain_start: float
    residual_start: float
    plain_loss: float
    residual_loss: float
    decides: bool


def largest_gap(run: IdentityRun) -> Along:
    """Returns the direction along which the form that won has its largest lead; for one linear layer."""
    plain, residual = _losses(run, run.plain), _losses(run, run.residual)
    sign = 1 if winner(run) == "residual" else -1
    leads = [sign * (a - b) for a, b in zip(plain, residual, strict=True)]
    best = max(range(len(leads)), key=leads.__getitem__)
    kept = [abs(1 - run.setting.learning_rate * variance) for variance in run.variances]
    return Along(
        best,
        run.variances[best],
        kept[best],
        kept[best] == max(kept),
        _error(run.plain.start, run.plain.wanted, run.directions[best]),
        _error(run.residual.start, run.residual.wanted, run.directions[best]),
        plain[best],
        residual[best],
        leads[best] > math.fsum(leads) / 2,
    )


def _losses(run: IdentityRun, one: Learner) -> list[float]:
    """Returns what the last loss is made of, by direction."""
    pairs = zip(run.variances, run.directions, strict=True)
    return [variance * _error(one.learned, one.wanted, along) ** 2 / 2 for variance, along in pairs]


def _error(weights: Matrix, wanted: Matrix, along: tuple[float, ...]) -> float:
    """Returns |(W − wanted) v| for the unit vector v."""
    rows = zip(weights, wanted, strict=True)
    return math.hypot(*(sum((w - h) * v for w, h, v in zip(*row, along, strict=True)) for row in rows))
