"""Derivatives against autograd, integrals against another rule and a large sample, sentences against exact powers."""

import math
import re
from decimal import Decimal, localcontext

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.gradients.activation_functions import (
    WEIGHTS_ASIDE,
    amount,
    derivative,
    peak,
    product,
    typical_factor,
    value,
)
from explorer.network.blocks import ACTIVATIONS
from explorer.network.options import Activation

every_activation = pytest.mark.parametrize("activation", Activation)
Z = np.concatenate([np.linspace(-8, 8, 1601), [-700.0, -40.0, 0.0, 40.0, 700.0]])
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def slopes(activation: Activation, z: torch.Tensor) -> torch.Tensor:
    """f′(z) by PyTorch's own module and autograd."""
    inputs = z.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(ACTIVATIONS[activation]()(inputs).sum(), inputs)
    return gradient


@every_activation
def test_functions_and_derivatives_are_pytorchs(activation: Activation) -> None:
    z = torch.from_numpy(Z)
    np.testing.assert_allclose(value(activation, Z), ACTIVATIONS[activation]()(z).numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(derivative(activation, Z), slopes(activation, z).numpy(), rtol=1e-9, atol=1e-15)
    assert value(activation, [[0.0, 1.0]]).shape == derivative(activation, [[0.0, 1.0]]).shape == (1, 2)


@every_activation
def test_the_peak_is_the_largest_derivative_and_lies_where_it_says(activation: Activation) -> None:
    most = peak(activation)
    sampled = slopes(activation, torch.linspace(-8, 8, 1_000_001, dtype=torch.float64))
    assert float(sampled.max()) <= most.size * (1 + 1e-12)
    assert float(sampled.max()) == pytest.approx(most.size, rel=1e-9)
    assert float(slopes(activation, torch.tensor([most.z], dtype=torch.float64))) == pytest.approx(most.size, rel=1e-12)


def test_the_textbook_numbers() -> None:
    assert peak(Activation.SIGMOID).size == 0.25 and peak(Activation.SIGMOID).z == 0
    assert peak(Activation.RELU).size == peak(Activation.LEAKY_RELU).size == peak(Activation.TANH).size == 1
    assert 1.128 < peak(Activation.GELU).size < 1.129
    assert typical_factor(Activation.RELU) == math.sqrt(0.5)
    assert f"× {typical_factor(Activation.RELU):.2f}" in WEIGHTS_ASIDE
    assert math.sqrt(2) * typical_factor(Activation.RELU) == pytest.approx(1)


@pytest.mark.parametrize("activation", [Activation.GELU, Activation.SIGMOID, Activation.TANH])
def test_the_typical_factor_is_the_integral_by_another_rule(activation: Activation) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    squares = slopes(activation, torch.from_numpy(nodes)).numpy() ** 2
    assert typical_factor(activation) == pytest.approx(math.sqrt(squares @ weights / weights.sum()), rel=1e-7)


@every_activation
def test_the_typical_factor_is_what_a_large_sample_shows(activation: Activation) -> None:
    z = torch.randn(4_000_000, generator=torch.Generator().manual_seed(0))
    # The standard error of the mean square is at most 0.5 / 2,000.
    assert float(slopes(activation, z).square().mean()) == pytest.approx(typical_factor(activation) ** 2, abs=1e-3)


@every_activation
def test_a_gradient_through_many_activations_shrinks_as_the_product_says(activation: Activation) -> None:
    generator = torch.Generator().manual_seed(1)
    gradient = torch.ones(200_000, dtype=torch.float64)
    for _ in range(5):
        gradient = gradient * slopes(activation, torch.randn(200_000, generator=generator, dtype=torch.float64))
    there = product(activation, 5)
    assert gradient.square().mean().sqrt().log10().item() == pytest.approx(there.log10_typical, abs=0.02)
    assert gradient.abs().max().log10().item() <= there.log10_bound + 1e-12


@given(st.sampled_from(Activation), st.integers(1, 2000))
def test_products_are_powers_and_the_typical_one_keeps_the_bound(activation: Activation, layers: int) -> None:
    there = product(activation, layers)
    with localcontext(prec=40):
        bound = float((Decimal(peak(activation).size) ** layers).log10())
        typical = float((Decimal(typical_factor(activation)) ** layers).log10())
    assert there.log10_bound == pytest.approx(bound, rel=1e-12, abs=1e-12)
    assert there.log10_typical == pytest.approx(typical, rel=1e-12)
    assert there.log10_typical < there.log10_bound


def read(words: str) -> Decimal:
    """The number that ``amount`` wrote."""
    mantissa, _, power = words.rpartition("·")
    if power.startswith("10") and set(power[2:]) & set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"):
        return Decimal(mantissa or 1) * Decimal(10) ** int(power[2:].translate(_DIGITS))
    return Decimal(power.replace(",", ""))


_NUMBER = r"([\d.,]*\d(?:[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"


@given(st.sampled_from(Activation), st.integers(1, 2000))
def test_the_sentence_says_what_the_exact_powers_say(activation: Activation, layers: int) -> None:
    sentence = product(activation, layers).sentence
    most = read(re.search(f"at most {_NUMBER}, so", sentence)[1])
    typical = read(re.search(f"typically about {_NUMBER} of it", sentence)[1])
    with localcontext(prec=60):
        size, factor = Decimal(peak(activation).size), Decimal(typical_factor(activation))
        assert size <= most <= size * Decimal("1.001")
        assert abs(typical / factor**layers - 1) <= Decimal("0.051")
        if size == 1:
            assert "may pass on all of a gradient, and never more" in sentence
        else:
            bound = read(re.search(rf"(?:at most|up to ×) {_NUMBER}(?: of a gradient)?;", sentence)[1])
            assert size**layers * (1 - Decimal("1e-8")) <= bound <= size**layers * Decimal("1.1000001")
    assert ("may even enlarge" in sentence) == (size > 1)
    assert ("1 layer " in sentence) == (layers == 1) and f"{layers:,} layer" in sentence


@given(st.floats(-1500, 300), st.integers(1, 4), st.booleans())
def test_amounts_are_rounded_to_their_digits(log10: float, digits: int, up: bool) -> None:
    written = read(amount(log10, digits, up=up))
    with localcontext(prec=50):
        ratio = written / (Decimal(10) ** Decimal(log10))
    off = Decimal(10) ** (1 - digits)
    assert (1 - Decimal("1e-8") if up else 1 - off / 2 - Decimal("1e-8")) <= ratio
    assert ratio <= 1 + (off if up else off / 2) + Decimal("1e-8")


def test_amounts_read_as_people_write_them() -> None:
    said = {0.0: "1", -0.5: "0.32", 3.2: "1,600", 4.0: "10⁴", -34.0: "10⁻³⁴", -2.0: "0.01", 2.9501: "890"}
    assert {log10: amount(log10) for log10 in said} == said
    assert amount(math.log10(0.25), up=True) == "0.25"
    assert amount(-33.7) == "2·10⁻³⁴"
    assert amount(-1204.0) == "10⁻¹²⁰⁴"


@pytest.mark.parametrize("layers", [0, -1, True, 1.5, "56"])
def test_no_layers_are_refused_in_words(layers: object) -> None:
    with pytest.raises(ValueError, match=f"layers is {layers}: it must be a whole number from 1"):
        product(Activation.RELU, layers)  # type: ignore[arg-type]
