"""Pairs of networks that differ in one choice: what they share, and the words for what differs."""

from dataclasses import fields, replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, analyze, build, preset
from explorer.gradients.paired_networks import Contrast, counterpart, has, names, pair, refusal, with_skips
from explorer.network.options import Norm
from tests.network.strategies import configs

FIELD = {
    Contrast.SKIPS: "shortcut",
    Contrast.ORDER: "order",
    Contrast.NORM: "norm",
    Contrast.ZERO_INIT: "zero_init_residual",
    Contrast.LEARNED_SCALE: "residual_scale",
}


@given(configs(), st.sampled_from(Contrast))
def test_a_twin_differs_in_the_contrast_alone(config: ResNetConfig, contrast: Contrast) -> None:
    other = counterpart(config, contrast)
    differing = {field.name for field in fields(config) if getattr(config, field.name) != getattr(other, field.name)}
    assert differing == {FIELD[contrast]}
    assert has(config, contrast) is not has(other, contrast)
    analyze(other)


@given(configs(), st.sampled_from(Contrast))
def test_a_pair_is_the_same_whichever_of_the_two_one_has(config: ResNetConfig, contrast: Contrast) -> None:
    first, second = pair(config, contrast)
    assert config in (first, second)
    assert has(first, contrast)
    assert not has(second, contrast)
    several = (contrast is Contrast.SKIPS and config.is_plain) or (
        contrast is Contrast.NORM and config.norm is Norm.GROUP
    )
    if not several:  # a plain network has several residual twins, and one without norms two with them
        assert pair(second, contrast) == pair(counterpart(second, contrast), contrast)


def test_a_plain_network_is_paired_with_a_residual_one() -> None:
    assert with_skips(preset("plain20")) == preset("resnet20")
    assert with_skips(preset("resnet50")) is preset("resnet50")
    shrinking = replace(preset("plain20"), widths=(32, 16, 64))
    assert with_skips(shrinking) == replace(shrinking, shortcut="B")


@given(configs())
def test_every_network_has_a_residual_twin(config: ResNetConfig) -> None:
    other = with_skips(config)
    assert not other.is_plain
    assert replace(other, shortcut="none") == replace(config, shortcut="none")
    analyze(other)


@pytest.mark.parametrize("contrast", Contrast)
def test_a_pair_shares_the_weights_that_both_have(contrast: Contrast) -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1), shortcut="C")
    first, second = (build(each, seed=7).state_dict() for each in pair(config, contrast))
    shared = {name for name in first.keys() & second.keys() if first[name].shape == second[name].shape}
    convs = {name for name in second if ".conv" in name or name.startswith("conv1")}
    assert convs <= shared
    differing = {name for name in shared if not torch.equal(first[name], second[name])}
    if contrast is Contrast.ZERO_INIT:
        assert differing == {f"layer{stage}.0.bn2.weight" for stage in (1, 2, 3)}
    else:
        assert not differing


@pytest.mark.parametrize("contrast", Contrast)
def test_the_two_have_different_short_names(contrast: Contrast) -> None:
    first, second = names(preset("resnet20"), contrast)
    assert first != second
    assert max(len(first), len(second)) <= 30
    assert names(counterpart(preset("resnet20"), contrast), contrast) == (first, second)


def test_only_a_network_with_shortcuts_can_start_as_its_shortcuts() -> None:
    assert "Without shortcuts" in refusal(preset("plain20"), Contrast.ZERO_INIT)
    assert not refusal(preset("resnet20"), Contrast.ZERO_INIT)
    assert "Without shortcuts" in refusal(preset("plain20"), Contrast.LEARNED_SCALE)


def test_a_network_of_group_norms_is_compared_with_one_without() -> None:
    grouped = replace(preset("resnet20"), norm="group")
    assert pair(grouped, Contrast.NORM) == (grouped, replace(grouped, norm="none"))
    assert names(grouped, Contrast.NORM) == ("Group norm", "No norm")
    assert not refusal(preset("plain20"), Contrast.NORM)
