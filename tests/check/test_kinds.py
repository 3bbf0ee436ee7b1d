"""What people's networks have that torchvision's do not, each read as what it is (whole networks: the corpus)."""

import random
from dataclasses import replace

import pytest
import timm
import torchvision
from torch import nn

from explorer import build, preset
from explorer.check import Report, check, check_shapes
from explorer.check.formats.prefixes import network_prefix
from tests.check.corpus import families, wrapped
from tests.check.corpus.parts import bn, conv
from tests.check.corpus.texts import network
from tests.check.foreign import on_meta
from tests.check.slips import put
from tests.check.texts import read, shapes_of

RESNET18 = torchvision.models.resnet18


def sentences(report: Report) -> str:
    return " ".join(each.sentence for each in report.differences)


ORDERED = (
    "resnet18",
    "resnet50",
    "resnet20",
    "preact_resnet110",
    "preact_resnet164",
    "resnet50d",
    "resnext50_32x4d",
    "wrn16_8",
)


@pytest.mark.parametrize("name", [*ORDERED, "seresnet50", "resnet50_gn"])
def test_a_state_dict_has_any_order(name: str) -> None:
    """Sorted by name, by type and name, reversed, and shuffled: the report is the same (kind 4)."""
    shapes = shapes_of(build(preset(name), device="meta"))
    expected = check_shapes(shapes)
    shuffled = list(shapes.items())
    random.Random(5).shuffle(shuffled)
    by_type = sorted(shapes.items(), key=lambda item: (not item[0].endswith("num_batches_tracked"), item[0]))
    for order in (sorted(shapes.items()), by_type, list(shapes.items())[::-1], shuffled):
        report = check_shapes(dict(order))
        assert (report.config, report.differences) == (expected.config, ()), order[:3]
        assert [layer.name for layer in report.read] == [layer.name for layer in expected.read], order[:3]


@pytest.mark.parametrize("name", ["resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2"])
@pytest.mark.parametrize("kind", ["print", "torchsummary", "torchinfo, deep", "state dict"])
def test_grouped_and_wide_convolutions_run(name: str, kind: str) -> None:
    """Kind 2."""
    net = on_meta(getattr(torchvision.models, name), weights=None)
    report = read(kind, net, (3, 224, 224))
    assert (report.config, report.faults) == (preset(name), ())


def test_a_norm_takes_no_bias_out_that_it_does_not_follow() -> None:
    """Kind 3: projections with a bias and no norm, and one bias before a norm."""
    net = on_meta(families.cifar, families.basic(shortcut_bias=True, shortcut_norm=False))
    report = check(str(net))
    assert report.faults == ()
    assert "the norm" not in sentences(report)
    assert "no norm follows it" in sentences(report)
    normed = on_meta(RESNET18)
    put("layer2.0.downsample.0", nn.Conv2d(64, 128, 1, 2, device="meta"))(normed)
    assert "the norm subtracts the mean" in sentences(check(str(normed)))


@pytest.mark.parametrize("gate", [families.gate_convs, families.gate_linear])
@pytest.mark.parametrize("kind", ["print", "torchsummary", "torchinfo, deep", "state dict"])
def test_squeeze_and_excitation_is_read(gate: object, kind: str) -> None:
    """Kind 5."""
    net = on_meta(families.imagenet, families.bottleneck(gate=gate))  # type: ignore[arg-type]
    report = read(kind, net, (3, 224, 224))
    assert (report.config, report.faults) == (preset("seresnet50"), ())


def test_a_wide_networks_stem_is_no_identity() -> None:
    """Kind 6."""
    report = check(str(on_meta(families.xternalz, 28, 10)))
    assert (report.config.stem_width, report.config.widths) == (16, (160, 320, 640))
    assert report.differences == () or "identity fits" not in sentences(report)


@pytest.mark.parametrize(("dilate", "stride"), [([False, False, True], "16"), ([False, True, True], "8")])
def test_dilation_keeps_the_map(dilate: list[bool], stride: str) -> None:
    """Kind 7."""
    net = on_meta(torchvision.models.resnet50, weights=None, replace_stride_with_dilation=dilate)
    report = check(str(net))
    assert (report.config, report.faults) == (replace(preset("resnet50"), output_stride=stride), ())


@pytest.mark.parametrize("kind", ["print", "torchsummary", "torchinfo, deep"])
def test_a_blur_takes_the_stride_over(kind: str) -> None:
    """Kind 8."""
    net = on_meta(families.imagenet, families.bottleneck(blur=True))
    report = read(kind, net, (3, 224, 224))
    assert report.config.antialias == "blur"
    assert report.faults == ()


def test_the_resnet_inside_is_judged_and_the_rest_named() -> None:
    """Kind 9, with a mistake in the backbone."""
    net = on_meta(wrapped.detector)
    net.backbone.body.layer2[1].bn2 = bn(64)
    report = check(str(net))
    assert [(each.name, each.what) for each in report.faults] == [
        ("backbone.body.layer2.1.bn2", "has 64 features, expected 128")
    ]
    assert "Not judged:" in " ".join(report.assumed)
    assert "rpn" in " ".join(report.assumed)


