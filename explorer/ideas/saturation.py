"""Saturation: what the derivatives of many activations multiply to, against the gradient that comes through real
layers.

``measure.saturation`` measures stacks of layers with and without skips. ``explorer.gradients.activation_functions``
knows the derivatives: their largest value gives the bound, their typical value an estimate.
"""

import math
from dataclasses import dataclass

import numpy as np

from explorer.gradients.activation_functions import Product, amount, product
from explorer.gradients.conditions import BEFORE, activation_word
from explorer.gradients.verdict import ratio_words, verdict
from explorer.ideas.limits import check_number, check_option, check_whole
from explorer.network.options import Activation
from explorer.text.quantities import counted

LAYERS, GAIN, SEED = (1, 50), (0.1, 4.0), (0, 99)
WIDTH = 64  # units of each layer
LEAST_FLOAT32 = math.log10(float(np.finfo(np.float32).tiny))  # the smallest normal float32


@dataclass(frozen=True, slots=True)
class SaturationSetting:
    """The activation, the number of layers, and the weights' standard deviation, ``gain`` / √inputs.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    activation: Activation = Activation.SIGMOID
    layers: int = 20
    gain: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "activation", check_option("Activation", self.activation, Activation))
        check_whole("Layers", self.layers, *LAYERS)
        object.__setattr__(self, "gain", check_number("Scale of the weights", self.gain, *GAIN))
        check_whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class SaturationRun:
    """The gradient's norm after each layer on the way back, as log10, relative to its norm at the output.

    ``plain`` is without and ``skip`` with a shortcut around each layer. -inf means that nothing comes through.
    """

    setting: SaturationSetting
    plain: tuple[float, ...]
    skip: tuple[float, ...]

    @property
    def alone(self) -> Product:
        """The product of the activations' derivatives alone."""
        return product(self.setting.activation, self.setting.layers)


def sentence(run: SaturationRun) -> str:
    """Says the bound, the estimate, what really comes back through both stacks, and under which condition."""
    alone, layers = run.alone, run.setting.layers
    bound = f"the derivatives alone would let through at most {amount(alone.log10_bound, up=True)}"
    typical = f"typically {amount(alone.log10_typical)}"
    plain, skip = (_through(each[-1]) for each in (run.plain, run.skip))
    return (
        f"Of {counted(layers, 'layer')} {bound}, {typical}. Measured, weights included: {plain} arrives at the stack's "
        f"input without skips, {skip} with skips.{_above(run)} {_verdict(run)}"
    )


def _through(log10: float) -> str:
    if math.isinf(log10):
        return "nothing at all of the gradient"
    how = "of" if log10 < 0 else "times"
    return f"{ratio_words(log10, amount)} {how} the gradient{' (below float32)' if log10 < LEAST_FLOAT32 else ''}"


def _above(run: SaturationRun) -> str:
    """Says why more than the bound came through, if it did."""
    if run.plain[-1] > run.alone.log10_bound + 1e-9:
        return " That is more than the bound: the weights multiply the gradient, too."
    return ""


def _verdict(run: SaturationRun) -> str:
    """Says both verdicts with what they depend on: here a skip goes around the activation, not through it."""
    plain, skip = (gradient_state(each[-1]) for each in (run.plain, run.skip))
    where = f"no norm, weights of scale {run.setting.gain:g}; noise"
    bypass = f"skips that bypass the {activation_word(run.setting.activation)}"
    too = ", too" if plain == skip else ""
    return f"So {BEFORE} ({where}) the gradient {plain} without skips; with {bypass}, it {skip}{too}."


def gradient_state(log10: float) -> str:
    """Returns what is said of a gradient with this log10 of its relative norm, as on the Gradient-flow page."""
    return "vanishes entirely" if log10 == -math.inf else str(verdict(log10))
