"""Mistakes in networks that still run, as tables show them, and mistakes that a state dict shows."""

from collections.abc import Callable

import pytest
import torchvision
from torch import nn

from explorer import build, preset
from explorer.check import Severity, check, check_shapes
from tests.check.foreign import KellerJordan, OneSequential, on_meta, students
from tests.check.slips import conv, every, norm, put, reorder, twice_in_class, without_block
from tests.check.texts import read, shapes_of

Do = Callable[[nn.Module], None]
TABLES = ("torchsummary", "torchinfo, deep", "torchinfo, all columns", "torchinfo, ASCII")
ERROR, WARNING = Severity.ERROR, Severity.WARNING

# What is done, and the name, what is said, the cause and how bad it is.
RUNNING: dict[str, tuple[Do, str, str, str, Severity]] = {
    "a bias": (
        put("layer2.1.conv1", conv(128, 128, 3, bias=True)), "layer2.1.conv1", "has a bias, expected none",
        "has no effect", WARNING,
    ),
    "a 5×5": (
        put("layer2.1.conv2", conv(128, 128, 5)), "layer2.1.conv2", "has a 5×5 kernel, expected 3×3",
        "kernel_size", ERROR,
    ),
    "a 1×1": (
        put("layer4.1.conv2", conv(512, 512, 1)), "layer4.1.conv2", "has a 1×1 kernel, expected 3×3",
        "kernel_size", ERROR,
    ),
    "a narrow layer": (
        every(put("layer3.1.conv1", conv(256, 200, 3)), put("layer3.1.bn1", norm(200)),
              put("layer3.1.conv2", conv(200, 256, 3))), "layer3.1.conv1", "puts out 200 channels, expected 256",
        "so it runs", ERROR,
    ),
    "no norm": (put("layer3.1.bn2", nn.Identity()), "layer3.1.bn2", "is missing", "never made", ERROR),
    "no activation": (put("layer3.1.relu", nn.Identity()), "layer3.1.act1", "is missing", "two linear layers", ERROR),
    "no stride in stage 3": (
        every(put("layer3.0.conv1", conv(128, 256, 3)), put("layer3.0.downsample.0", conv(128, 256, 1))),
        "layer3.0.conv1", "has stride 1, expected 2", "stage 3 should halve the map", ERROR,
    ),
    "a stride in the first stage": (
        every(put("layer1.0.conv1", conv(64, 64, 3, 2)), put("layer1.0.downsample", conv(64, 64, 1, 2))),
        "layer1.0.conv1", "has stride 2, expected 1", "the first stage keeps the size", ERROR,
    ),
    "a block too few": (without_block("layer1", 1), "layer1", "has 1 block, expected 2", "1 block is missing", ERROR),
    "no max pool": (put("maxpool", nn.Identity()), "maxpool", "is missing", "twice the height and width", ERROR),
    "a norm less in the projection": (
        put("layer3.0.downsample.1", nn.Identity()), "layer3.0.downsample.1", "is missing: no norm",
        "batch norm", ERROR,
    ),
}  # fmt: skip
EXTRA = {"a stride in the first stage": {"layer1.0.downsample"}, "no activation": {"layer3.1.act2"}}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("mistake", RUNNING)
def test_a_mistake_that_runs_is_named_in_tables(mistake: str, kind: str) -> None:
    do, name, what, cause, severity = RUNNING[mistake]
    net = on_meta(torchvision.models.resnet18, weights=None)
    do(net)
    report = read(kind, net, (3, 224, 224))
    assert report.config == preset("resnet18"), report.sentence
    found = next((entry for entry in report.faults if entry.name.endswith(name)), None)
    assert found is not None, report.sentence
    assert what in found.what
    assert cause in found.cause
    assert found.severity is severity
    others = {place for entry in report.faults if entry is not found for place in (entry.name, *entry.also)}
    assert others <= EXTRA.get(mistake, set()), [entry.sentence for entry in report.faults]


