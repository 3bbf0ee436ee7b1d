"""The closed form of every tool's number against the tool itself."""

from dataclasses import replace

import pytest
import torch
import torchvision
from hypothesis import assume, given, settings
from torch import nn

from explorer.export.tables import to_python
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.counting.counts import Count, tool_counts
from explorer.network.counting.rules import Unit
from explorer.network.layer import Kind, Layer
from explorer.network.model import build
from explorer.network.options import Activation, Norm, Stem
from explorer.network.presets import PRESET_INFO, preset
from tests.network.counting import tools
from tests.network.strategies import configs

SMALL = 40  # px: the rules hold at every size, and the tools run the network; odd maps from stage 2 on

NETWORKS: dict[str, ResNetConfig] = {
    **{name: preset(name) for name in ("resnet20", "plain20", "keller_a", "keller_avgpool")},
    **{name: replace(preset(name), image_size=SMALL) for name in ("resnet18", "resnet50")},
    **{
        name: replace(preset(name), image_size=SMALL, stage_blocks=(1, 2, 1, 1))
        for name in ("resnet50_v1", "keras_resnet50", "resnet50d", "resnext50_32x4d")
    },
    "preact_resnet110, shallower": replace(preset("preact_resnet110"), stage_blocks=(2, 3, 2)),
    "option C, pre-activation, GELU": replace(
        preset("resnet20"), shortcut="C", order="pre", activation=Activation.GELU, image_size=33
    ),
    "plain, leaky ReLU": replace(preset("plain20"), activation=Activation.LEAKY_RELU, conv_bias=True),
    "no norm, sigmoid": replace(preset("resnet20"), norm="none", activation=Activation.SIGMOID),
    "deep stem, no norm": replace(
        preset("resnet20"), norm="none", stem="deep", shortcut="avgpool_projection", conv_bias=True
    ),
    "bottlenecks with tanh": replace(
        preset("resnet20"), block="bottleneck", shortcut="B", activation=Activation.TANH, stage_blocks=(1, 2, 1)
    ),
    # The same settings as seresnet50, resnet50_gn, resnetblur50, deeplab_resnet50 and wrn28_10, in small networks.
    "squeeze-and-excitation": replace(preset("resnet20"), attention="se"),
    "group norm": replace(preset("seresnet50"), norm="group", stage_blocks=(1, 1, 1, 1), image_size=SMALL),
    "blur": replace(preset("resnetblur50"), stage_blocks=(1, 1, 1, 1), image_size=SMALL),
    "dilation": replace(preset("deeplab_resnet50"), stage_blocks=(1, 2, 1, 1), image_size=SMALL),
    "wide, dropout": replace(preset("wrn16_8"), widths=(32, 64, 128), dropout=0.3),
    "learned scales": replace(preset("resnet20"), norm="none", residual_scale="learned", stochastic_depth=0.2),
}


def network(config: ResNetConfig) -> nn.Module:
    """torchvision's own network where it is theirs, else this project's as people write one: with a plain sum. Its
    weights are zeros: the tools look at none, and to draw them takes longer than to count."""
    with torch.device("meta"):
        net = written(config)
    net.to_empty(device="cpu")
    for value in net.state_dict().values():
        value.zero_()
    return net


def written(config: ResNetConfig) -> nn.Module:
    small = {replace(info.config, image_size=SMALL): info.equals for info in PRESET_INFO.values()}
    name = small.get(config, "").removeprefix("torchvision.models.")
    if name.isidentifier():
        net: nn.Module = getattr(torchvision.models, name)()
        return net
    if has_placeholders(config):
        names: dict[str, type[nn.Module]] = {}
        exec(to_python(config), names)
        return names["ResNet"]()
    return tools.with_plain_operators(build(config, "meta"))


def has_placeholders(config: ResNetConfig) -> bool:
    """Whether the file that people take away holds ``nn.Identity``: torchsummary counts it, too."""
    return config.shortcut.pools or (config.stem is Stem.DEEP and config.norm is Norm.NONE)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_every_count_is_the_tools_own(name: str) -> None:
    counted_alike(NETWORKS[name])


