"""A deep plain network made of a shallow one by hand computes the same, and nothing else is copied."""

from dataclasses import replace

import pytest
import torch

from explorer.network.model import build
from explorer.network.options import Activation, Norm
from explorer.network.presets import preset
from explorer.text.errors import Refusal
from explorer.training.copied import Copy, copied, copy_request, told_copy

SHALLOW = replace(preset("plain20"), stage_blocks=(1, 2, 1))
DEEP = replace(SHALLOW, stage_blocks=(3, 2, 4))


def test_the_deep_network_computes_what_the_shallow_one_does() -> None:
    net = build(SHALLOW, "cpu", seed=0)
    net(torch.randn(8, 3, 32, 32))  # running statistics that are not those of a fresh network
    images = torch.randn(4, 3, 32, 32)
    deep = copied(net.eval(), DEEP)
    with torch.no_grad():
        assert torch.equal(deep(images), net(images))
        assert not torch.allclose(build(DEEP, "cpu", seed=0).eval()(images), net(images))


@pytest.mark.parametrize(
    ("shallow", "deep"),
    [
        (SHALLOW, replace(DEEP, widths=(8, 16, 32))),
        (DEEP, SHALLOW),
        (replace(SHALLOW, norm=Norm.NONE), replace(DEEP, norm=Norm.NONE)),
        (replace(SHALLOW, activation=Activation.SIGMOID), replace(DEEP, activation=Activation.SIGMOID)),
        (preset("resnet20"), replace(preset("resnet20"), stage_blocks=(4, 4, 4))),
    ],
)
def test_other_networks_are_refused(shallow: object, deep: object) -> None:
    with pytest.raises(Refusal, match=r"deep network|plain networks"):
        copied(build(shallow, "cpu", seed=0), deep)  # type: ignore[arg-type]


def test_the_recorded_networks_are_the_two_of_the_question() -> None:
    assert [each.key for each in copy_request().args] == ["plain-20-seed0", "plain-56-seed0"]


def test_the_sentence_follows_from_the_numbers() -> None:
    copy = Copy("plain-20", "plain-56", 1000, 860, 913, 1000, 0.0)
    assert "1,000 of 1,000 test pictures the same answer as plain-20; every logit is the same." in told_copy(copy)
    assert "So the better weights exist" in told_copy(copy)
    assert "So" not in told_copy(replace(copy, right_trained=950))
    failed = replace(copy, alike=7, difference=2.0)
    assert not failed.succeeds
    assert told_copy(failed).endswith("no logit differs by more than 2.")
