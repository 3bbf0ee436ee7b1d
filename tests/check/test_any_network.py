"""Random configurations in every format."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from torch import nn

from explorer import ResNetConfig, build
from explorer.network.layer import Kind
from explorer.network.presets import canonical
from tests.check.texts import KINDS, Shape, read
from tests.network.strategies import configs


def shape_of(config: ResNetConfig) -> Shape:
    return config.in_channels, config.image_size, config.image_size


@pytest.mark.slow
@settings(max_examples=40)
@given(configs())
def test_no_text_of_any_network_differs_from_what_it_was_meant_to_be(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    for kind in KINDS:
        report = read(kind, net, shape_of(config), config)
        assert report.differences == (), (kind, report.sentence)


DILATED = {"widths": (12,) * 4, "stage_blocks": (2, 1, 3, 2), "output_stride": "8", "image_size": 64}
ODD_GROUPS = {"block": "bottleneck", "widths": (7, 14), "stage_blocks": (2, 2), "stem": "cifar", "image_size": 32}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("torchsummary", DILATED),
        ("torchsummary with a root", DILATED | {"order": "pre"}),
        ("torchinfo, no shapes", ODD_GROUPS | {"groups": 2}),
        ("torchinfo, no shapes", ODD_GROUPS | {"groups": 2, "order": "pre"}),
        ("torchinfo, no shapes", ODD_GROUPS | {"groups": 3, "width_per_group": 96, "conv_bias": True}),
        # Of two channels, a group for each has as many parameters as a 2×2 kernel with a bias.
        ("torchinfo, no shapes", ODD_GROUPS | {"widths": (1, 7), "groups": 2, "order": "pre", "shortcut": "none"}),
        ("torchsummary", ODD_GROUPS | {"groups": 7, "conv_bias": True}),
    ],
)
def test_stages_and_groups_that_a_table_does_not_show(kind: str, fields: dict[str, object]) -> None:
    """Dilated stages of one width look like one stage, and groups are in the numbers of parameters alone."""
    config = ResNetConfig(**fields)  # type: ignore[arg-type]
    report = read(kind, build(config, device="meta"), shape_of(config), config)
    assert report.differences == (), report.sentence


@pytest.mark.slow
@settings(max_examples=20)
@given(configs(family=False))
def test_a_network_that_is_guessed_right_has_no_fault(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    for kind in ("print", "torchsummary", "torchinfo, deep"):
        report = read(kind, net, shape_of(config))
        alike = [canonical(replace(entry, init="torch", zero_init_residual=False, image_size=2048)) for entry in
                 (report.config, config)]  # fmt: skip
        if alike[0] == alike[1]:
            assert report.faults == (), (kind, report.sentence)
        assert report.config.num_classes == config.num_classes
        assert report.config.in_channels == config.in_channels


@pytest.mark.slow
@settings(max_examples=30)
@given(configs())
def test_all_layers_are_read(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    report = read("print", net, shape_of(config), config)
    leaves = {name for name, module in net.named_modules() if not any(True for _ in module.children())}
    assert {layer.name for layer in report.read} == leaves
    by_name = {layer.name: layer for layer in report.read}
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            layer = by_name[name]
            assert layer.kind is Kind.CONV
            assert (layer.inputs, layer.outputs) == (module.in_channels, module.out_channels)
            assert (layer.kernel, layer.stride, layer.padding) == (module.kernel_size, module.stride, module.padding)
            assert layer.bias is (module.bias is not None)
            assert layer.attributes["kernel"] == module.kernel_size


@pytest.mark.slow
@settings(max_examples=20)
@given(configs(family=False))
def test_a_table_tells_what_it_does_not_print(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    report = read("torchsummary", net, shape_of(config), config)
    by_name = {layer.name: layer for layer in report.read}
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d) and ".se." not in name:  # this table names no modules
            layer = by_name[name]
            assert (layer.inputs, layer.outputs) == (module.in_channels, module.out_channels)
            if layer.kernel is not None and module.in_channels > 1:
                assert layer.kernel == module.kernel_size
            if layer.stride is not None and config.antialias == "none":  # else the blur's stride stands here
                assert layer.stride == module.stride
