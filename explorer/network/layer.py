"""One layer of a network as a value, and the receipt for each of its numbers.

Shapes are (C, H, W) of one image. MACs are multiply-adds of convolutions and the classifier, bias not counted
(He et al. 2015 call them FLOPs; FLOPs proper are twice as many).
"""

from enum import StrEnum
from typing import NamedTuple

BYTES_PER_VALUE = 4  # float32

Shape = tuple[int, int, int]


class Kind(StrEnum):
    """What a layer does."""

    CONV = "conv"
    NORM = "norm"
    ACTIVATION = "activation"
    POOL = "pool"
    ADD = "add"
    PAD = "pad"
    LINEAR = "linear"
    BLUR = "blur"
    SCALE = "scale"
    DROPOUT = "dropout"


class Role(StrEnum):
    """What a layer is for; the app gives each role one colour."""

    STEM = "stem"
    CONV3X3 = "3x3"
    REDUCE = "1x1 reduce"
    EXPAND = "1x1 expand"
    SHORTCUT = "shortcut"
    NORM = "norm"
    ACTIVATION = "activation"
    CLASSIFIER = "classifier"
    ATTENTION = "attention"
    OTHER = "other"


class Layer(NamedTuple):
    """One named module of the network, with everything its receipt needs.

    ``stage`` is "stem", "layer1" ... or "head"; ``block`` the index within the stage. ``jump_in`` is the distance
    in input pixels between neighbouring positions of the layer's input; ``on_shortcut`` says which path it is on.
    ``groups`` counts the parts into which a convolution's or a group norm's channels are divided, 0 for a batch norm.
    (A named tuple rather than a dataclass: a table has up to 5,000 of them, and they are built twice as fast.)
    """

    name: str
    kind: Kind
    stage: str
    block: int | None
    role: Role
    input_shape: Shape
    output_shape: Shape
    params: int = 0
    buffers: int = 0
    macs: int = 0
    kernel: int = 1
    stride: int = 1
    padding: int = 0
    bias: bool = False
    ceil_mode: bool = False
    receptive_field_in: int = 1
    jump_in: int = 1
    on_shortcut: bool = False
    groups: int = 1
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Side of the window that the kernel spans: its own side, but for a dilated one."""
        return 1 + (self.kernel - 1) * self.dilation

    @property
    def unit(self) -> str:
        """The part of the picture this layer belongs to: "stem", "layer2.0" or "head"."""
        return self.stage if self.block is None else f"{self.stage}.{self.block}"

    @property
    def receptive_field(self) -> int:
        """Side, in input pixels, of the square that one output value can depend on (borders ignored)."""
        return self.receptive_field_in + (self.reach - 1) * self.jump_in

    @property
    def jump(self) -> int:
        """Distance in input pixels between neighbouring output positions."""
        return self.jump_in * self.stride

    @property
    def activation_bytes(self) -> int:
        """Bytes of this layer's output for one image in float32."""
        channels, height, width = self.output_shape
        return channels * height * width * BYTES_PER_VALUE

    @property
    def formula(self) -> str:
        """Where the parameters come from: ``3·3·64·64 = 36,864``."""
        _inputs, channels = self.input_shape[0], self.output_shape[0]
        match self.kind:
            case Kind.CONV | Kind.LINEAR:
                bias = f" + {channels:,}" if self.bias else ""
                return f"{self._weights}{bias} = {self.params:,}"
            case Kind.NORM:
                return f"2·{channels:,} = {self.params:,}"
            case Kind.SCALE:
                return str(self.params)
            case _:
                return "0"

    @property
    def _weights(self) -> str:
        """How many weights a convolution or the classifier has, as a product."""
        inputs, channels = self.input_shape[0], self.output_shape[0]
        window = f"{self.kernel}·{self.kernel}·" if self.kind is Kind.CONV else ""
        read = f"({inputs:,}/{self.groups:,})" if self.groups > 1 else f"{inputs:,}"
        return f"{window}{read}·{channels:,}"

    @property
    def macs_formula(self) -> str:
        """Where the MACs come from: each weight is used once at every output position."""
        _, height, width = self.output_shape
        match self.kind:
            case Kind.CONV:
                return f"{self._weights} · {height:,}·{width:,} = {self.macs:,}"
            case Kind.LINEAR:
                return f"{self._weights} = {self.macs:,}"
            case _:
                return "0"

    @property
    def size_formula(self) -> str:
        """Where the height (and width) of the output comes from: ``⌊(224 + 2·3 − 7)/2⌋ + 1 = 112``."""
        before, after = self.input_shape[1], self.output_shape[1]
        if self.kind is Kind.PAD:
            return f"⌈{before:,}/{self.stride}⌉ = {after:,}"
        if self.kind not in (Kind.CONV, Kind.POOL, Kind.BLUR):
            return f"{before:,} = {after:,}"
        left, right = ("⌈", "⌉") if self.ceil_mode else ("⌊", "⌋")
        reach = f"({self.kernel} − 1)·{self.dilation} − 1" if self.dilation > 1 else f"{self.kernel}"
        return f"{left}({before:,} + 2·{self.padding} − {reach})/{self.stride}{right} + 1 = {after:,}"

    @property
    def channels_formula(self) -> str:
        """Where the output's channels come from."""
        inputs, channels = self.input_shape[0], self.output_shape[0]
        if self.kind is Kind.PAD:
            return f"{inputs:,} + {channels - inputs:,} = {channels:,}"
        return f"{channels:,} = {channels:,}" if self.kind in (Kind.CONV, Kind.LINEAR) else f"{inputs:,} = {channels:,}"

    @property
    def field_formula(self) -> str:
        """Where the receptive field comes from: ``r + (k − 1)·j = 11 + (3 − 1)·4 = 19``; a dilation d is a factor
        more: ``r + (k − 1)·d·j``."""
        steps = f"({self.kernel} − 1){f'·{self.dilation}' if self.dilation > 1 else ''}·{self.jump_in:,}"
        return f"{self.receptive_field_in:,} + {steps} = {self.receptive_field:,}"

    @property
    def bytes_formula(self) -> str:
        """Where the bytes of the output come from: four for each float32."""
        channels, height, width = self.output_shape
        return f"{channels:,}·{height:,}·{width:,}·{BYTES_PER_VALUE} = {self.activation_bytes:,}"
