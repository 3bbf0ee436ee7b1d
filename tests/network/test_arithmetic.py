"""The closed-form arithmetic against published numbers, against its own receipts, and against torch's layers."""

import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explorer import PRESETS, ResNetConfig, analyze, preset
from explorer.live.crosscheck import torchinfo_mult_adds
from explorer.network.architecture import Architecture
from explorer.network.layer_writer import output_size
from tests.network.formulas import value
from tests.network.kinds import KINDS
from tests.network.strategies import configs

# (parameters, MACs): torchvision's model cards and He et al. 2015, table 1, to the last digit.
IMAGENET = {
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnet101": (44_549_160, 7_801_405_440),
    "resnet152": (60_192_808, 11_513_626_624),
    "resnet50_v1": (25_557_032, 3_857_973_248),
    "resnet101_v1": (44_549_160, 7_570_194_432),
    "resnet152_v1": (60_192_808, 11_282_415_616),
}
CIFAR = {
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet56": 853_018,
    "resnet110": 1_727_962,
    "keller_a": 465_290,
    "resnet50d": 25_576_264,
}
# Araujo et al. 2019, table 1 (v1); v1.5 sees less, because its 3x3 runs before the map is halved.
RECEPTIVE_FIELDS = {
    "resnet50": 427,
    "resnet50_v1": 483,
    "resnet101": 971,
    "resnet101_v1": 1027,
    "resnet152": 1451,
    "resnet152_v1": 1507,
}


@pytest.mark.parametrize("name", IMAGENET)
def test_published_sizes_of_imagenet_networks(name: str) -> None:
    arch = analyze(preset(name))
    assert (arch.params, arch.macs) == IMAGENET[name]


@pytest.mark.parametrize("name", CIFAR)
def test_published_parameters(name: str) -> None:
    assert analyze(preset(name)).params == CIFAR[name]


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110, 1202])
def test_projections_cost_the_same_at_every_depth(depth: int) -> None:
    padded = preset(f"resnet{depth}")
    projected = replace(padded, shortcut="B")
    assert analyze(projected).params - analyze(padded).params == 2752
    assert analyze(projected).macs - analyze(padded).macs == 262_144


def test_torchinfo_counts_norms_and_biases_too() -> None:
    assert sum(map(torchinfo_mult_adds, analyze(preset("resnet50")).layers)) == 4_089_238_376


@pytest.mark.parametrize("name", RECEPTIVE_FIELDS)
def test_published_receptive_fields(name: str) -> None:
    assert analyze(preset(name)).receptive_field == RECEPTIVE_FIELDS[name]


@pytest.mark.parametrize("name", PRESETS)
def test_depth_is_the_weighted_layers_of_the_main_path(name: str) -> None:
    layers = analyze(PRESETS[name]).layers
    beside = ("shortcut", "attention")
    weighted = [layer for layer in layers if layer.kind in ("conv", "linear") and layer.role not in beside]
    assert len(weighted) == PRESETS[name].depth
    named = re.search(r"\d+", name)  # He et al. name the D variant after the network it varies
    # Zagoruyko and Komodakis count three projections and no classifier.
    counted = len(weighted) + 2 if name.startswith("wrn") else len(weighted) - PRESETS[name].stem.convs + 1
    assert named is None or counted == int(named[0])


@pytest.mark.parametrize("name", KINDS)
def test_presets_add_up(name: str) -> None:
    _check_sums(analyze(KINDS[name]))


@given(configs(small=False))
def test_any_network_adds_up(config: ResNetConfig) -> None:
    _check_sums(analyze(config))


def _check_sums(arch: Architecture) -> None:
    """Totals equal the sums over units, units hold every layer once, and every layer starts where one before ended."""
    by_unit = [layer for unit in arch.units for layer in arch.unit_layers(unit)]
    assert by_unit == list(arch.layers)
    for total in ("params", "buffers", "macs", "activation_bytes"):
        assert getattr(arch, total) == sum(getattr(layer, total) for layer in by_unit)
    assert len(arch.by_name) == len(arch.layers)
    shapes = {arch.layers[0].input_shape}
    for layer in arch.layers:
        assert layer.input_shape in shapes
        shapes.add(layer.output_shape)


@pytest.mark.parametrize("name", KINDS)
def test_receipts_of_presets_are_true(name: str) -> None:
    _check_receipts(analyze(KINDS[name]))


@pytest.mark.slow
@given(configs(small=False))
def test_receipts_of_any_network_are_true(config: ResNetConfig) -> None:
    _check_receipts(analyze(config))