def test_of_two_the_larger_is_judged_and_the_other_named() -> None:
    """Kind 9."""
    report = check(str(on_meta(wrapped.two_sizes)))
    assert (report.config, report.others) == (preset("resnet50"), ("student (stages of 2, 2, 2, 2 blocks)",))


def test_a_block_that_keeps_its_shape_needs_no_projection_to_run() -> None:
    report = check_shapes(shapes_of(on_meta(lambda: timm.create_model("tresnet_m"))))  # basic blocks, then bottlenecks
    assert "cannot be added" not in " ".join(entry.cause for entry in report.differences)
    (found,) = (entry for entry in report.differences if entry.name == "body.layer1.0.downsample")
    assert "here the block keeps its shape" in found.cause and "64 channels into 256" in found.cause


def test_no_projection_in_any_stage_has_two_readings() -> None:
    """Kind 10."""
    net = on_meta(RESNET18)
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].downsample = None
    said = " ".join(check(str(net)).assumed)
    assert "it fails where 64 channels meet 128" in said
    assert "Without sums this is a plain network" in said


@pytest.mark.parametrize("projects", [True, False])
def test_a_stride_in_every_block_is_no_option_c(projects: bool) -> None:
    """Kind 10: whether the condition for the projection saw the stride or not."""
    net = on_meta(torchvision.models.resnet34)
    for stage in (net.layer2, net.layer3, net.layer4):
        for block in list(stage)[1:]:
            width = block.conv1.out_channels
            block.conv1.stride = (2, 2)
            if projects:
                block.downsample = nn.Sequential(conv(width, width, 1, 2), bn(width))
    report = check(str(net))
    assert report.config == preset("resnet34")
    (fault,) = report.faults
    assert "The stride was probably handed to every block." in fault.cause


@pytest.mark.parametrize("name", ["audio", "slowfast"])
def test_one_and_three_dimensions_get_an_honest_sentence(name: str) -> None:
    """Kind 12."""
    report = check(str(network(name)))
    assert report.faults == ()
    assert "dimension" in " ".join(report.assumed)
    assert sum(report.config.stage_blocks) == 16


def test_weights_under_other_names_are_weights() -> None:
    """Kind 12: pruned, and parametrized."""
    net = on_meta(RESNET18)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.utils.parametrize.register_parametrization(module, "weight", nn.Identity())
    for shapes in (shapes_of(net), shapes_of(wrapped.pruned())):
        assert any("orig" in name for name in shapes)
        assert (check_shapes(shapes).config.stage_blocks, check_shapes(shapes).faults) == ((2, 2, 2, 2), ())


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet20", "seresnet50"])
def test_a_print_without_its_line_breaks_or_indents(name: str) -> None:
    """Kind 12."""
    text = str(build(preset(name), device="meta"))
    lines = [line.strip() for line in text.splitlines()]
    rng = random.Random(3)
    for other in (" ".join(lines), "".join(lines), "\n".join(" " * rng.randrange(9) + line for line in lines)):
        assert (check(other).config, check(other).differences) == (preset(name), ())


@pytest.mark.parametrize(
    "head", [(nn.Linear(2048, 512), nn.ReLU(), nn.Linear(512, 7)), (nn.Dropout(), nn.Linear(2048, 7))]
)
@pytest.mark.parametrize("kind", ["print", "state dict"])
def test_a_head_of_ones_own_has_classes_and_no_fault(head: tuple[nn.Module, ...], kind: str) -> None:
    """Kind 12, and the mistake in one: what it reads is still judged."""
    report = read(kind, on_meta(wrapped.transfer, *head), (3, 224, 224))
    assert (report.config.num_classes, report.faults) == (7, ())
    wrong = read(kind, on_meta(wrapped.transfer, nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 7)), (3, 224, 224))
    assert "reads 512 features, expected 2,048" in sentences(wrong)


def test_prefixes() -> None:
    names = list(on_meta(RESNET18).state_dict())
    for prefix in ("", "module.", "_orig_mod.", "model.", "backbone.", "net.", "module.model.", "0.", "encoder_q."):
        assert network_prefix(prefix + name for name in names) == prefix
        assert network_prefix([f"{prefix}{name}" for name in names] + ["criterion.weight", "head.fc.bias"]) == prefix
    assert network_prefix(["fc.weight", "fc.bias"]) == ""
    assert network_prefix([]) == ""


def test_timms_names() -> None:
    for name in ("seresnet50", "resnet50_gn", "resnetblur50", "resnext50_32x4d"):
        report = check(str(on_meta(timm.create_model, name)))
        assert (report.config, report.faults) == (preset(name), ()), report.sentence
