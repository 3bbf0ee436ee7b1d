"""A configuration's layers and their totals: what the arithmetic gives, and what pictures, tables and words read."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from explorer.network.config import ResNetConfig
from explorer.network.layer import Layer


@dataclass(frozen=True)
class Architecture:
    """A configuration's layers in forward order, and their totals."""

    config: ResNetConfig
    layers: tuple[Layer, ...] = field(hash=False)  # thousands of values that the configuration already stands for

    @cached_property
    def params(self) -> int:
        """Learned values."""
        return sum(layer.params for layer in self.layers)

    @cached_property
    def buffers(self) -> int:
        """Values that are stored but not learned: running mean, running variance and batch counter of norms."""
        return sum(layer.buffers for layer in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply-adds of convolutions and classifier for one image."""
        return sum(layer.macs for layer in self.layers)

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of all layers' outputs together, one image, float32.

        Training keeps part of them for the backward pass: the inputs of convolutions, norms, pools and the classifier,
        the outputs of ReLU, sigmoid and tanh, and the inputs of GELU and leaky ReLU. So the outputs of
        norms and sums are freed in post-activation order with ReLU, sigmoid or tanh, but not in general.
        """
        return sum(layer.activation_bytes for layer in self.layers)

    @property
    def depth(self) -> int:
        """Weighted layers on the longest path; projections are not counted."""
        return self.config.depth

    @cached_property
    def receptive_field(self) -> int:
        """The side, in input pixels, of the square that one position before the global pooling can see."""
        return next(layer.receptive_field_in for layer in self.layers if layer.name == "avgpool")

    @cached_property
    def by_name(self) -> dict[str, Layer]:
        """Layers by their dotted name."""
        return {layer.name: layer for layer in self.layers}

    def unit_layers(self, unit: str) -> tuple[Layer, ...]:
        """The layers of one unit of the picture: "stem", a block such as "layer2.0", or "head"."""
        return self._by_unit.get(unit, ())

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Stem, blocks and head in forward order."""
        return tuple(self._by_unit)

    @cached_property
    def _by_unit(self) -> dict[str, tuple[Layer, ...]]:
        return {unit: tuple(layers) for unit, layers in groupby(self.layers, key=lambda layer: layer.unit)}
