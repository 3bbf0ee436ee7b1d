"""Real networks with one mistake each: the report names this mistake with its cause, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torchvision
from torch import nn

from explorer import PRESETS, build, preset
from explorer.check import Report, Severity, check
from tests.check.foreign import KellerJordan, Kuangliu, OneSequential, on_meta, students
from tests.check.slips import (
    Slip,
    conv,
    deaf_to_strides,
    every,
    forget_expansion,
    in_blocks,
    norm,
    put,
    reorder,
    set_inplace,
    swap_in_sequential,
    twice_in_class,
    widened,
    with_biases,
    without_block,
)


@dataclass(frozen=True)
class Mistake:
    """What is done to a network, and what the report has to say.

    ``name`` is that of the first fault; ``what`` and ``cause`` are words in it.
    """

    make: Callable[[], nn.Module]
    do: Slip
    meant: str
    name: str
    what: str
    cause: str
    severity: Severity = Severity.ERROR
    told: bool = False  # whether the reader says what it was meant to be
    more: tuple[str, ...] = ()  # other faults that there must be
    also: int = 0  # places that share the fault


def ours(name: str) -> Callable[[], nn.Module]:
    return lambda: build(preset(name), device="meta")


def torchvisions(name: str) -> Callable[[], nn.Module]:
    return lambda: on_meta(getattr(torchvision.models, name), weights=None)


R18, R50 = ours("resnet18"), ours("resnet50")
TWICE = "was probably assigned twice"

MISTAKES = {
    # Names assigned twice.
    "bn2 twice": Mistake(
        R50, every(put("layer1.0.bn2", norm(256)), put("layer1.0.bn3", None)), "resnet50", "layer1.0.bn2",
        "has 256 features, expected 64, and bn3 is missing", f"bn2 {TWICE}",
    ),
    "bn2 twice in torchvision's class": Mistake(
        torchvisions("resnet50"), twice_in_class("bn2"), "resnet50", "layer1.0.bn2",
        "has 256 features, expected 64, and bn3 is missing", f"bn2 {TWICE}", also=15,
    ),
    "conv2 twice": Mistake(
        R50, every(put("layer2.1.conv2", conv(128, 512, 1)), put("layer2.1.conv3", None)), "resnet50",
        "layer2.1.conv2", "is a 1×1 convolution from 128 to 512 channels, expected a 3×3 convolution from 128 to 128 "
        "channels, and conv3 is missing", f"conv2 {TWICE}",
    ),
    "conv2 twice in the class": Mistake(
        torchvisions("resnet101"), twice_in_class("conv2"), "resnet101", "layer1.0.conv2", "and conv3 is missing",
        f"conv2 {TWICE}", also=32,
    ),
    "conv1 twice in a basic block": Mistake(
        R18, every(put("layer3.0.conv1", conv(256, 256, 3)), put("layer3.0.conv2", None)), "resnet18",
        "layer3.0.conv1", "is a 3×3 convolution from 256 to 256 channels, expected a 3×3 convolution from 128 to 256 "
        "channels, and conv2 is missing", f"conv1 {TWICE}",
    ),
    # Missing and extra layers.
    "no bn1": Mistake(R18, put("layer2.1.bn1", None), "resnet18", "layer2.1.bn1", "is missing", "never made"),
    "no conv2": Mistake(
        R18, put("layer4.1.conv2", None), "resnet18", "layer4.1.conv2",
        "is missing: expected a 3×3 convolution from 512 to 512 channels", "never made",
    ),
    "no bn3 anywhere": Mistake(
        R50, in_blocks(lambda block: block._modules.pop("bn3")), "resnet50", "layer1.0.bn3", "is missing", "never made",
        also=15,
    ),
    "no activation": Mistake(
        R50, put("layer3.2.act2", None), "resnet50", "layer3.2.act2", "is missing", "two linear layers",
        severity=Severity.WARNING,
    ),
    "no add": Mistake(R18, put("layer2.1.add", None), "resnet18", "layer2.1.add", "is missing", "no shortcut here"),
    "no fc": Mistake(R18, put("fc", None), "resnet18", "fc", "is missing", "before its classifier"),
    "no stem norm": Mistake(R50, put("bn1", None), "resnet50", "bn1", "is missing", "never made"),
    "no max pool": Mistake(
        R18, put("maxpool", None), "resnet18", "maxpool", "is missing", "twice the height and width",
    ),
    "an extra convolution": Mistake(
        R18, lambda net: net.layer1[1].add_module("conv3", conv(64, 64, 3)), "resnet18", "layer1.1.conv3",
        "is one convolution more than expected", "a convolution too many",
    ),
    "an extra norm": Mistake(
        R18, lambda net: net.layer1[1].add_module("bn3", norm(64)), "resnet18", "layer1.1.bn3",
        "is one norm more than expected", "two norms in a row",
    ),
    "dropout": Mistake(
        R18, lambda net: net.layer1[1].add_module("drop", nn.Dropout()), "resnet18", "layer1.1.drop",
        "is extra", "nothing when the network is evaluated", severity=Severity.NOTE,
    ),
    # Widths.
    "one narrow convolution": Mistake(
        R18, put("layer2.1.conv1", conv(128, 120, 3)), "resnet18", "layer2.1.conv1",
        "puts out 120 channels, expected 128", "bn1 after it expects 128",
    ),
    "one narrow layer that runs": Mistake(
        R18, every(put("layer2.1.conv1", conv(128, 120, 3)), put("layer2.1.bn1", norm(120)),
                   put("layer2.1.conv2", conv(120, 128, 3))), "resnet18", "layer2.1.conv1",
        "puts out 120 channels, expected 128", "so it runs",
    ),
    "a norm of the inputs' width": Mistake(
        R18, put("layer2.0.bn1", norm(64)), "resnet18", "layer2.0.bn1", "has 64 features, expected 128",
        "as many features as conv1 reads",
    ),
    "a wrong norm": Mistake(
        R50, put("layer3.4.bn1", norm(255)), "resnet50", "layer3.4.bn1", "has 255 features, expected 256",
        "or it fails",
    ),
    "wrong inputs": Mistake(
        R18, put("layer3.1.conv1", conv(128, 256, 3)), "resnet18", "layer3.1.conv1",
        "reads 128 channels, expected 256", "in_channels",
    ),
    "a wide stage": Mistake(
        R18, widened("layer3", 1.25), "resnet18", "layer3", "has width 320, expected 256", "all its blocks agree",
    ),
    "the expansion forgotten": Mistake(
        R50, put("layer4.2.conv3", conv(512, 512, 1)), "resnet50", "layer4.2.conv3",
        "puts out 512 channels, expected 2,048", "the expansion was forgotten",
    ),
    "the expansion forgotten in the class": Mistake(
        R50, in_blocks(forget_expansion), "resnet50", "layer1.0.conv3", "puts out 64 channels, expected 256",
        "the expansion was forgotten", also=15,
    ),
    "the expansion forgotten in the projection": Mistake(
        R50, every(put("layer2.0.downsample.0", conv(256, 128, 1, 2)), put("layer2.0.downsample.1", norm(128))),
        "resnet50", "layer2.0.downsample.0", "puts out 128 channels, expected 512", "the expansion was forgotten",
    ),
    "the expansion forgotten in the classifier": Mistake(
        R50, put("fc", nn.Linear(512, 1000, device="meta")), "resnet50", "fc", "reads 512 features, expected 2,048",
        "the expansion was forgotten",
    ),
    "flattened without a pool": Mistake(
        R18, every(put("avgpool", None), put("fc", nn.Linear(512 * 49, 1000, device="meta"))), "resnet18", "fc",
        "reads 25,088 features, expected 512", "512·7·7", more=("avgpool",),
    ),
    # Kernels, strides, paddings.
    "a 5×5": Mistake(
        R18, put("layer2.1.conv2", conv(128, 128, 5)), "resnet18", "layer2.1.conv2", "has a 5×5 kernel, expected 3×3",
        "it runs",
    ),
    "a 1×1 with the 3×3's padding": Mistake(
        R18, put("layer2.1.conv2", conv(128, 128, 1, pad=1)), "resnet18", "layer2.1.conv2",
        "has a 1×1 kernel, expected 3×3", "changes the size of the map",
    ),
    "no padding": Mistake(
        R18, put("layer1.0.conv1", conv(64, 64, 3, pad=0)), "resnet18", "layer1.0.conv1", "has padding 0, expected 1",
        "shrinks by 2",
    ),
    "no padding in the stem": Mistake(
        R18, put("conv1", conv(3, 64, 7, 2, pad=0)), "resnet18", "conv1", "has padding 0, expected 3", "left out",
    ),
    "the projection without its stride": Mistake(
        R18, put("layer2.0.downsample.0", conv(64, 128, 1)), "resnet18", "layer2.0.downsample.0",
        "has stride 1, expected 2", "the projection lacks stride=2",
    ),
    "two strides": Mistake(
        R18, put("layer3.0.conv2", conv(256, 256, 3, 2)), "resnet18", "layer3.0.conv2", "has stride 2, expected 1",
        "conv1 and conv2 both stride",
    ),
    "the branch without its stride": Mistake(
        R50, put("layer2.0.conv2", conv(128, 128, 3)), "resnet50", "layer2.0.conv2", "has stride 1, expected 2",
        "conv2 needs stride=2",
    ),
    "a stage that does not halve": Mistake(
        R18, every(put("layer4.0.conv1", conv(256, 512, 3)), put("layer4.0.downsample.0", conv(256, 512, 1))),
        "resnet18", "layer4.0.conv1", "has stride 1, expected 2", "stage 4 should halve the map",
    ),
    "no stage halves": Mistake(
        torchvisions("resnet34"), deaf_to_strides, "resnet34", "layer2.0.conv1", "has stride 1, expected 2",
        "stage 2 should halve the map", also=2,
    ),
    "a stride in the second block": Mistake(
        R18, put("layer3.1.conv1", conv(256, 256, 3, 2)), "resnet18", "layer3.1.conv1", "has stride 2, expected 1",
        "handed to every block",
    ),
    "a stride in the first stage": Mistake(
        R18, put("layer1.0.conv1", conv(64, 64, 3, 2)), "resnet18", "layer1.0.conv1", "has stride 2, expected 1",
        "the first stage keeps the size",
    ),
    "the stride in the other convolution": Mistake(
        R50, every(put("layer3.0.conv1", conv(512, 256, 1, 2)), put("layer3.0.conv2", conv(256, 256, 3))), "resnet50",
        "layer3.0.conv1", "has stride 2, expected 1; conv2 was meant to have it", "v1.5", severity=Severity.WARNING,
    ),
    "dilated": Mistake(
        R18, lambda net: setattr(net.layer4[1].conv2, "dilation", (2, 2)), "resnet18", "layer4.1.conv2",
        "has dilation 2, expected 1", "spreads the kernel",
    ),
    "grouped": Mistake(
        R50, lambda net: setattr(net.layer4[1].conv2, "groups", 32), "resnet50", "layer4.1.conv2",
        "has groups 32, expected 1", "ResNeXt",
    ),
    # Biases.
    "a bias before a norm": Mistake(
        R50, put("layer2.3.conv1", conv(512, 128, 1, bias=True)), "resnet50", "layer2.3.conv1",
        "has a bias, expected none", "bias=False was left out", severity=Severity.WARNING,
    ),
    "no bias": Mistake(
        ours("keller_a"), put("layer2.3.conv1", conv(32, 32, 3)), "keller_a", "layer2.3.conv1",
        "has no bias, expected one", "bias=False was written",
    ),
    "biases everywhere": Mistake(
        R18, with_biases, "resnet18", "network", "has a bias in every convolution, expected none",
        "bias=False was left out", severity=Severity.WARNING, told=True,
    ),
    # Orders.
    "norm before the projection": Mistake(
        R18, swap_in_sequential("layer2.0.downsample"), "resnet18", "layer2.0.downsample.0",
        "is a norm before 1 (a convolution), expected after 1 (a convolution)",
        "the order is swapped",
    ),
    "norm before its convolution": Mistake(
        R18, reorder("layer3.1", ["bn1", "conv1"]), "resnet18", "layer3.1.bn1", "is defined before conv1",
        "order of definition", severity=Severity.WARNING,
    ),
    "swapped in one Sequential": Mistake(
        lambda: on_meta(students, OneSequential),
        reorder("conv3_x.1.residual_function", ["0", "2", "1"]), "resnet18", "conv3_x.1.residual_function.2",
        "is an activation before 1 (a norm), expected after", "the order is swapped",
    ),
    # Shortcuts.
    "no downsample": Mistake(
        R18, put("layer2.0.downsample", None), "resnet18", "layer2.0.downsample",
        "is missing: expected a 1×1 convolution from 64 to 128 channels, stride 2", "without the downsample argument",
    ),
    "no downsample in stage 1": Mistake(
        R50, put("layer1.0.downsample", None), "resnet50", "layer1.0.downsample",
        "is missing: expected a 1×1 convolution from 64 to 256 channels, stride 1", "turns 64 channels into 256",
    ),
    "a needless downsample": Mistake(
        R18, put("layer1.1.downsample", nn.Sequential(conv(64, 64, 1), norm(64))), "resnet18",
        "layer1.1.downsample", "is there, but none was expected", "the identity fits", severity=Severity.WARNING,
    ),
    "no norm in the projection": Mistake(
        R50, put("layer3.0.downsample.1", None), "resnet50", "layer3.0.downsample.1",
        "is missing: no norm follows the projection", "needs its own batch norm",
    ),
    "no pad": Mistake(
        ours("resnet20"), put("layer2.0.downsample", None), "resnet20", "layer2.0.downsample", "is missing",
        "turns 16 channels into 32",
    ),
    # Stages, stem and head.
    "a block too few": Mistake(
        R50, without_block("layer3", 5), "resnet50", "layer3", "has 5 blocks, expected 6", "1 block is missing",
    ),
    "a block too many": Mistake(
        lambda: build(replace(preset("resnet34"), stage_blocks=(3, 4, 7, 3)), device="meta"), lambda net: None,
        "resnet34", "layer3", "has 7 blocks, expected 6", "1 block is too many",
    ),
    "no first block": Mistake(
        R18, without_block("layer3", 0), "resnet18", "layer3", "has 1 block, expected 2", "the first one",
    ),
    "no last stage": Mistake(
        R18, put("layer4", None), "resnet18", "layer4", "is missing: expected 2 blocks", "never made",
    ),
    "a stage in the middle missing": Mistake(
        R50, put("layer3", None), "resnet50", "layer3", "is missing: expected 6 blocks", "never made",
    ),
    "a CIFAR stem": Mistake(
        R50, every(put("conv1", conv(3, 64, 3)), put("maxpool", None)), "resnet50", "conv1",
        "is the stem “CIFAR: 3×3”", "CIFAR stem on larger images",
    ),
    "an ImageNet stem": Mistake(
        ours("resnet20"),
        every(put("conv1", conv(3, 16, 7, 2)), put("maxpool", nn.MaxPool2d(3, 2, 1)),
              reorder("", ["conv1", "bn1", "act1", "maxpool"])),
        "resnet20", "conv1", "is the stem “ImageNet", "ImageNet stem on small images",
    ),
    "other classes": Mistake(
        R18, put("fc", nn.Linear(512, 100, device="meta")), "resnet18", "fc", "has 100 outputs, expected 1,000",
        "number of classes", told=True,
    ),
    "other images": Mistake(
        R18, put("conv1", conv(1, 64, 7, 2)), "resnet18", "conv1", "reads 1 channel, expected 3", "1 is grey",
        told=True,
    ),
    # Activations and habits.
    "another activation": Mistake(
        R18, put("layer2.0.act1", nn.GELU()), "resnet18", "layer2.0.act1", "is a GELU, expected a ReLU",
        "another activation",
    ),
    "another activation throughout": Mistake(
        lambda: build(replace(preset("resnet18"), activation="gelu"), device="meta"), lambda net: None, "resnet18",
        "network", "has activation “GELU”, expected “ReLU”", "throughout", told=True,
    ),
    "BatchNorm1d": Mistake(
        R18, put("layer2.0.bn1", nn.BatchNorm1d(128, device="meta")), "resnet18", "layer2.0.bn1",
        "is a BatchNorm1d, expected a BatchNorm2d", "does not take maps",
    ),
    "in place": Mistake(
        R18, set_inplace, "resnet18", "act1", "works in place", "hooks", severity=Severity.NOTE, also=16,
    ),
    "a fixed pool": Mistake(
        R18, put("avgpool", nn.AvgPool2d(7)), "resnet18", "avgpool", "is an AvgPool2d, expected an AdaptiveAvgPool2d",
        "one image size only", severity=Severity.NOTE,
    ),
    "another momentum": Mistake(
        R18, lambda net: setattr(net.layer1[0].bn1, "momentum", 0.01), "resnet18", "layer1.0.bn1", "has momentum 0.01",
        "PyTorch's default is 0.1", severity=Severity.NOTE,
    ),
    "a shared ReLU": Mistake(
        torchvisions("resnet18"), lambda net: None, "resnet18", "layer1.0.relu",
        "is there once where a block activates twice", "a hook on it", severity=Severity.NOTE,
    ),
    # In other people's networks, with their names.
    "kuangliu's shortcut without stride": Mistake(
        lambda: on_meta(Kuangliu, (2, 2, 2, 2)), put("layer3.0.shortcut.0", conv(128, 256, 1)), "kuangliu_resnet18",
        "layer3.0.shortcut.0", "has stride 1, expected 2", "the projection lacks stride=2",
    ),
    "kuangliu's shortcut missing": Mistake(
        lambda: on_meta(Kuangliu, (2, 2, 2, 2)), put("layer3.0.shortcut", nn.Sequential()), "kuangliu_resnet18",
        "layer3.0.shortcut", "is missing", "downsample argument",
    ),
    "KellerJordan's norm": Mistake(
        lambda: on_meta(KellerJordan, 5, "B"), put("layers2.3.bn2", norm(16)), "keller_b", "layers2.3.bn2",
        "has 16 features, expected 32", "a norm needs as many features",
    ),
}  # fmt: skip


def checked(mistake: Mistake) -> Report:
    net = mistake.make()
    mistake.do(net)
    return check(str(net), PRESETS[mistake.meant] if mistake.told else None)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_cause(mistake: Mistake) -> None:
    report = checked(mistake)
    assert report.config == PRESETS[mistake.meant], report.sentence
    faults = [entry for entry in report.differences if entry.severity is mistake.severity]
    assert faults, report.sentence
    found = next((entry for entry in faults if entry.name == mistake.name), faults[0])
    assert found.name == mistake.name, report.sentence
    assert mistake.what in found.what
    assert mistake.cause in found.cause
    assert len(found.also) == mistake.also
    others = [entry.name for entry in report.faults if entry is not found]
    assert others == list(mistake.more), [entry.sentence for entry in report.faults]


def test_there_are_enough() -> None:
    assert len(MISTAKES) >= 25
