"""Every layer of a configuration in closed form, without torch: shapes, parameters, MACs, receptive field, memory.

``explorer.live.inspect`` holds these numbers against a real network. Receptive fields follow Araujo et al. 2019,
"Computing Receptive Fields of Convolutional Neural Networks" (Distill): r <- r + (k - 1) j and j <- j s.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role, Shape
from explorer.network.options import Block, Norm, Order, Stem


def output_size(name: str, size: int, kernel: int, stride: int, padding: int, *, ceil_mode: bool = False) -> int:
    """Side of a convolution's or pooling's output, as PyTorch computes it (dilation 1).

    Raises:
        ValueError: the kernel does not fit into the padded input, or a strided layer meets a map of 1x1.
    """
    padded = size + 2 * padding
    if kernel > padded and not ceil_mode:
        raise ValueError(
            f"{name}: its {kernel}×{kernel} kernel does not fit into a {size}×{size} map padded to {padded}×{padded}. "
            "Use a larger image or fewer stages."
        )
    if stride > 1 and size == 1:
        raise ValueError(
            f"{name} would halve a map that is already 1×1: nothing would be left of it. "
            "Use a larger image, fewer stages or the CIFAR stem."
        )
    span = padded - kernel + (stride - 1 if ceil_mode else 0)
    return span // stride + 1


@lru_cache(maxsize=32)
def analyze(config: ResNetConfig) -> Architecture:
    """Every layer of the network in forward order.

    Raises:
        ValueError: a feature map would vanish or a kernel would not fit; the message names the layer.
    """
    writer = _Writer(config)
    writer.stem()
    for plan in block_plans(config):
        writer.block(plan)
    writer.head()
    return Architecture(config, tuple(writer.layers))


@dataclass(slots=True)
class _Tensor:
    """What flows between layers: its shape, and what one value of it has seen of the image."""

    shape: Shape
    field: int = 1
    jump: int = 1


class _Writer:
    """Writes layers down in the order in which the network runs them."""

    def __init__(self, config: ResNetConfig) -> None:
        self.config = config
        self.normed = config.norm is Norm.BATCH
        self.pre = config.order is Order.PRE
        self.layers: list[Layer] = []
        self.stage = "stem"
        self.index: int | None = None
        self.prefix = ""
        self.on_shortcut = False
        side = config.image_size
        self.x = _Tensor((config.in_channels, side, side))

    # One method for each kind of layer; each reads and replaces the current tensor ``self.x``.

    def _add(
        self,
        name: str,
        kind: Kind,
        role: Role,
        out: Shape,
        *,
        params: int = 0,
        buffers: int = 0,
        macs: int = 0,
        kernel: int = 1,
        stride: int = 1,
        padding: int = 0,
        bias: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        x = self.x
        self.layers.append(
            Layer(
                self.prefix + name,
                kind,
                self.stage,
                self.index,
                role,
                x.shape,
                out,
                params,
                buffers,
                macs,
                kernel,
                stride,
                padding,
                bias,
                ceil_mode,
                x.field,
                x.jump,
                self.on_shortcut,
            )
        )
        self.x = _Tensor(out, x.field + (kernel - 1) * x.jump, x.jump * stride)

    def conv(self, name: str, role: Role, channels: int, kernel: int, stride: int) -> None:
        inputs, size, _ = self.x.shape
        padding = kernel // 2
        side = output_size(self.prefix + name, size, kernel, stride, padding)
        weights = kernel * kernel * inputs * channels
        bias = self.config.conv_bias
        self._add(
            name,
            Kind.CONV,
            role,
            (channels, side, side),
            params=weights + (channels if bias else 0),
            macs=weights * side * side,
            kernel=kernel,
            stride=stride,
            padding=padding,
            bias=bias,
        )

    def norm(self, name: str) -> None:
        if self.normed:
            channels = self.x.shape[0]
            self._add(name, Kind.NORM, Role.NORM, self.x.shape, params=2 * channels, buffers=2 * channels + 1)

    def activation(self, name: str) -> None:
        self._add(name, Kind.ACTIVATION, Role.ACTIVATION, self.x.shape)

    def pool(self, name: str, role: Role, kernel: int, stride: int, *, padding: int = 0, ceil: bool = False) -> None:
        channels, size, _ = self.x.shape
        side = output_size(self.prefix + name, size, kernel, stride, padding, ceil_mode=ceil)
        out = (channels, side, side)
        self._add(name, Kind.POOL, role, out, kernel=kernel, stride=stride, padding=padding, ceil_mode=ceil)

    def pad(self, name: str, channels: int, stride: int) -> None:
        side = output_size(self.prefix + name, self.x.shape[1], 1, stride, 0)
        self._add(name, Kind.PAD, Role.SHORTCUT, (channels, side, side), stride=stride)

    # The parts of the network.

    def stem(self) -> None:
        channels, deep = self.config.widths[0], self.config.stem is Stem.DEEP
        if deep:
            self._deep_stem(channels)
        elif self.config.stem is Stem.IMAGENET:
            self.conv("conv1", Role.STEM, channels, 7, 2)
        else:
            self.conv("conv1", Role.STEM, channels, 3, 1)
        if not self.pre:
            self.norm("bn1")
            self.activation("act1")
        if self.config.stem.max_pools:
            self.pool("maxpool", Role.STEM, 3, 2, padding=1)

    def _deep_stem(self, channels: int) -> None:
        middle = max(channels // 2, 1)
        self.conv("conv1.0", Role.STEM, middle, 3, 2)
        self.norm("conv1.1")
        self.activation("conv1.2")
        self.conv("conv1.3", Role.STEM, middle, 3, 1)
        self.norm("conv1.4")
        self.activation("conv1.5")
        self.conv("conv1.6", Role.STEM, channels, 3, 1)

    def block(self, plan: BlockPlan) -> None:
        self.stage, self.index, self.prefix = f"layer{plan.stage}", plan.index, f"{plan.name}."
        shortcut = self.x
        convs = list(self._block_convs(plan))
        for position, (role, channels, kernel, stride) in enumerate(convs, start=1):
            if self.pre:
                self.norm(f"bn{position}")
                self.activation(f"act{position}")
                if position == 1 and plan.shortcut in ("pad", "project"):
                    shortcut = self.x  # both paths share the first norm and activation
            self.conv(f"conv{position}", role, channels, kernel, stride)
            if not self.pre:
                self.norm(f"bn{position}")
                if position < len(convs):
                    self.activation(f"act{position}")
        if plan.shortcut != "none":
            self._join(plan, shortcut)
        if not self.pre:
            self.activation(f"act{len(convs)}")

    def _block_convs(self, plan: BlockPlan) -> Iterator[tuple[Role, int, int, int]]:
        """(role, output channels, kernel, stride) of each convolution of the main path."""
        if self.config.block is Block.BASIC:
            yield Role.CONV3X3, plan.width, 3, plan.strides[0]
            yield Role.CONV3X3, plan.out_channels, 3, plan.strides[1]
        else:
            yield Role.REDUCE, plan.width, 1, plan.strides[0]
            yield Role.CONV3X3, plan.width, 3, plan.strides[1]
            yield Role.EXPAND, plan.out_channels, 1, plan.strides[2]

    def _join(self, plan: BlockPlan, shortcut: _Tensor) -> None:
        branch, self.x = self.x, shortcut
        self.on_shortcut = True
        if plan.pools:
            self.pool("downsample.0", Role.SHORTCUT, plan.stride, plan.stride, ceil=True)
        slot = int(self.config.shortcut.pools)  # slot 0 is the pool's even where there is nothing to pool
        stride = 1 if plan.pools else plan.stride
        if plan.shortcut == "pad":
            self.pad(f"downsample.{slot}", plan.out_channels, stride)
        elif plan.shortcut == "project":
            self.conv(f"downsample.{slot}", Role.SHORTCUT, plan.out_channels, 1, stride)
            if projection_has_norm(self.config):
                self.norm(f"downsample.{slot + 1}")
        self.on_shortcut = False
        self.x = _Tensor(branch.shape, max(branch.field, self.x.field), branch.jump)
        self._add("add", Kind.ADD, Role.SHORTCUT, branch.shape)

    def head(self) -> None:
        self.stage, self.index, self.prefix = "head", None, ""
        if self.pre:
            self.norm("bn_last")
            self.activation("act_last")
        self.pool("avgpool", Role.CLASSIFIER, self.x.shape[1], 1)
        features, classes = self.x.shape[0], self.config.num_classes
        self._add(
            "fc",
            Kind.LINEAR,
            Role.CLASSIFIER,
            (classes, 1, 1),
            params=features * classes + classes,
            macs=features * classes,
            bias=True,
        )