def _check_receipts(arch: Architecture) -> None:
    """Both sides of every formula are the number that the layer carries."""
    for layer in arch.layers:
        channels, height, width = layer.output_shape
        assert height == width
        for formula, number in (
            (layer.formula, layer.params),
            (layer.macs_formula, layer.macs),
            (layer.size_formula, height),
            (layer.channels_formula, channels),
            (layer.field_formula, layer.receptive_field),
            (layer.bytes_formula, layer.activation_bytes),
        ):
            assert {value(side) for side in formula.split(" = ")} == {number}, f"{layer.name}: {formula}"


def test_the_formulas_read_as_in_a_textbook() -> None:
    layers = analyze(preset("resnet50")).by_name
    assert layers["layer1.0.conv2"].formula == "3·3·64·64 = 36,864"
    assert layers["conv1"].size_formula == "⌊(224 + 2·3 − 7)/2⌋ + 1 = 112"
    assert layers["conv1"].macs_formula == "7·7·3·64 · 112·112 = 118,013,952"
    assert layers["maxpool"].field_formula == "7 + (3 − 1)·2 = 11"
    assert layers["fc"].formula == "2,048·1,000 + 1,000 = 2,049,000"


@given(size=st.integers(1, 64), kernel=st.integers(1, 9), stride=st.integers(1, 4), padding=st.integers(0, 4))
def test_output_size_of_a_convolution_is_torchs(size: int, kernel: int, stride: int, padding: int) -> None:
    conv = nn.Conv2d(1, 1, kernel, stride, padding, device="meta")
    _same_side_or_both_refuse(conv, size, kernel, stride, padding)


@given(size=st.integers(2, 64), kernel=st.integers(1, 9), stride=st.integers(1, 4), data=st.data())
def test_output_size_of_a_pool_is_torchs(size: int, kernel: int, stride: int, data: st.DataObject) -> None:
    padding = data.draw(st.integers(0, kernel // 2))  # torch allows no more
    _same_side_or_both_refuse(nn.MaxPool2d(kernel, stride, padding), size, kernel, stride, padding)


@given(size=st.integers(2, 64), stride=st.integers(1, 4))
def test_output_size_of_a_pooled_shortcut_is_torchs(size: int, stride: int) -> None:
    pool = nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)
    assert output_size("pool", size, stride, stride, 0, ceil_mode=True) == _torchs_side(pool, size)


def _same_side_or_both_refuse(layer: nn.Module, size: int, kernel: int, stride: int, padding: int) -> None:
    """Ours refuses one thing more: to stride over a map that is 1x1 already."""
    try:
        side = output_size("it", size, kernel, stride, padding)
    except ValueError:
        if stride == 1 or size > 1:
            with pytest.raises(RuntimeError):
                _torchs_side(layer, size)
    else:
        assert side == _torchs_side(layer, size)


def _torchs_side(layer: nn.Module, size: int) -> int:
    return int(layer(torch.empty(1, 1, size, size, device="meta")).shape[-1])


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        (replace(preset("resnet50"), image_size=1), "conv1"),
        (replace(preset("resnet18"), image_size=2), "maxpool"),
        (replace(preset("resnet18"), image_size=16), "layer4.0.conv1"),
        (replace(preset("resnet50"), image_size=16), "layer4.0.conv2"),
        (replace(preset("resnet50_v1"), image_size=16), "layer4.0.conv1"),
        (replace(preset("resnet20"), image_size=2), "layer3.0.conv1"),
        (replace(preset("resnet50d"), image_size=2), "maxpool"),
    ],
)
def test_a_map_that_would_vanish_is_refused_by_name(config: ResNetConfig, layer: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(layer)} would halve a map that is already 1×1.*larger image"):
        analyze(config)


def test_a_kernel_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^stem.pool: its 5×5 kernel does not fit into a 2×2 map padded to 4×4"):
        output_size("stem.pool", 2, 5, 1, 1)


@pytest.mark.parametrize("name", KINDS)
def test_the_smallest_image_of_a_preset_is_told_from_the_one_below(name: str) -> None:
    """Somewhere between 1 and its own size lies the smallest image; the one below is refused with advice."""
    config = KINDS[name]
    works = [_works(replace(config, image_size=size)) for size in range(1, 34)]
    assert works == sorted(works)
    assert works[-1]


def _works(config: ResNetConfig) -> bool:
    try:
        analyze(config)
    except ValueError as error:
        assert "larger image" in str(error)
        return False
    return True
