"""Activation functions, their derivatives, and what many of them in a row do to a gradient.

Backpropagation multiplies a gradient by one derivative for every activation that it passes. Two numbers say what that
does, weights aside: the largest derivative there is, which bounds the product, and the derivative's root mean square
over standard normal inputs, which is what a norm of the gradient is typically multiplied by where inputs are about
that (He et al. 2015b, section 2.2, for ReLU). Products are logarithms: 2,000 sigmoids leave any float's range.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.gradients.number_words import ten_to
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from explorer.text.quantities import counted

Array = NDArray[np.float64]

WEIGHTS_ASIDE = (
    "These are the activation's factors alone. Weights multiply the gradient, too: He's initialisation by about "
    "√2 ≈ 1.41 a layer, which is just what makes up for ReLU's × 0.71."
)

# Slopes below and above zero of the piecewise linear activations; for LeakyReLU nn.LeakyReLU's default.
_SLOPES = {Activation.RELU: (0.0, 1.0), Activation.LEAKY_RELU: (0.01, 1.0)}
_NODES = np.linspace(-12.0, 12.0, 2401)  # beyond, a standard normal weighs 1e-31
_erf = np.vectorize(math.erf, otypes=[np.float64])


def value(activation: Activation, z: ArrayLike) -> Array:
    """f(z), element by element; GELU is the exact one (Hendrycks and Gimpel 2016)."""
    z = np.asarray(z, dtype=np.float64)
    match activation:
        case Activation.RELU | Activation.LEAKY_RELU:
            below, above = _SLOPES[activation]
            return np.where(z > 0, above * z, below * z)
        case Activation.GELU:
            return z * _normal_below(z)
        case Activation.SIGMOID:
            return _sigmoid(z)
        case Activation.TANH:
            return np.asarray(np.tanh(z))


def derivative(activation: Activation, z: ArrayLike) -> Array:
    """f′(z), element by element; at a kink the slope below, as PyTorch has it."""
    z = np.asarray(z, dtype=np.float64)
    match activation:
        case Activation.RELU | Activation.LEAKY_RELU:
            below, above = _SLOPES[activation]
            return np.where(z > 0, above, below)
        case Activation.GELU:
            return _normal_below(z) + z * _normal_density(z)
        case Activation.SIGMOID:
            return _sigmoid(z) * _sigmoid(-z)
        case Activation.TANH:
            return np.asarray(4 * _sigmoid(2 * z) * _sigmoid(-2 * z))  # 1 - tanh² would cancel far out


def _sigmoid(z: Array) -> Array:
    small = np.exp(-np.abs(z))  # at most 1: nothing overflows
    return np.asarray(np.where(z < 0, small, 1.0) / (1 + small))


def _normal_below(z: Array) -> Array:
    """The standard normal's share below z."""
    return np.asarray(0.5 * (1 + _erf(z / math.sqrt(2))), dtype=np.float64)


def _normal_density(z: Array) -> Array:
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest derivative: its ``size``, one place ``z`` where it is, and all such places in words."""

    size: float
    z: float
    where: str


@cache
def peak(activation: Activation) -> Peak:
    """The largest derivative of an activation. GELU's second derivative is (2 - z²) · density, zero at √2."""
    z, where = {
        Activation.RELU: (1.0, "wherever z > 0"),
        Activation.LEAKY_RELU: (1.0, "wherever z > 0"),
        Activation.GELU: (math.sqrt(2), "at z = √2 ≈ 1.41"),
        Activation.SIGMOID: (0.0, "at z = 0"),
        Activation.TANH: (0.0, "at z = 0"),
    }[activation]
    return Peak(float(derivative(activation, z)), z, where)


@cache
def typical_factor(activation: Activation) -> float:
    """sqrt(E[f′(z)²]) for a standard normal z.

    Exact for straight lines, otherwise by the trapezoidal rule, which converges geometrically for such functions
    (Trefethen and Weideman 2014): the error is that of rounding.
    """
    if activation in _SLOPES:
        below, above = _SLOPES[activation]
        return math.sqrt((below**2 + above**2) / 2)
    weighted = derivative(activation, _NODES) ** 2 * _normal_density(_NODES)
    return math.sqrt(np.trapezoid(weighted, _NODES))


@dataclass(frozen=True, slots=True)
class Product:
    """What ``layers`` activations in a row multiply a gradient by, weights not counted.

    ``largest`` is the largest derivative, ``typical`` the root mean square of it for standard normal inputs.
    """

    activation: Activation
    layers: int
    largest: float
    typical: float

    @property
    def log10_bound(self) -> float:
        """Common logarithm of ``largest`` ** ``layers``: no gradient grows by more, whatever the inputs."""
        return self.layers * math.log10(self.largest)

    @property
    def log10_typical(self) -> float:
        """Common logarithm of ``typical`` ** ``layers``."""
        return self.layers * math.log10(self.typical)

    @property
    def sentence(self) -> str:
        """Both numbers in one sentence; ``WEIGHTS_ASIDE`` belongs beside it."""
        most = amount(math.log10(self.largest), 4, up=True)
        return (
            f"{OPTION_LABELS[self.activation]}: the derivative is at most {most}, so {self._bound_words}; "
            f"with standard normal inputs, typically about {amount(self.log10_typical)} of it gets through."
        )

    @property
    def _bound_words(self) -> str:
        layers = counted(self.layers, "layer")
        if self.largest < 1:
            passes = "passes" if self.layers == 1 else "pass"
            return f"{layers} {passes} on at most {amount(self.log10_bound, up=True)} of a gradient"
        if self.largest == 1:
            return f"by this bound {layers} may pass on all of a gradient, and never more"
        return f"by this bound {layers} may even enlarge a gradient, by up to × {amount(self.log10_bound, up=True)}"


def product(activation: Activation, layers: int) -> Product:
    """The factor by which ``layers`` activations in a row multiply a gradient.

    Raises:
        ValueError: less than one layer.
    """
    if isinstance(layers, bool) or not isinstance(layers, int) or layers < 1:
        raise ValueError(f"layers is {str(layers)[:60]}: it must be a whole number from 1.")
    return Product(activation, layers, peak(activation).size, typical_factor(activation))


def amount(log10: float, digits: int = 2, *, up: bool = False) -> str:
    """A positive number in words from its logarithm: ``0.21``, ``890``, ``2·10⁻³⁴``.

    Rounded to ``digits`` significant digits: to the nearest, or with ``up`` upwards, so that "at most" stays true.
    """
    exponent, scale = math.floor(log10), 10 ** (digits - 1)
    exact = 10 ** (log10 - exponent) * scale
    # What is a rounding error above a short number is that number.
    whole = math.ceil(exact * (1 - 1e-9)) if up else round(exact)
    if whole == 10 * scale:
        exponent, whole = exponent + 1, scale
    if -3 <= exponent <= 3:
        text = f"{whole / scale * 10.0**exponent:,.{max(digits - 1 - exponent, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return ten_to(exponent) if whole == scale else f"{whole / scale:g}·{ten_to(exponent)}"
