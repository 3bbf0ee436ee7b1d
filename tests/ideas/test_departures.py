"""What a text has beside what was meant: each slip is in the table, and nothing else is."""

from dataclasses import replace

import pytest
import torchvision
from torch import nn

from explorer.check import check
from explorer.ideas.departures import departures
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.presets import preset
from tests.network.kinds import SHORT


def rows(net: nn.Module, meant: str | None = None) -> list[tuple[str, str, str, str]]:
    report = check(str(net), preset(meant) if meant else None)
    return [(each.where, each.what, each.has, each.meant) for each in departures(report)]


@pytest.mark.slow
@pytest.mark.parametrize("config", list(SHORT), ids=list(SHORT.values()))
def test_nothing_departs_from_itself(config: ResNetConfig) -> None:
    assert departures(check(str(build(config, device="meta")), config)) == ()


def test_habits_are_no_departures() -> None:
    """torchvision's activations work in place."""
    assert rows(torchvision.models.resnet18()) == []


def test_a_layer_that_is_missing_or_too_many() -> None:
    net = build(preset("resnet18"))
    del net.layer1[0].bn2
    net.layer2[1].extra = nn.Conv2d(128, 128, 1)
    net.layer4[1].drop = nn.Dropout(0.1)  # does nothing to what the network puts out
    assert rows(net, "resnet18") == [
        ("layer1.0.bn2", "layer", "not there", "a norm of 64 features"),
        ("layer2.1.extra", "layer", "a 1×1 convolution from 128 to 128 channels", "not there"),
    ]


def test_every_setting_of_a_layer_is_named() -> None:
    net = build(preset("resnet50"))
    net.layer2[0].conv2 = nn.Conv2d(128, 128, 3, stride=1, padding=0, dilation=2, groups=4)
    net.fc = nn.Linear(512, 10)
    assert rows(net, "resnet50") == [
        ("network", "classes", "10", "1,000"),
        ("layer2.0.conv2", "stride", "1", "2"),
        ("layer2.0.conv2", "padding", "0", "1"),
        ("layer2.0.conv2", "dilation", "2", "1"),
        ("layer2.0.conv2", "groups", "4", "1"),
        ("layer2.0.conv2", "bias", "yes", "no"),
        ("fc", "input features", "512", "2,048"),
    ]


def test_stages_and_blocks() -> None:
    three = replace(preset("resnet18"), stage_blocks=(2, 2, 3), widths=(64, 128, 256))
    assert ("layer3", "blocks", "3", "2") in rows(build(three), "resnet18")
    assert ("stage 4", "stage", "not there", "2 blocks") in rows(build(three), "resnet18")
    five = replace(preset("resnet18"), stage_blocks=(2,) * 5, widths=(64, 128, 256, 512, 512))
    assert ("layer5", "stage", "2 blocks", "not there") in rows(build(five), "resnet18")


def test_a_setting_is_one_row() -> None:
    assert rows(torchvision.models.wide_resnet50_2(), "resnet50") == [("network", "width per group", "128", "64")]


def test_an_error_message_shows_no_layers() -> None:
    assert departures(check("RuntimeError: running_mean should contain 256 elements not 64")) == ()
