"""Texts of networks without a mistake: every preset in every format is read back as it is."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from explorer import PRESETS, ResNetConfig, build, preset
from explorer.check import Report, Source, check
from explorer.network.options import StrideIn
from tests.check.foreign import on_meta
from tests.check.texts import KINDS, Shape, read, torchinfo_table
from tests.network.kinds import KINDS as NETWORKS

SOURCES = {"print": Source.PRINTED, "torchsummary": Source.TORCHSUMMARY, "torchinfo": Source.TORCHINFO}
DEEPEST = ("resnet1202", "preact_resnet1001")
# What a text cannot tell apart, and what is assumed then: strides are in no state dict, pools have no weights.
LIKE = {
    "state dict": {
        "resnet50_v1": "resnet50", "resnet101_v1": "resnet101", "resnet152_v1": "resnet152",
        "plain20": "resnet20", "plain56": "resnet56", "plain110": "resnet110", "keller_avgpool": "keller_a",
        "resnetblur50": "resnet50", "deeplab_resnet50": "resnet50",
    },
    "torchinfo": {"keller_avgpool": "keller_a"},
    "torchinfo, no shapes": {
        "resnet50_v1": "resnet50", "resnet101_v1": "resnet101", "resnet152_v1": "resnet152",
    },
}  # fmt: skip
LIKE["state dict, printed"] = LIKE["state dict"]


@cache
def network(name: str) -> nn.Module:
    return build(preset(name), device="meta")


def shape_of(config: ResNetConfig) -> Shape:
    return config.in_channels, config.image_size, config.image_size


def assert_reads_back(report: Report, config: ResNetConfig) -> None:
    assert report.config == config, report.sentence
    assert report.differences == ()
    assert report.guessed
    assert not report.partial
    assert report.sentence.endswith("no difference.")


ALWAYS = ("print", "torchsummary", "torchinfo", "torchinfo, deep", "state dict")
OFTEN = ("resnet18", "resnet50_v1", "plain18", "resnet50d", "keller_b", "keller_avgpool", "preact_resnet110")
ONCE = ("print", "state dict")  # the quick ones: of tables, those that have the same blocks more often are left out
CASES = [
    (name, kind)
    for name in PRESETS
    for kind in (KINDS if name in OFTEN else ALWAYS if name in NETWORKS else ONCE)
    if name not in DEEPEST
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_preset_reads_back(name: str, kind: str) -> None:
    report = read(kind, network(name), shape_of(preset(name)))
    expected = preset(LIKE.get(kind, {}).get(name, name))
    assert_reads_back(report, expected)
    assert report.kind is SOURCES.get(kind.partition(",")[0].partition(" ")[0], Source.STATE_DICT)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["print", "torchsummary", "state dict"])
@pytest.mark.parametrize("name", DEEPEST)
def test_the_deepest_read_back(name: str, kind: str) -> None:
    expected = preset(name)
    report = read(kind, network(name), shape_of(expected))
    assert_reads_back(report, expected)


@pytest.mark.parametrize("name", [name for kind in LIKE.values() for name in kind if name in kind])
def test_what_a_text_cannot_tell_is_no_difference_to_what_was_meant(name: str) -> None:
    for kind, pairs in LIKE.items():
        if name in pairs:
            report = read(kind, network(name), shape_of(preset(name)), preset(name))
            assert (report.config, report.differences) == (preset(name), ())
            assert not report.guessed


def test_what_is_assumed_is_said() -> None:
    state = read("state dict", network("plain20"), (3, 32, 32))
    words = " ".join(state.assumed)
    assert "Shortcut: A: identity, zero padding assumed; None (plain network) or" in words
    assert "Activation: ReLU assumed" in words
    assert "Strides, paddings" in words
    assert "initialisation" in words
    printed = " ".join(read("print", network("plain20"), (3, 32, 32)).assumed)
    assert "Shortcut: None (plain network) assumed; A: identity, zero padding would look the same" in printed
    assert "32×32 pixels" in printed
    assert "Activation" not in printed
    hidden = " ".join(read("torchinfo", network("resnet18"), (3, 224, 224)).assumed)
    assert "Average pool, projection (ResNet-D) would look the same" in hidden
    deep = " ".join(read("torchinfo, deep", network("resnet18"), (3, 224, 224)).assumed)
    assert "Shortcut" not in deep
    assert "Paddings" in deep


def test_a_folded_list_of_blocks_is_unfolded() -> None:
    net = on_meta(torchvision.models.resnet50, weights=None)
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        net.add_module(stage, nn.ModuleList(getattr(net, stage)))
    text = str(net)
    assert "(1-5): 5 x Bottleneck(" in text
    report = check(text)
    assert (report.config, report.faults) == (preset("resnet50"), ())
    assert "layer3.4.conv2" in {layer.name for layer in report.read}


def test_the_stride_of_a_bottleneck_is_read_from_sizes() -> None:
    table = torchinfo_table(network("resnet50_v1"), (3, 224, 224))
    assert check(table).config.stride_in is StrideIn.CONV1X1


@pytest.mark.slow
def test_an_image_size_is_read_from_a_table() -> None:
    for side in (64, 96, 160, 225, 300):
        net = on_meta(torchvision.models.resnet18, weights=None)
        for kind in ("torchsummary", "torchinfo"):
            report = read(kind, net, (3, side, side))
            assert abs(report.config.image_size - side) <= 1
            assert report.differences == ()


def test_nothing_heavy_is_loaded_and_nothing_is_run() -> None:
    text = f"__import__('os').abort()\n{on_meta(torchvision.models.resnet18, weights=None)}\nexit(1)"
    script = (
        "import sys\nfrom explorer.check import check\nprint(check(sys.stdin.read()).kind)\n"
        "print(*sorted({'torch', 'torchvision', 'torchinfo', 'streamlit'} & set(sys.modules)))"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script], input=text, cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["printed"]


def test_the_device_of_a_network_does_not_matter() -> None:
    with torch.device("meta"):
        one = torchvision.models.resnet18(weights=None)
    assert check(str(one)) == check(str(torchvision.models.resnet18(weights=None)))
