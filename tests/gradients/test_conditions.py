"""The words for a condition are true of the network that is built, and tell apart what a verdict depends on."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from explorer import ResNetConfig, build, preset
from explorer.gradients.conditions import condition, moment, shared_condition, way_of_the_sum
from explorer.gradients.paired_networks import Contrast, names, pair
from explorer.gradients.stories import STORIES
from explorer.gradients.verdict import Verdict
from explorer.network.options import Activation, Init, Norm, Order, Shortcut

ONE_STAGE = replace(preset("resnet20"), stage_blocks=(2,), widths=(4,), image_size=8, norm="none")
TWO_STAGES = replace(ONE_STAGE, stage_blocks=(2, 2), widths=(4, 8))


class Shut(nn.Module):
    """An activation that lets no gradient through."""

    def forward(self, x: Tensor) -> Tensor:
        return x * 0


def passes_shut_activations(config: ResNetConfig) -> bool:
    """Whether a gradient gets from the last block to the stem although every activation behind the stem is shut."""
    net = build(config)
    for name in [name for name, _ in net.named_modules()]:
        if name.startswith("layer") and name.rpartition(".")[2].startswith("act"):
            net.set_submodule(name, Shut())
    h = torch.randn(2, config.widths[0], 8, 8, requires_grad=True)
    out = h
    for stage in range(1, len(config.stage_blocks) + 1):
        out = net.get_submodule(f"layer{stage}")(out)
    (gradient,) = torch.autograd.grad(out.sum(), h)
    return bool(gradient.any())


@pytest.mark.parametrize("shortcut", list(Shortcut))
@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("config", [ONE_STAGE, TWO_STAGES], ids=["one stage", "two"])
def test_a_shortcut_that_bypasses_the_activation_does(config: ResNetConfig, order: Order, shortcut: Shortcut) -> None:
    config = replace(config, order=order, shortcut=shortcut)
    words = way_of_the_sum(config)
    assert passes_shut_activations(config) == (words == "the shortcut bypasses the ReLU")
    assert ("except in 1 block" in words) == (
        config.order is Order.PRE and len(config.widths) == 2 and shortcut not in (Shortcut.NONE, Shortcut.C)
    )
    assert ("goes through" in words) == (order is Order.POST and not config.is_plain)


def test_each_choice_that_decides_is_in_the_words() -> None:
    said = [
        condition(
            replace(ONE_STAGE, shortcut=shortcut, activation=activation, norm=norm, init=init, order=order), source
        )
        for shortcut, activation, norm, init, order, source in product(
            [Shortcut.NONE, Shortcut.A], Activation, Norm, Init, Order, ["noise", "digits"]
        )
    ]
    plain = len(said) // 2
    assert len(set(said[plain:])) == plain  # a plain network has no sums: there the order of a block is not said
    assert len(set(said[:plain])) == plain // 2 and not set(said[:plain]) & set(said[plain:])
    assert "zero-init" in condition(replace(ONE_STAGE, zero_init_residual=True))
    assert [moment(steps) for steps in (0, 1, 20)] == ["before the first step", "after 1 step", "after 20 steps"]


def test_what_two_networks_share_leaves_out_what_tells_them_apart() -> None:
    sigmoid = replace(preset("resnet20"), activation="sigmoid", norm="none", init="xavier")
    said = {contrast: shared_condition(*pair(sigmoid, contrast)) for contrast in Contrast}
    through, bypass = "each sum goes through the sigmoid", "the shortcut bypasses the sigmoid, except in 2 blocks"
    assert said == {
        Contrast.SKIPS: f"{through}; no norm, Xavier init",
        Contrast.ORDER: f"with it {bypass}; without it {through}; no norm, Xavier init",
        Contrast.NORM: f"{through}; Xavier init",
        Contrast.ZERO_INIT: f"{through}; no norm, Xavier init",
        Contrast.LEARNED_SCALE: f"{through}; no norm, Xavier init",
    }


def test_names_and_conditions_are_words() -> None:
    for shortcut in Shortcut:
        config = replace(preset("resnet20"), shortcut=shortcut, activation="leaky_relu", init="he_fan_in")
        for contrast in Contrast:
            assert "_" not in " ".join([*names(config, contrast), condition(config)])


@pytest.mark.parametrize(
    ("key", "verdicts", "holds"),
    [
        ("sigmoid", (Verdict.HEALTHY, Verdict.VANISHES), True),
        ("sigmoid", (Verdict.VANISHES, Verdict.VANISHES), False),
        ("small_init", (Verdict.HEALTHY, Verdict.VANISHES), False),
        ("small_init", (Verdict.HEALTHY, Verdict.HEALTHY), True),
        ("batch_norm", (Verdict.HEALTHY, Verdict.EXPLODES), False),
        ("batch_norm", (Verdict.HEALTHY, Verdict.VANISHES), True),
        ("pre_activation", (Verdict.HEALTHY, Verdict.VANISHES), False),
        ("pre_activation", (Verdict.HEALTHY, Verdict.HEALTHY), True),
        ("he_without_norm", (Verdict.EXPLODES, Verdict.HEALTHY), False),
        ("he_without_norm", (Verdict.HEALTHY, Verdict.VANISHES), True),
    ],
)
def test_a_claim_is_answered_by_the_verdicts(key: str, verdicts: tuple[Verdict, Verdict], holds: bool) -> None:
    (story,) = [each for each in STORIES if each.key == key]
    does = "holds" if holds else "does not hold"
    assert story.answer(*verdicts) == f"What people say {does} here before the first step."


def test_a_claim_about_something_else_has_no_answer() -> None:
    (story,) = [each for each in STORIES if each.key == "zero_init"]
    assert story.answer(Verdict.HEALTHY, Verdict.HEALTHY) == ""
