"""The modules of a network as a tool meets them: the class of each layer, and how often it is repeated.

It is the network of ``to_python``, and of torchvision: every layer a module, every block a module around its layers,
and the residual sum a plain ``+`` in ``forward``, as is the product of channels and gates: no tool sees those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role
from explorer.network.options import Activation, Norm, Stem
from explorer.network.totals import folded

_ACTIVATIONS = {
    Activation.RELU: "ReLU",
    Activation.LEAKY_RELU: "LeakyReLU",
    Activation.GELU: "GELU",
    Activation.SIGMOID: "Sigmoid",
    Activation.TANH: "Tanh",
}
_POOLS = {
    Role.STEM: "MaxPool2d",
    Role.SHORTCUT: "AvgPool2d",
    Role.ATTENTION: "AdaptiveAvgPool2d",
    Role.CLASSIFIER: "AdaptiveAvgPool2d",
}
_CLASSES = {
    Kind.CONV: "Conv2d",
    Kind.LINEAR: "Linear",
    Kind.PAD: "ZeroPad",
    Kind.BLUR: "BlurPool",
    Kind.DROPOUT: "Dropout",
    Kind.ADD: "+",
}


@dataclass(frozen=True, slots=True)
class Module:
    """A layer, the class of its module, and how many of it the network has.

    A "container" is the module around a block's layers, or those of squeeze-and-excitation, with their output's shape.
    """

    layer: Layer
    name: str
    times: int


@lru_cache(maxsize=64)
def modules(config: ResNetConfig) -> tuple[Module, ...]:
    """The layers that differ, in forward order: two blocks a stage stand for all of them.

    Raises:
        ValueError: as ``analyze``.
    """
    arch = analyze.__wrapped__(folded(config))  # past the cache, which keeps the few networks that people look at
    found: list[Module] = []
    for unit, times in _units(config):
        layers = arch.unit_layers(unit)
        found += (Module(layer, _class_of(layer, config), times) for layer in layers)
        found += (Module(layer, "Identity", times) for layer in _identities(layers, config))
        found += (Module(layer, "container", times) for layer in _containers(layers))
    return tuple(found)


def _containers(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """A layer for each module that is made of these layers, with its output and without numbers of its own."""
    if layers[-1].block is not None:
        yield _without_numbers(layers[-1])
    yield from (_without_numbers(layer) for layer in layers if layer.name.endswith(".se.multiply"))


def _identities(layers: tuple[Layer, ...], config: ResNetConfig) -> Iterator[Layer]:
    """The layers that ``nn.Identity`` stands in for, each with its shape and without numbers of its own.

    It holds the place of a pool in a shortcut that has nothing to pool, and of the norms in a deep stem without any.
    """
    names = {layer.name.rpartition(".downsample.")[2]: layer for layer in layers if layer.on_shortcut}
    pools_somewhere = config.shortcut.projects or len(config.stage_blocks) > 1
    if config.shortcut.pools and pools_somewhere and "1" in names and "0" not in names:
        yield _without_numbers(names["1"])._replace(output_shape=names["1"].input_shape)
    if config.norm is Norm.NONE and config.stem is Stem.DEEP:
        yield from (_without_numbers(layer) for layer in layers if layer.name in ("conv1.0", "conv1.3"))


def _without_numbers(layer: Layer) -> Layer:
    return layer._replace(params=0, buffers=0, macs=0, bias=False)


def _units(config: ResNetConfig) -> Iterator[tuple[str, int]]:
    """Stem, first and second block of each stage, and head, with how many of each there are."""
    yield "stem", 1
    for stage, blocks in enumerate(config.stage_blocks, start=1):
        yield f"layer{stage}.0", 1
        yield f"layer{stage}.1", blocks - 1
    yield "head", 1


def _class_of(layer: Layer, config: ResNetConfig) -> str:
    """The name of the layer's class in PyTorch; "+" and "×" for what ``forward`` writes as such."""
    match layer.kind:
        case Kind.ACTIVATION if layer.role is Role.ATTENTION:
            return "Sigmoid" if layer.name.endswith(".gate") else "ReLU"
        case Kind.ACTIVATION:
            return _ACTIVATIONS[config.activation]
        case Kind.NORM:
            return "GroupNorm" if layer.groups else "BatchNorm2d"
        case Kind.POOL:
            return _POOLS[layer.role]
        case Kind.SCALE:
            return "Scale" if layer.params else "×"
        case _:
            return _CLASSES[layer.kind]
