"""Receipts: every formula comes to its right-hand side, and that is the number it stands for."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings

from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Kind, Layer
from explorer.network.options import Stem
from explorer.network.presets import preset
from explorer.network.receipts import (
    Line,
    by_role,
    counted_by_convolutions,
    depth_receipt,
    field_receipt,
    layer_receipt,
    unit_receipt,
)
from tests.network.formulas import outcome, value
from tests.network.kinds import KINDS
from tests.network.strategies import configs

LINES = [
    *("Parameters", "MACs", "Output channels", "Output height and width"),
    *("Receptive field", "Receptive field, from the image on", "Output in memory"),
]


def receipt(arch: Architecture, layer: Layer) -> dict[str, Line]:
    return {line.what: line for line in layer_receipt(arch, layer)}


def check_layer(arch: Architecture, layer: Layer) -> None:
    """The numbers of a layer, each from its formula; the receptive field by the last step and by the whole sum."""
    lines = layer_receipt(arch, layer)
    assert [line.what for line in lines] == LINES
    formulas = [line.formula.removesuffix(" bytes") for line in lines]
    channels, side, _ = layer.output_shape
    numbers = [layer.params, layer.macs, channels, side, *[layer.receptive_field] * 2, layer.activation_bytes]
    assert list(map(outcome, formulas)) == numbers, layer.name


def check_unit(arch: Architecture, unit: str) -> None:
    """A unit's sums are over its layers, its shape and receptive field those of its ends."""
    layers = arch.unit_layers(unit)
    lines = {line.what: line.formula for line in unit_receipt(arch, unit)}
    for what, numbers in (
        ("Parameters", [layer.params for layer in layers]),
        ("MACs", [layer.macs for layer in layers]),
    ):
        assert outcome(lines[what]) == sum(numbers)
        terms = list(map(value, lines[what].split(" = ")[0].split(" + ")))
        assert terms == ([number for number in numbers if number] or [0])
    ends = [f"{channels:,}×{side:,}×{side:,}" for channels, side, _ in (layers[0].input_shape, layers[-1].output_shape)]
    assert lines["Shape"] == " → ".join(ends)
    assert outcome(lines["Receptive field"]) == layers[-1].receptive_field


def check_adds(arch: Architecture) -> None:
    """A sum has seen what the path that saw more has seen."""
    for unit in arch.units:
        layers = arch.unit_layers(unit)
        for at, layer in enumerate(layers):
            if layer.kind is Kind.ADD:
                branch = [before for before in layers[:at] if not before.on_shortcut][-1]
                other = [before for before in layers[:at] if before.on_shortcut][-1:]
                field = max(before.receptive_field for before in [branch, *other])
                line = receipt(arch, layer)["Receptive field"]
                assert (line.formula, line.meaning) == (f"{field:,}", "the larger of the two paths")


def check_roles(arch: Architecture) -> None:
    """A total is the sum over the roles, each named once with what its layers sum to."""
    for text, measure, total in (
        (by_role(arch, lambda layer: layer.params), "params", arch.params),
        (by_role(arch, lambda layer: layer.macs), "macs", arch.macs),
    ):
        left, _, right = text.partition(" = ")
        assert value(right) == total
        sums: dict[str, int] = defaultdict(int)
        for layer in arch.layers:
            sums[ROLE_LABELS[layer.role]] += getattr(layer, measure)
        terms = [term.rpartition(" ") for term in left.split(" + ")]
        assert {label: value(number) for label, _, number in terms} == {key: n for key, n in sums.items() if n}
        assert len(terms) == len({label for label, _, _ in terms})


def check_everything(arch: Architecture) -> None:
    for layer in arch.layers:
        check_layer(arch, layer)
    for unit in arch.units:
        check_unit(arch, unit)
    check_adds(arch)
    check_roles(arch)
    assert outcome(depth_receipt(arch.config)) == arch.depth
    assert outcome(field_receipt(arch)) == arch.receptive_field


@pytest.mark.parametrize("name", KINDS)
def test_presets(name: str) -> None:
    check_everything(analyze(KINDS[name]))


@settings(max_examples=60)
@given(configs(small=False))
def test_any_network(config: ResNetConfig) -> None:
    check_everything(analyze(config))


def test_the_depth_says_what_it_counts() -> None:
    assert counted_by_convolutions(preset("wrn28_10")).endswith("the classifier not: 1 + 24 + 3 = 28.")
    assert not counted_by_convolutions(preset("resnet56"))
    assert depth_receipt(preset("resnet1202")) == "1 + 2·(200+200+200) + 1 = 1202"
    assert depth_receipt(replace(preset("resnet50"), stem=Stem.DEEP)) == "3 + 3·(3+4+6+3) + 1 = 52"
    assert depth_receipt(ResNetConfig(stage_blocks=(5,), widths=(8,))) == "1 + 3·5 + 1 = 17"


def test_the_formulas_of_the_design() -> None:
    arch = analyze(preset("resnet50"))
    assert receipt(arch, arch.by_name["layer1.0.conv2"])["Parameters"].formula == "3·3·64·64 = 36,864"
    assert receipt(arch, arch.by_name["conv1"])["Output height and width"].formula == "⌊(224 + 2·3 − 7)/2⌋ + 1 = 112"
    assert receipt(arch, arch.by_name["fc"])["MACs"].formula == "2,048·1,000 = 2,048,000"
    assert receipt(arch, arch.by_name["conv1"])["Output in memory"].formula == "64·112·112·4 = 3,211,264 bytes"


def test_meanings_follow_the_layer() -> None:
    pooled, padded, plain = (
        {layer.name: receipt(arch, layer) for layer in arch.layers}
        for arch in (analyze(preset(name)) for name in ("keller_avgpool", "resnet20", "resnet50"))
    )
    assert "bias" in pooled["conv1"]["Parameters"].meaning
    assert "bias" not in plain["conv1"]["Parameters"].meaning
    assert "rounded up" in pooled["layer2.0.downsample.0"]["Output height and width"].meaning
    assert "rounded down" in plain["conv1"]["Output height and width"].meaning
    assert padded["layer2.0.downsample.0"]["Output height and width"].meaning == "every 2nd row and column"
    assert plain["layer1.0.add"]["Output height and width"].meaning == "unchanged"
    assert plain["layer1.0.act1"]["Parameters"].meaning == "nothing to learn"
    assert "3.06 MiB" in plain["conv1"]["Output in memory"].meaning
