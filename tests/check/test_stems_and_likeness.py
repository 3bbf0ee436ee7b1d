"""Stems that are built differently, attention in place of a convolution, and networks that are hardly ResNets."""

import pytest
import timm
from torch import nn

from explorer import preset
from explorer.check import CheckError, Report, check, check_shapes
from tests.check.foreign import on_meta
from tests.check.texts import read, shapes_of

IMAGE = (3, 224, 224)
NAMED = ("print", "state dict", "torchinfo, all columns")


def timms(name: str) -> nn.Module:
    net: nn.Module = on_meta(timm.create_model, name)
    return net


def faults(report: Report) -> list[str]:
    return [each.sentence for each in report.faults]


@pytest.mark.parametrize("kind", [*NAMED, "torchinfo, deep", "torchsummary"])
def test_a_tiered_stem_is_no_slip_in_its_widths(kind: str) -> None:
    """timm's stems of 24, 32 and 64 channels (resnet26t)."""
    report = read(kind, timms("resnet26t"), IMAGE)
    assert faults(report) == []
    assert (report.config.stem, report.config.shortcut) == ("deep", "avgpool_projection")
    assert any("24, 32 and 64 channels" in each and "32, 32 and 64" in each for each in report.assumed)


def test_a_stem_whose_layers_do_not_fit_is_still_told() -> None:
    net = timms("resnet26t")
    net.conv1[3] = nn.Conv2d(32, 32, 3, padding=1, bias=False)
    assert any("conv1.3 reads" in each or "conv1.0 puts out 24" in each for each in faults(check(str(net))))
    net = timms("resnet26t")
    net.conv1[1] = nn.BatchNorm2d(32)
    assert any("conv1.1 has 32 features" in each or "conv1.0 puts out 24" in each for each in faults(check(str(net))))


def test_a_tiered_stem_is_another_one_than_was_meant() -> None:
    assert any("24 channels" in each for each in faults(check(str(timms("resnet26t")), preset("resnet50d"))))


@pytest.mark.parametrize("kind", ["print", "state dict"])
def test_a_strided_convolution_in_place_of_the_max_pool(kind: str) -> None:
    """ResNet-RS (Bello et al. 2021)."""
    report = read(kind, timms("resnetrs50"), IMAGE)
    assert faults(report) == []
    assert any("in place of the max pool" in each for each in report.assumed)
    assert {"maxpool.0", "maxpool.1"} <= {layer.name for layer in report.read}


@pytest.mark.parametrize("kind", ["print", "torchinfo, all columns", "state dict"])
def test_a_last_convolution_that_strides_in_place_of_the_max_pool(kind: str) -> None:
    """timm's GC-ResNet has three convolutions in its stem, two of stride 2, and no pool."""
    report = read(kind, timms("gcresnet50t"), IMAGE)
    assert faults(report) == []
    assert any("in place of the max pool" in each for each in report.assumed) is (kind != "state dict")


@pytest.mark.parametrize("kind", ["print", "state dict"])
def test_attention_in_place_of_a_convolution_is_on_no_shortcut(kind: str) -> None:
    """timm's lambda layers."""
    report = read(kind, timms("lambda_resnet26t"), IMAGE)
    assert report.config.shortcut == "B"
    assert all("conv2 is missing" in each for each in faults(report)) and faults(report)


@pytest.mark.parametrize("name", ["vgg11", "vgg11_bn", "vgg13"])
def test_timms_vgg_is_no_resnet(name: str) -> None:
    """The two layers of its head look like a block."""
    with pytest.raises(CheckError, match="hardly those of a ResNet"):
        check_shapes(shapes_of(timms(name)))
    with pytest.raises(CheckError):
        check(str(timms(name)))
