"""Zero-init residual, against PyTorch asked another way."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.models.resnet import BasicBlock

from explorer.charts.ideas.zero_init import (
    distance_alt_text,
    distance_chart,
    gradients_alt_text,
    gradients_chart,
    zero_init_rows,
)
from explorer.ideas.limits import two_digits
from explorer.ideas.measure.zero_init import zero_init_run
from explorer.ideas.zero_init import GAMMAS, ZeroInitSetting, sentence
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.options import Block, Stem
from explorer.text.errors import Refusal

SETTINGS = st.builds(ZeroInitSetting, st.sampled_from(list(Block)), st.sampled_from(GAMMAS), st.integers(0, 9))


@pytest.mark.parametrize("block", list(Block))
def test_at_zero_the_block_is_its_shortcut(block: Block) -> None:
    step = zero_init_run(ZeroInitSetting(block)).steps[0]
    assert step.gamma == step.distance == step.branch == 0 and set(step.convs) == {0.0}
    assert min(step.scale, step.shift, step.shortcut) > 0


@pytest.mark.parametrize("block", list(Block))
def test_at_zero_only_the_last_norm_of_a_branch_learns(block: Block) -> None:
    """Every parameter of a real block, whatever it is called."""
    config = ResNetConfig(block=block, stage_blocks=(2,), widths=(8,), stem=Stem.CIFAR, image_size=8, num_classes=2)
    unit = build(config).get_submodule("layer1.1")
    last = {Block.BASIC: "bn2", Block.BOTTLENECK: "bn3"}[block]
    nn.init.zeros_(unit.get_submodule(last).weight)
    x = torch.randn(4, unit.get_submodule("conv1").in_channels, 8, 8, generator=torch.Generator().manual_seed(0))
    unit(x).square().sum().backward()
    learning = {name for name, parameter in unit.named_parameters() if parameter.grad.any()}
    assert learning == {f"{last}.weight", f"{last}.bias"}
    run = zero_init_run(ZeroInitSetting(block))
    assert f"β one of {two_digits(run.steps[0].shift)}" in sentence(run)
    assert "only its last norm learns" in sentence(run)


def test_torchvisions_block_gives_the_same_numbers() -> None:
    """Their own BasicBlock with the same weights; both paths' gradients together are theirs at the input."""
    config = ResNetConfig(
        block=Block.BASIC, stage_blocks=(2,), widths=(8,), stem=Stem.CIFAR, image_size=8, num_classes=2
    )
    ours = build(config, seed=3).get_submodule("layer1.1")
    theirs = BasicBlock(8, 8)
    theirs.load_state_dict(ours.state_dict())
    generator = torch.Generator().manual_seed(3)
    x, back = (torch.randn(4, 8, 8, 8, generator=generator) for _ in range(2))
    run = zero_init_run(ZeroInitSetting(Block.BASIC, 0.0, 3))
    for step in run.steps[::5]:
        nn.init.constant_(theirs.bn2.weight, step.gamma)
        given = x.clone().requires_grad_()
        out = theirs(given)
        weights = [theirs.conv1.weight, theirs.conv2.weight, theirs.bn2.weight, theirs.bn2.bias, given]
        *own, arrived = torch.autograd.grad(out, weights, back)
        assert [float(gradient.norm()) for gradient in own] == pytest.approx(
            [*step.convs, step.scale, step.shift], rel=1e-4
        )
        assert abs(step.shortcut - step.branch) <= float(arrived.norm()) * 1.001
        assert float(arrived.norm()) <= (step.shortcut + step.branch) * 1.001
        plain = x.relu()
        assert float((out.detach() - plain).norm() / plain.norm()) == pytest.approx(step.distance, rel=1e-4, abs=1e-7)


@pytest.mark.slow
@settings(max_examples=30)
@given(SETTINGS)
def test_the_sentence_says_the_numbers(setting: ZeroInitSetting) -> None:
    run = zero_init_run(setting)
    words, step = sentence(run), run.chosen
    assert step.gamma == setting.gamma and f"At γ = {setting.gamma:g}" in words
    assert ("exactly zero" in words) is (setting.gamma == 0)
    assert two_digits(step.scale) in words and str(len(step.convs)) in words
    if setting.gamma:
        assert all(two_digits(value) in words for value in step.convs)
        percent = float(re.findall(r"branch's makes ([\d.e+-]+) %", words)[0])
        assert percent == pytest.approx(100 * step.branch / (step.branch + step.shortcut), rel=0.01)
    assert words in distance_alt_text(run) and words in gradients_alt_text(run)


def test_the_further_from_zero_the_further_from_the_shortcut() -> None:
    distances = [step.distance for step in zero_init_run(ZeroInitSetting()).steps]
    assert distances == sorted(distances) and distances[0] < distances[-1]


@pytest.mark.parametrize("block", list(Block))
def test_the_charts_have_every_step(block: Block) -> None:
    run = zero_init_run(ZeroInitSetting(block, 0.5))
    (line,) = distance_chart(run).data
    assert list(line.y) == pytest.approx([100 * step.distance for step in run.steps])
    lines = gradients_chart(run).data
    assert len(lines) == len(run.steps[0].convs) + 1
    assert all(len(each.x) == len(GAMMAS) == len(zero_init_rows(run)) for each in lines)


@pytest.mark.parametrize(
    "bad", [{"gamma": -0.1}, {"gamma": 2.1}, {"gamma": float("nan")}, {"block": "wide"}, {"seed": 1.5}]
)
def test_what_is_outside_is_said(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        ZeroInitSetting(**bad)  # type: ignore[arg-type]
