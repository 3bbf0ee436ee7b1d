"""Networks that other people wrote, with their names and layouts, as PyTorch prints them."""

from dataclasses import replace

import pytest
import timm
import torchvision
from torch import nn

from explorer import preset
from explorer.check import check
from tests.check.foreign import (
    KellerJordan,
    Kuangliu,
    KuangliuPre,
    OneSequential,
    SmallSequentials,
    d2l,
    on_meta,
    students,
)
from tests.check.texts import KINDS, read


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"])
def test_torchvisions(name: str) -> None:
    report = check(str(on_meta(getattr(torchvision.models, name), weights=None)))
    assert report.config == preset(name)
    assert report.faults == ()
    what = [entry.what for entry in report.notes]
    uses = "twice" if name in ("resnet18", "resnet34") else "3 times"
    assert what == ["works in place", f"is there once where a block activates {uses}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "print"])
def test_torchvisions_tables(name: str, kind: str) -> None:
    report = read(kind, on_meta(getattr(torchvision.models, name), weights=None), (3, 224, 224))
    assert (report.config, report.differences) == (preset(name), ())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet50d"])
def test_timms(name: str) -> None:
    net = on_meta(timm.create_model, name)
    report = check(str(net))
    assert report.config == preset(name)
    assert [entry.what for entry in report.differences] == ["works in place"]
    for kind in ("torchsummary", "torchinfo", "torchinfo, deep", "state dict"):
        report = read(kind, net, (3, 224, 224))
        assert (report.config, report.differences) == (preset(name), ()), kind


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [18, 34, 50])
def test_kuangliu(depth: int, kind: str) -> None:
    blocks = (2, 2, 2, 2) if depth == 18 else (3, 4, 6, 3)
    report = read(kind, on_meta(Kuangliu, blocks, bottleneck=depth == 50), (3, 32, 32))
    assert report.differences == ()
    assert report.config == preset(f"kuangliu_resnet{depth}")


@pytest.mark.parametrize("kind", KINDS)
def test_kuanglius_preactivation_lacks_its_last_norm(kind: str) -> None:
    report = read(kind, on_meta(KuangliuPre), (3, 32, 32))
    assert report.config.order == "pre"
    assert [(entry.name, entry.what) for entry in report.differences] == [("bn_last", "is missing")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("option", "name"), [("A", "keller_a"), ("B", "keller_b"), ("C", "keller_avgpool")])
def test_kellerjordan(option: str, name: str, kind: str) -> None:
    report = read(kind, on_meta(KellerJordan, 5, option), (3, 32, 32))
    hidden = name == "keller_avgpool" and kind in ("torchinfo", "state dict", "state dict, printed")
    assert report.config == preset("keller_a" if hidden else name)
    assert report.faults == (), report.sentence
    habits = {entry.what for entry in report.notes}
    assert habits <= {"works in place", "is an AvgPool2d, expected an AdaptiveAvgPool2d"}
    if kind == "print":
        assert len(habits) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_d2l(kind: str) -> None:
    report = read(kind, on_meta(d2l), (1, 224, 224))
    expected = replace(preset("resnet18"), num_classes=10, in_channels=1, conv_bias=True, shortcut_norm=False)
    assert report.config == expected
    assert [entry.what for entry in report.differences] == ["has a bias in every convolution"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", [OneSequential, SmallSequentials])
def test_students(block: type[nn.Module], kind: str) -> None:
    net = on_meta(students, block)
    if kind == "torchinfo":
        with pytest.raises(ValueError, match="depth=4"):
            read(kind, net, (3, 224, 224))
        return
    report = read(kind, net, (3, 224, 224))
    assert (report.config, report.faults) == (preset("resnet18"), ())
    if kind == "print":
        assert "conv3_x.0.shortcut.0" in {layer.name for layer in report.read} or block is SmallSequentials


def test_other_families_are_recognised() -> None:
    for name in ("wide_resnet50_2", "resnext50_32x4d", "wide_resnet101_2", "resnext101_32x8d"):
        report = check(str(on_meta(getattr(torchvision.models, name), weights=None)))
        assert (report.config, report.faults) == (preset(name), ())
    for name in ("seresnet50", "resnet50_gn", "resnetblur50"):
        report = check(str(on_meta(timm.create_model, name)))
        assert (report.config, report.faults) == (preset(name), ()), report.sentence
