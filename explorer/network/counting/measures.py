"""What a layer can add to a tool's count: numbers of one layer, and how they are put together."""

from collections.abc import Callable
from math import prod

from explorer.network.config import ResNetConfig
from explorer.network.layer import BYTES_PER_VALUE, Kind, Layer

Measure = Callable[[Layer], int]


def values(layer: Layer) -> int:
    """Values of the layer's output for one image."""
    return prod(layer.output_shape)


def read_values(layer: Layer) -> int:
    """Values of the layer's input for one image."""
    return prod(layer.input_shape)


def read_by_two_averages(layer: Layer) -> int:
    """Values that the two averages of a blur read: the mirrored map is two wider, what the first leaves is one."""
    channels, height, width = layer.input_shape
    return channels * ((height + 2) * (width + 2) + (height + 1) * (width + 1))


def params(layer: Layer) -> int:
    """Learned values."""
    return layer.params


def macs(layer: Layer) -> int:
    """Multiply-adds with weights."""
    return layer.macs


def macs_and_biases(layer: Layer) -> int:
    """The same, and an addition for each value that gets a bias."""
    return layer.macs + (values(layer) if layer.bias else 0)


def at_each_position(layer: Layer) -> int:
    """Weights and biases, each used once at every position of the output."""
    return layer.params * layer.output_shape[1] * layer.output_shape[2]


def statistics(layer: Layer) -> int:
    """Running means and variances: the buffers without the batch counter."""
    return layer.buffers - 1 if layer.buffers else 0


def saved(layer: Layer) -> int:
    """Bytes in a saved file: 4 a value, 8 for the batch counter, and about 300 a tensor for its name and padding."""
    tensors = 5 if layer.buffers else 1 + (layer.bias or layer.kind is Kind.NORM) if layer.params else 0
    return BYTES_PER_VALUE * (layer.params + statistics(layer)) + (8 if layer.buffers else 0) + 300 * tensors


def times(factor: int, measure: Measure) -> Measure:
    """A multiple of a measure."""
    return lambda layer: factor * measure(layer)


def both(*measures: Measure) -> Measure:
    """Several measures together."""
    return lambda layer: sum(measure(layer) for measure in measures)


def image_bytes(config: ResNetConfig) -> int:
    """Bytes of one image in float32."""
    return BYTES_PER_VALUE * config.in_channels * config.image_size**2


def nothing(_: object) -> int:
    """What most things add."""
    return 0
