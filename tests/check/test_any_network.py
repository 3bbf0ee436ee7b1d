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
@given(configs(family=False))
def test_no_text_of_any_network_differs_from_what_it_was_meant_to_be(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    for kind in KINDS:
        report = read(kind, net, shape_of(config), config)
        assert report.differences == (), (kind, report.sentence)


@pytest.mark.slow
@settings(max_examples=40)
@given(configs())
def test_no_named_text_of_the_wider_family_differs_from_what_it_was_meant_to_be(config: ResNetConfig) -> None:
    """Tables without names cannot tell a dilated stage of equal width from the one before it."""
    net = build(config, device="meta")
    for kind in ("print", "state dict", "state dict, printed"):
        report = read(kind, net, shape_of(config), config)
        assert report.differences == (), (kind, report.sentence)


@pytest.mark.slow
@settings(max_examples=40)
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
