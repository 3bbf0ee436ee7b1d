"""Why is x + F(x) easier to learn than F(x)? The same map, learned in both forms from the same weights.

He et al. 2015, section 3.1: if the wanted map H is near the identity, H(x) − x is near zero, and so are small initial
weights. ``measure.identity`` trains both.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from explorer.ideas.limits import Matrix, check_number, check_option, check_whole

SIDE = 8  # inputs, and outputs, of the map
HIDDEN = 16  # units between two layers: with ReLU as many as any linear map of SIDE inputs needs
SAMPLES = 64
ALIKE = 1.05  # times that two losses differ by at least for one form to be called the winner
LEARNED = 1e-12  # a loss below which a map is learned for all purposes
NEAR = 0.01  # of the loss of answering zero, from where on a form is nearly there

# What the reader moves, and how far.
DISTANCE = (0.0, 3.0)
SCALE = (0.0, 2.0)
LEARNING_RATE = (0.001, 3.0)
STEPS = (1, 400)
SEED = (0, 999)


class Target(StrEnum):
    """The map that the wanted map is near to."""

    IDENTITY = "identity"
    NEGATION = "negation"

    @property
    def label(self) -> str:
        """What people read in the choice."""
        return {"identity": "near the identity, H(x) ≈ x", "negation": "near its opposite, H(x) ≈ −x"}[self]


class Form(StrEnum):
    """The layers of F."""

    LINEAR = "linear"
    TWO_LINEAR = "two_linear"
    TWO_RELU = "two_relu"

    @property
    def label(self) -> str:
        """What people read in the choice."""
        return {
            "linear": "one layer, W x",
            "two_linear": "two layers, W₂ W₁ x",
            "two_relu": "two layers with ReLU, W₂ ReLU(W₁ x)",
        }[self]


@dataclass(frozen=True, slots=True)
class IdentitySetting:
    """What is to be learned, and how.

    The wanted map is H = ±I + ``distance`` · R with a random R of spectral norm 1. Weights start normal with standard
    deviation ``scale`` / √inputs, and are the same for both forms.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    target: Target = Target.IDENTITY
    form: Form = Form.LINEAR
    distance: float = 0.3
    scale: float = 0.1
    learning_rate: float = 0.1
    steps: int = 30
    seed: int = 0

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "target", check_option("Wanted map", self.target, Target))
        put(self, "form", check_option("Form of F", self.form, Form))
        put(self, "distance", check_number("Distance of H", self.distance, *DISTANCE))
        put(self, "scale", check_number("Scale of the initial weights", self.scale, *SCALE))
        put(self, "learning_rate", check_number("Learning rate", self.learning_rate, *LEARNING_RATE))
        check_whole("Steps", self.steps, *STEPS)
        check_whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class Learner:
    """The training of one form. Matrices are ``SIDE`` x ``SIDE``, a row for each output.

    ``wanted`` is what F has to become. ``start`` and ``learned`` are what F was and became: the linear map nearest to F
    on the data, which for linear forms is F itself. ``losses`` go from before the first step to after the last. If
    ``diverged``, they end where the loss had grown a millionfold.
    """

    wanted: Matrix
    start: Matrix
    learned: Matrix
    losses: tuple[float, ...]
    diverged: bool

    @property
    def final(self) -> float:
        """The last loss."""
        return self.losses[-1]

    @property
    def to_learn(self) -> float:
        """The Frobenius norm of the map that F has to learn: its distance from zero."""
        return math.sqrt(math.fsum(value * value for row in self.wanted for value in row))

    @property
    def rises(self) -> bool:
        """Whether the loss ended higher than it began."""
        return self.final > max(self.losses[0], LEARNED)

    def steps_to(self, level: float) -> int | None:
        """Returns how many steps it took until the loss was at most ``level``, or None."""
        return next((step for step, loss in enumerate(self.losses) if loss <= level), None)


@dataclass(frozen=True, slots=True)
class IdentityRun:
    """The training of both forms on the same data.

    ``zero_loss`` is the loss of always answering zero. ``directions`` are the data's principal directions as unit
    vectors, one a row, and ``variances`` the data's mean square along each, the smallest first.
    """

    setting: IdentitySetting
    plain: Learner
    residual: Learner
    zero_loss: float
    variances: tuple[float, ...]
    directions: Matrix

    @property
    def limit(self) -> float:
        """2 divided by the largest variance: above this rate one linear layer diverges, whatever it has to learn."""
        return 2 / self.variances[-1]


def winner(run: IdentityRun) -> str:
    """Returns "plain" or "residual", whichever has the smaller loss; "" if both are alike or have learned all."""
    plain, residual = run.plain.final, run.residual.final
    if run.plain.rises or run.residual.rises or max(plain, residual) < LEARNED:
        return ""
    return "residual" if residual * ALIKE < plain else "plain" if plain * ALIKE < residual else ""
