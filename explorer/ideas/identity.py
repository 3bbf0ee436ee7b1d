"""Why is x + F(x) easier than F(x)? The same map learned in two forms from the same weights, and what came of it.

He et al. 2015, section 3.1: if the wanted map H is near the identity, its difference to it is near zero, where small
weights start. ``explorer.ideas.measure.identity`` trains both.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from explorer.ideas.limits import Matrix, number, option, said, whole
from explorer.text.quantities import counted

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
    """What the wanted map is, or is near to."""

    IDENTITY = "identity"
    NEGATION = "negation"

    @property
    def label(self) -> str:
        """What people read in the choice."""
        return {"identity": "near the identity, H(x) ≈ x", "negation": "near its opposite, H(x) ≈ −x"}[self]


class Form(StrEnum):
    """What F is made of."""

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
        put(self, "target", option("Wanted map", self.target, Target))
        put(self, "form", option("Form of F", self.form, Form))
        put(self, "distance", number("Distance of H", self.distance, *DISTANCE))
        put(self, "scale", number("Scale of the initial weights", self.scale, *SCALE))
        put(self, "learning_rate", number("Learning rate", self.learning_rate, *LEARNING_RATE))
        whole("Steps", self.steps, *STEPS)
        whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class Learner:
    """One form's training. Matrices are rows of outputs, ``SIDE`` x ``SIDE``.

    ``wanted`` is what its F has to become, ``start`` and ``learned`` what F was and became: the linear map that comes
    nearest to F on the data, which for linear forms is F itself. ``losses`` begin before the first step and end after
    the last, or with ``diverged`` at the step where the loss had grown a millionfold.
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
        """How far what F has to become is from zero: its Frobenius norm."""
        return math.sqrt(math.fsum(value * value for row in self.wanted for value in row))

    @property
    def rises(self) -> bool:
        """Whether the loss ended higher than it began, so that each step does more harm than good."""
        return self.final > max(self.losses[0], LEARNED)

    def steps_to(self, level: float) -> int | None:
        """Steps until the loss is at most ``level`` for the first time, or None."""
        return next((step for step, loss in enumerate(self.losses) if loss <= level), None)


@dataclass(frozen=True, slots=True)
class IdentityRun:
    """Both forms' training on the same data.

    ``zero_loss`` is the loss of answering zero. ``limit`` is 2 divided by the data's largest variance in any
    direction: one linear layer diverges with a learning rate above it, whatever it has to learn.
    """

    setting: IdentitySetting
    plain: Learner
    residual: Learner
    zero_loss: float
    limit: float


def sentence(run: IdentityRun) -> str:
    """What came of it, decided by the losses, and what each form had to learn."""
    if run.plain.rises or run.residual.rises:
        return _divergence(run)
    return f"{_outcome(run)} {_task(run)}{_speed(run)}"


def _divergence(run: IdentityRun) -> str:
    rate = f"A learning rate of {run.setting.learning_rate:g} is too large"
    if run.setting.form is Form.LINEAR:
        why = f"With one layer every rate above {run.limit:.3g}, 2 / the data's largest variance, makes any error grow."
    else:
        why = "Lower the rate, or the scale of the weights."
    if run.plain.rises and run.residual.rises:
        return f"{rate}: the plain form's loss {_rise(run.plain)}, the residual form's {_rise(run.residual)}. {why}"
    gone, stays = ("plain", "residual") if run.plain.rises else ("residual", "plain")
    bad, good = (run.plain, run.residual) if run.plain.rises else (run.residual, run.plain)
    return f"{rate} for the {gone} form: its loss {_rise(bad)}. The {stays} form's is {said(good.final)}. {why}"


def _rise(one: Learner) -> str:
    """How the loss rose; one that grew a millionfold was stopped."""
    how = "exploded" if one.diverged else "rose"
    return f"{how} from {said(one.losses[0])} to {said(one.final)} in {counted(len(one.losses) - 1, 'step')}"


def _outcome(run: IdentityRun) -> str:
    after = f"After {counted(run.setting.steps, 'step')}"
    plain, residual = run.plain.final, run.residual.final
    both = f"the residual form's loss is {said(residual)}, the plain form's {said(plain)}."
    match winner(run):
        case "residual":
            less = f", {said(plain / residual)} times less than the plain" if residual else " and the plain"
            return f"The residual form wins. {after} its loss is {said(residual)}{less} form's {said(plain)}."
        case "plain":
            more = f"{said(residual / plain)} times the" if plain else "and the"
            loss = f"{after} its loss is {said(residual)}, {more} plain form's {said(plain)}."
            return f"The residual form does not win here. {loss}"
        case _ if max(plain, residual) < LEARNED:
            return f"{after} both forms have learned the map: {both}"
    return f"Neither form wins. {after} {both}"


def _task(run: IdentityRun) -> str:
    """What each F had to become, and whether that tells who won."""
    plain, residual = run.plain.to_learn, run.residual.to_learn
    nearer = "nearer to zero than" if residual < plain else "farther from zero than"
    how = "as far from zero as" if math.isclose(plain, residual, rel_tol=1e-9) else nearer
    task = (
        f"The residual form's F had to become H − I, of norm {said(residual)}: {how} H itself, of norm {said(plain)}."
    )
    ahead = winner(run)
    if how == "as far from zero as" or not ahead or (ahead == "residual") == (residual < plain):
        return task
    if run.setting.form is Form.LINEAR:
        return f"{task} Being nearer to zero did not decide here: how far it was from the initial weights did."
    return f"{task} Being nearer did not decide here: layers multiply, so near zero each one's gradient is small."


def winner(run: IdentityRun) -> str:
    """The form that ended with the smaller loss, "plain" or "residual"; empty where both learned all, or are alike."""
    plain, residual = run.plain.final, run.residual.final
    if run.plain.rises or run.residual.rises or max(plain, residual) < LEARNED:
        return ""
    return "residual" if residual * ALIKE < plain else "plain" if plain * ALIKE < residual else ""


def _speed(run: IdentityRun) -> str:
    """How soon each was nearly there; and where nothing moved, why."""
    if run.setting.scale == 0 and run.setting.form is not Form.LINEAR:
        return " All weights began at zero, where two layers in a row have no gradient: neither form learned anything."
    level = NEAR * run.zero_loss
    plain, residual = run.plain.steps_to(level), run.residual.steps_to(level)
    if plain is None and residual is None:
        return " Neither came within 1 % of the loss of answering zero."
    most = run.setting.steps
    return (
        f" To 1 % of the loss of answering zero it took the residual form {_steps(residual, most)}, the plain form "
        f"{_steps(plain, most)}."
    )


def _steps(steps: int | None, most: int) -> str:
    if steps is None:
        return f"more than {counted(most, 'step')}"
    return "no step" if steps == 0 else counted(steps, "step")