@pytest.mark.parametrize("kind", ["torchsummary", "torchinfo, deep"])
def test_the_order_that_a_table_shows_is_the_one_that_runs(kind: str) -> None:
    net = on_meta(students, OneSequential)
    reorder("conv3_x.1.residual_function", ["1", "0"])(net)
    report = read(kind, net, (3, 224, 224))
    assert report.config == preset("resnet18")
    (fault,) = report.faults
    assert fault.name.startswith("layer2.1.")
    assert fault.what.startswith("is a norm before")
    assert "the order is swapped" in fault.cause


@pytest.mark.parametrize("kind", TABLES)
def test_a_stem_without_padding_shows_in_the_size_of_the_input(kind: str) -> None:
    net = on_meta(torchvision.models.resnet18, weights=None)
    net.conv1 = conv(3, 64, 7, 2, pad=0)
    report = read(kind, net, (3, 224, 224))
    assert report.config == preset("resnet18")
    (fault,) = report.faults
    assert fault.name == "conv1"
    assert fault.what == "puts out 109×109 of 224×224 pixels, expected 112×112"
    assert "padding" in fault.cause


SHAPES: dict[str, tuple[str, Do, str, str]] = {
    "bn2 twice": (
        "resnet50", twice_in_class("bn2"), "layer1.0.bn2", "has 256 features, expected 64, and bn3 is missing",
    ),
    "conv2 twice": ("resnet50", twice_in_class("conv2"), "layer1.0.conv2", "and conv3 is missing"),
    "no norm": ("resnet18", put("layer1.0.bn1", None), "layer1.0.bn1", "is missing"),
    "a bias": (
        "resnet18", put("layer1.0.conv1", conv(64, 64, 3, bias=True)), "layer1.0.conv1", "has a bias, expected none",
    ),
    "a 5×5": ("resnet18", put("layer1.0.conv1", conv(64, 64, 5)), "layer1.0.conv1", "has a 5×5 kernel, expected 3×3"),
    "wide": ("resnet18", put("layer1.0.conv1", conv(64, 70, 3)), "layer1.0.conv1", "puts out 70 channels, expected 64"),
    "no downsample": ("resnet18", put("layer2.0.downsample", None), "layer2.0.downsample", "is missing"),
    "a block less": ("resnet34", without_block("layer3", 5), "layer3", "has 5 blocks, expected 6"),
    "features": ("resnet50", put("fc", nn.Linear(512, 1000)), "fc", "reads 512 features, expected 2,048"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", SHAPES)
def test_a_mistake_is_named_in_a_state_dict(mistake: str) -> None:
    name, do, where, what = SHAPES[mistake]
    net = on_meta(getattr(torchvision.models, name), weights=None)
    do(net)
    report = check_shapes(shapes_of(net))
    assert report.config == preset(name)
    (fault,) = report.faults
    assert fault.name == where
    assert what in fault.what
    assert check("\n".join(f"{key} {list(shape)}" for key, shape in shapes_of(net).items())) == report


def test_a_missing_layer_is_called_as_the_reader_calls_the_others() -> None:
    net = on_meta(KellerJordan, 5, "B")
    put("layers2.1.bn2", None)(net)
    put("layers3.0.projection", None)(net)
    names = [entry.name for entry in check(str(net)).faults]
    assert sorted(names) == ["layers2.1.bn2", "layers3.0.projection"]


def test_errors_come_first_and_notes_last() -> None:
    net = on_meta(torchvision.models.resnet18, weights=None)
    put("layer1.0.conv1", conv(64, 64, 3, bias=True))(net)
    put("layer4.1.bn2", None)(net)
    order = [entry.severity for entry in check(str(net)).differences]
    assert order == sorted(order, key=list(Severity).index)
    assert set(order) == set(Severity)


def test_the_same_mistake_in_many_blocks_is_said_once() -> None:
    net = build(preset("resnet110"), device="meta")
    for index in range(1, 18):
        put(f"layer2.{index}.conv1", conv(32, 32, 3, bias=True))(net)
    (fault,) = check(str(net)).faults
    assert (fault.name, len(fault.also)) == ("layer2.1.conv1", 16)
    assert "and 13 more" in fault.sentence
