"""Writes the layers of a configuration in the form in which texts are read, so that the two can be matched."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from explorer.check.formats.class_names import ACTIVATION_CLASSES
from explorer.check.structure.network import Unit
from explorer.check.structure.variants import unblurred
from explorer.check.values import ReadLayer
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role
from explorer.network.options import Norm

_BESIDE = (Kind.DROPOUT, Kind.SCALE)


@dataclass(frozen=True, slots=True)
class IntendedLayers:
    """The layers of a configuration: stem, blocks by stage, and head."""

    stem: Unit
    stages: tuple[tuple[Unit, ...], ...]
    head: Unit


@lru_cache(maxsize=64)
def intended_layers(config: ResNetConfig) -> IntendedLayers:
    """Returns the layers of a configuration, with torchvision's names.

    Raises:
        ValueError: the image is too small for the configuration; the message says where.
    """
    units: dict[str, Unit] = {}
    for name, group in groupby(analyze(config).layers, key=lambda layer: layer.unit):
        layers = list(group)
        compared = [layer for layer in layers if layer.role is not Role.ATTENTION and layer.kind not in _BESIDE]
        main = tuple(_as_read(layer, config) for layer in compared if not layer.on_shortcut)
        shortcut = tuple(_as_read(layer, config) for layer in compared if layer.on_shortcut)
        units[name] = unblurred(Unit("" if name in ("stem", "head") else name, main, shortcut))
    blocks = [unit for unit in units.values() if unit.name]
    stages = tuple(tuple(group) for _, group in groupby(blocks, key=lambda unit: unit.name.partition(".")[0]))
    return IntendedLayers(units["stem"], stages, units["head"])


def _as_read(layer: Layer, config: ResNetConfig) -> ReadLayer:
    channels, height, width = layer.output_shape
    whole = layer.name == "avgpool"  # of which no window is expected
    kernel, stride, padding, dilation = (
        None if whole else (side, side) for side in (layer.kernel, layer.stride, layer.padding, layer.dilation)
    )
    return ReadLayer(
        layer.name,
        layer.kind,
        _class_name(layer, config),
        inputs=layer.input_shape[0],
        outputs=channels,
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=layer.groups,
        bias=layer.bias,
        eps=1e-5,
        momentum=0.1,
        inplace=False,
        size=(height, width),
        params=layer.params,
    )


def _class_name(layer: Layer, config: ResNetConfig) -> str:
    if layer.kind is Kind.POOL:
        return {"maxpool": "MaxPool2d", "avgpool": "AdaptiveAvgPool2d"}.get(layer.name, "AvgPool2d")
    return {
        Kind.CONV: "Conv2d",
        Kind.NORM: "GroupNorm" if config.norm is Norm.GROUP else "BatchNorm2d",
        Kind.BLUR: "BlurPool",
        Kind.ACTIVATION: ACTIVATION_CLASSES[config.activation],
        Kind.LINEAR: "Linear",
        Kind.PAD: "ZeroPad",
        Kind.ADD: "Add",
    }[layer.kind]
