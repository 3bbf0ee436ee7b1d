"""Why is x + F(x) easier to learn than F(x)? The same map, learned in both forms from the same weights.

He et al. 2015, section 3.1: if the wanted map H is near the identity, H(x) − x is near zero, and so are small initial
weights. ``measure.identity`` trains both.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from explorer.ideas.limits import Matrix, check_number, check_option, check_whole, two_digits
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
        """The Frobenius norm of what F has to become: how far it is from zero."""
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

    ``zero_loss`` is the loss of always answering zero. ``limit`` is 2 divided by the data's largest variance in any
    direction: with a learning rate above it one linear layer diverges, whatever it has to learn.
    """

    setting: IdentitySetting
    plain: Learner
    residual: Learner
    zero_loss: float
    limit: float


def sentence(run: IdentityRun) -> str:
    """Says which form won, by the losses, and what each had to learn."""
    if run.plain.rises or run.residual.rises:
        return _divergence_words(run)
    return f"{_winner_words(run)} {_task_words(run)}{_speed_words(run)}"


def _divergence_words(run: IdentityRun) -> str:
    rate = f"A learning rate of {run.setting.learning_rate:g} is too large"
    if run.setting.form is Form.LINEAR:
        why = f"With one layer every rate above {run.limit:.3g}, 2 / the data's largest variance, makes any error grow."
    else:
        why = "Lower the rate, or the scale of the weights."
    if run.plain.rises and run.residual.rises:
        both = f"the plain form's loss {_rise_words(run.plain)}, the residual form's {_rise_words(run.residual)}"
        return f"{rate}: {both}. {why}"
    gone, stays = ("plain", "residual") if run.plain.rises else ("residual", "plain")
    bad, good = (run.plain, run.residual) if run.plain.rises else (run.residual, run.plain)
    rest = f"The {stays} form's is {two_digits(good.final)}."
    return f"{rate} for the {gone} form: its loss {_rise_words(bad)}. {rest} {why}"


def _rise_words(one: Learner) -> str:
    how = "exploded" if one.diverged else "rose"
    return (
        f"{how} from {two_digits(one.losses[0])} to {two_digits(one.final)} in {counted(len(one.losses) - 1, 'step')}"
    )


def _winner_words(run: IdentityRun) -> str:
    after = f"After {counted(run.setting.steps, 'step')}"
    plain, residual = run.plain.final, run.residual.final
    both = f"the residual form's loss is {two_digits(residual)}, the plain form's {two_digits(plain)}."
    match winner(run):
        case "residual":
            less = f", {two_digits(plain / residual)} times less than the plain" if residual else " and the plain"
            return (
                f"The residual form wins. {after} its loss is {two_digits(residual)}{less} form's {two_digits(plain)}."
            )
        case "plain":
            more = f"{two_digits(residual / plain)} times the" if plain else "and the"
            loss = f"{after} its loss is {two_digits(residual)}, {more} plain form's {two_digits(plain)}."
            return f"The residual form does not win here. {loss}"
        case _ if max(plain, residual) < LEARNED:
            return f"{after} both forms have learned the map: {both}"
    return f"Neither form wins. {after} {both}"


def _task_words(run: IdentityRun) -> str:
    """Says what each F had to become, and whether that explains who won."""
    plain, residual = run.plain.to_learn, run.residual.to_learn
    nearer = "nearer to zero than" if residual < plain else "farther from zero than"
    how = "as far from zero as" if math.isclose(plain, residual, rel_tol=1e-9) else nearer
    norms = f"of norm {two_digits(residual)}: {how} H itself, of norm {two_digits(plain)}"
    task = f"The residual form's F had to become H − I, {norms}."
    ahead = winner(run)
    if how == "as far from zero as" or not ahead or (ahead == "residual") == (residual < plain):
        return task
    if run.setting.form is Form.LINEAR:
        return f"{task} Being nearer to zero did not decide here: how far it was from the initial weights did."
    return f"{task} Being nearer did not decide here: layers multiply, so near zero each one's gradient is small."


def winner(run: IdentityRun) -> str:
    """Returns "plain" or "residual", whichever has the smaller loss; "" if both are alike or have learned all."""
    plain, residual = run.plain.final, run.residual.final
    if run.plain.rises or run.residual.rises or max(plain, residual) < LEARNED:
        return ""
    return "residual" if residual * ALIKE < plain else "plain" if plain * ALIKE < residual else ""


def _speed_words(run: IdentityRun) -> str:
    """Says how soon each form was nearly there, or why nothing moved."""
    if run.setting.scale == 0 and run.setting.form is not Form.LINEAR:
        return " All weights began at zero, where two layers in a row have no gradient: neither form learned anything."
    level = NEAR * run.zero_loss
    plain, residual = run.plain.steps_to(level), run.residual.steps_to(level)
    if plain is None and residual is None:
        return " Neither came within 1 % of the loss of answering zero."
    most = run.setting.steps
    return (
        f" To 1 % of the loss of answering zero it took the residual form {_step_words(residual, most)}, the plain "
        f"form {_step_words(plain, most)}."
    )


def _step_words(steps: int | None, most: int) -> str:
    if steps is None:
        return f"more than {counted(most, 'step')}"
    return "no step" if steps == 0 else counted(steps, "step")