@pytest.mark.slow
@settings(max_examples=12)
@given(configs())
def test_every_count_of_any_network_is_the_tools_own(config: ResNetConfig) -> None:
    arch = analyze(config)
    assume(len(arch.layers) < 100 and arch.macs < 10**7 and arch.params < 10**6)
    assume(not has_placeholders(config))
    counted_alike(config)


def counted_alike(config: ResNetConfig) -> None:
    """Every tool prints what its rule says."""
    found = tools.numbers(network(config), (config.in_channels, config.image_size, config.image_size))
    ours = {(count.tool, count.label): count for count in tool_counts(config)}
    assert not found.keys() - ours.keys()
    assert {key: as_printed(ours[key], value) for key, value in found.items()} == found
    others = {"Keras", "He et al. 2015", "ResNet Explorer", "torchvision"}
    assert {tool for tool, label in ours.keys() - found.keys() if "state_dict" not in label} == others


def as_printed(count: Count, like: float) -> float:
    """torchsummary prints sizes to two digits."""
    return float(count.shown.removesuffix(" MB")) if count.unit is Unit.MIB and like < 10**5 else count.value


def of_tool(config: ResNetConfig, tool: str) -> dict[str, int]:
    return {count.label: count.value for count in tool_counts(config) if count.tool == tool}


def test_keras_counts_its_own_network_as_said() -> None:
    assert of_tool(preset("keras_resnet50"), "Keras") == tools.keras_numbers(tools.keras_application(50))


def test_what_people_know_of_keras() -> None:
    found = of_tool(preset("keras_resnet50"), "Keras")
    assert found["Total params"] == 25_636_712
    assert (found["Trainable params"], found["Non-trainable params"]) == (25_583_592, 53_120)


def as_keras(layer: Layer) -> tools.keras.layers.Layer:
    channels, shape = layer.output_shape[0], (None, *layer.input_shape[1:], layer.input_shape[0])
    made: dict[Kind, tools.keras.layers.Layer] = {
        Kind.CONV: tools.keras.layers.Conv2D(channels, layer.kernel, layer.stride, "same", use_bias=layer.bias),
        Kind.NORM: tools.keras.layers.BatchNormalization(),
        Kind.LINEAR: tools.keras.layers.Dense(channels),
    }
    with tools.keras.device("meta"):
        made[layer.kind].build(shape if layer.kind is not Kind.LINEAR else shape[::3])
    return made[layer.kind]


@pytest.mark.parametrize("name", ["resnet18", "resnet20", "keller_a", "no norm, sigmoid", "resnet50d"])
def test_keras_counts_every_layer_as_said(name: str) -> None:
    layers = [layer for layer in analyze(NETWORKS[name]).layers if layer.params]
    found = [tools.keras_numbers(as_keras(layer)) for layer in layers]
    assert of_tool(NETWORKS[name], "Keras") == {label: sum(each[label] for each in found) for label in found[0]}


TORCHVISION = [
    name for name, info in PRESET_INFO.items() if info.equals.removeprefix("torchvision.models.").isidentifier()
]


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_table_counts_as_said(name: str) -> None:
    weights = torchvision.models.get_model_weights(PRESET_INFO[name].equals.rpartition(".")[2])
    ours = of_tool(preset(name), "torchvision")
    for each in weights:
        assert ours["Params"] == each.meta["num_params"]
        assert round(ours["GFLOPS"] / 1e9, 3) == each.meta["_ops"]
        size = of_tool(preset(name), "PyTorch")["saved state_dict, about"]
        in_half = name.startswith("wide") and each.name == "IMAGENET1K_V1"  # published in float16
        assert each.meta["_file_size"] / (size / 2**20) == pytest.approx(0.5 if in_half else 1, rel=0.003)


def test_a_count_beyond_the_macs_is_explained_part_by_part() -> None:
    for count in tool_counts(preset("keller_a")):
        if count.unit is Unit.MACS:
            assert count.value - analyze(preset("keller_a")).macs == sum(extra for _, extra in count.more)
