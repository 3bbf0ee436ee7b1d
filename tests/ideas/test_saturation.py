"""Saturation: the stacks' gradients against a product of Jacobians, the bound against what comes through."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.ideas.saturation import through_alt_text, through_chart, through_rows
from explorer.gradients.activation_functions import amount
from explorer.gradients.conditions import activation_word
from explorer.gradients.verdict import ratio_words
from explorer.ideas.measure.saturation import saturation_run
from explorer.ideas.saturation import WIDTH, SaturationRun, SaturationSetting, gradient_state, sentence
from explorer.network.blocks import ACTIVATIONS
from explorer.network.options import Activation
from explorer.text.errors import Refusal

SETTINGS = st.builds(
    SaturationSetting,
    st.sampled_from(list(Activation)),
    st.integers(1, 50),
    st.sampled_from([0.1, 0.5, 1.0, math.sqrt(2), 4.0]),
    st.integers(0, 5),
)


@pytest.mark.parametrize("activation", list(Activation))
@pytest.mark.parametrize("skip", [False, True])
def test_the_gradient_is_the_product_of_the_jacobians(activation: Activation, skip: bool) -> None:
    """Each layer's Jacobian by torch.func, multiplied by hand."""
    setting = SaturationSetting(activation, 4, 1.3, 2)
    generator = torch.Generator().manual_seed(2)
    weights = [1.3 / 8 * torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(4)]
    x, back = (torch.randn(32, WIDTH, generator=generator, dtype=torch.float64) for _ in range(2))
    function, start = ACTIVATIONS[activation](), float(back.norm())

    def layer(h: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        branch = function(h @ weight.T)
        return h + branch if skip else branch

    states = [x]
    for weight in weights:
        states.append(layer(states[-1], weight))
    expected = [0.0]
    for h, weight in zip(reversed(states[:-1]), reversed(weights), strict=True):
        jacobians = torch.func.vmap(torch.func.jacrev(lambda one, weight=weight: layer(one, weight)))(h)
        back = (back[:, None] @ jacobians)[:, 0]
        expected.append(math.log10(float(back.norm()) / start))
    run = saturation_run(setting)
    assert (run.skip if skip else run.plain) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60)
@given(SETTINGS)
def test_the_sentence_says_what_was_measured(setting: SaturationSetting) -> None:
    run = saturation_run(setting)
    said = sentence(run)
    assert len(run.plain) == len(run.skip) == setting.layers + 1 and run.plain[0] == run.skip[0] == 0
    assert amount(run.alone.log10_bound, up=True) in said and amount(run.alone.log10_typical) in said
    for values in (run.plain, run.skip):
        assert ("nothing at all" if math.isinf(values[-1]) else ratio_words(values[-1], amount)) in said
    assert "arrives at the stack's input without skips" in said and "first layer" not in said
    assert ("more than the bound" in said) is (run.plain[-1] > run.alone.log10_bound + 1e-9)
    plain, skip = gradient_state(run.plain[-1]), gradient_state(run.skip[-1])
    word = activation_word(setting.activation)
    assert f"the gradient {plain} without skips; with skips that bypass the {word}, it {skip}" in said
    assert said.endswith(", too.") is (plain == skip) and said in through_alt_text(run)
    assert f"before the first step (no norm, weights of scale {setting.gain:g}; noise)" in said


def test_the_classic() -> None:
    run = saturation_run(SaturationSetting())
    assert run.plain[-1] < run.alone.log10_bound < -12
    assert "vanishes without skips; with skips that bypass the sigmoid, it is healthy." in sentence(run)


def test_the_gradient_at_the_input_is_not_called_the_first_layers() -> None:
    """The last entry is |dL/dx| at the stack's input: one Jacobian farther back than the first layer's output."""
    run = saturation_run(SaturationSetting(Activation.RELU, 3, 1.0, 0))
    said = sentence(run)
    assert f"{amount(run.plain[-1])} of the gradient arrives at the stack's input without skips" in said
    assert run.plain[-1] != run.plain[-2]


def test_a_number_beside_a_threshold_does_not_print_as_the_threshold() -> None:
    run = SaturationRun(SaturationSetting(), (0.0, math.log10(0.00996)), (0.0, math.log10(100.3)))
    assert "0.00996 of the gradient arrives at the stack's input without skips, 100.3 times" in sentence(run)
    assert "vanishes without skips" in sentence(run) and "it explodes" in sentence(run)


WORDS = {-math.inf: "vanishes entirely", -3: "vanishes", -2: "is healthy", 2: "is healthy", 3: "explodes"}


@pytest.mark.parametrize(("log10", "word"), WORDS.items())
def test_the_words_for_a_size(log10: float, word: str) -> None:
    assert gradient_state(log10) == word


@settings(max_examples=30)
@given(SETTINGS)
def test_the_chart_has_every_layer(setting: SaturationSetting) -> None:
    run = saturation_run(setting)
    lines = through_chart(run).data
    assert len(lines) == 4 and all(len(line.x) == setting.layers + 1 == len(through_rows(run)) for line in lines)
    assert [each for each in lines[0].y if each is not None] == [each for each in run.plain if math.isfinite(each)]


BAD = [{"layers": 0}, {"layers": 51}, {"gain": 0}, {"gain": 5}, {"activation": "step"}, {"seed": -1}]


@pytest.mark.parametrize("bad", BAD)
def test_what_is_outside_is_said(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        SaturationSetting(**bad)  # type: ignore[arg-type]
