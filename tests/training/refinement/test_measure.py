"""What each block adds, against the block's own modules by hand; the probe's and the network's own answers."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings

from explorer import ResNetConfig, preset
from explorer.network.blocks import BasicBlock
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.training.refinement.measure import Labelled, refinement, steps
from explorer.training.refinement.page_jobs import refinement_of
from explorer.training.refinement.values import STEM
from tests.network.strategies import configs
from tests.network.trained import lively
from tests.training.damage.patients import NETWORKS, load

SMALL = replace(preset("resnet20"), stage_blocks=(2, 1), widths=(4, 6), num_classes=3, image_size=12)


def pictures(config: ResNetConfig, count: int, seed: int = 0) -> Labelled:
    random = torch.Generator().manual_seed(seed)
    shape = (count, config.in_channels, config.image_size, config.image_size)
    return Labelled(torch.randn(shape, generator=random), torch.arange(count) % config.num_classes)


@settings(max_examples=20)
@given(configs())
def test_any_networks_steps_are_its_forward_pass(config: ResNetConfig) -> None:
    net = lively(config)
    images = pictures(config, 2).images
    with torch.no_grad():
        found = list(steps(net, images, lambda _: None))
        torch.testing.assert_close(net.forward_head(found[-1].out), net(images))
    assert found[0].place == STEM and len(found) == 1 + sum(config.stage_blocks)
    assert all(bool(each.summands) != config.is_plain for each in found[1:])
    assert not any(module._forward_pre_hooks for module in net.modules())


def by_hand(net: ResNet, block: BasicBlock, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    branch = block.bn2(block.conv2(block.act1(block.bn1(block.conv1(x)))))
    return branch, x if block.downsample is None else block.downsample(x)


@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_ratios_and_cosines_are_those_of_the_modules(shortcut: str) -> None:
    net, tested = lively(replace(SMALL, shortcut=shortcut)), pictures(SMALL, 5)
    found = refinement(net, tested, pictures(SMALL, 9, 1))
    with torch.no_grad():
        x = net.forward_stem(tested.images)
        for change in found.changes:
            branch, by = by_hand(net, net.get_submodule(change.block), x)
            assert change.branch == pytest.approx(float(branch.square().mean().sqrt()), rel=1e-5)
            assert change.shortcut == pytest.approx(float(by.square().mean().sqrt()), rel=1e-5)
            products = (branch * by).flatten(1).sum(1)
            cosines = products / branch.flatten(1).norm(dim=1) / by.flatten(1).norm(dim=1)
            assert change.cosine == pytest.approx(float(cosines.mean()), rel=1e-4)
            assert change.negative == 0  # behind a ReLU
            x = net.get_submodule(change.block)(x)
        assert found.right == int((net.forward_head(x).argmax(1) == tested.labels).sum())
    assert [each.place for each in found.readings] == [STEM, "layer1.0", "layer1.1", "layer2.0"]
    assert found.expected == () and found.fitted == 9 and found.pictures == 5


def test_the_probe_reads_what_it_was_fitted_on_where_there_are_few() -> None:
    few = pictures(SMALL, 3)
    assert [each.right for each in refinement(lively(SMALL), few, few).readings] == [3, 3, 3, 3]


def test_modes_come_back_and_it_can_be_cancelled() -> None:
    net, some = lively(SMALL).train(), pictures(SMALL, 4)
    said: list[str] = []
    refinement(net, some, some, progress=lambda _, message: said.append(message))
    assert said == [STEM, "layer1.0", "layer1.1", "layer2.0"] * 2 and net.training

    def stop(fraction: float, _: str) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refinement(net, some, some, progress=stop)
    assert all(module.training for module in net.modules())


def test_pictures_without_labels_are_refused() -> None:
    some = pictures(SMALL, 4)
    with pytest.raises(Refusal, match="class for each picture"):
        refinement(lively(SMALL), some, Labelled(some.images, some.labels[:3]))


def test_an_untrained_network_comes_with_what_batch_norm_alone_gives() -> None:
    """De & Smith 2020: about 1/√l, where no activation follows the sum."""
    config = replace(SMALL, stage_blocks=(8,), widths=(16,), order="pre", in_channels=1, num_classes=10)
    found = refinement_of(NETWORKS[0], config)
    assert found.expected == pytest.approx([number**-0.5 for number in range(1, 9)])
    last = found.changes[-1]
    assert 0.5 * found.expected[-1] < last.ratio < 2 * found.expected[-1]
    assert found.changes[0].ratio > 1.5 * last.ratio
    assert refinement_of(NETWORKS[0], replace(config, norm="none")).expected == ()
    assert refinement_of(NETWORKS[0], replace(config, zero_init_residual=True)).expected == ()


def test_a_trained_network_is_read_on_its_own_pictures() -> None:
    patient = load("plain")
    found = refinement_of(NETWORKS[1], None)
    assert not found.changes and len(found.readings) == 5
    assert (found.pictures, found.fitted) == (len(patient.labels), len(patient.calibration_labels))
