"""Every layer of a configuration in closed form, without torch: shapes, parameters, MACs, receptive field, memory.

``explorer.live.inspect`` holds these numbers against a real network. Receptive fields follow Araujo et al. 2019,
"Computing Receptive Fields of Convolutional Neural Networks" (Distill): r <- r + (k - 1) j and j <- j s.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role, Shape
from explorer.network.options import Antialias, Block, Norm, Order, Stem

NORM_GROUPS = 32  # of a group norm (Wu and He 2018, section 4.1), where they divide the channels


def norm_groups(channels: int) -> int:
    """Groups of a group norm: 32, or as many of them as divide the channels."""
    return math.gcd(NORM_GROUPS, channels)


def output_size(name: str, size: int, reach: int, stride: int, padding: int, *, ceil_mode: bool = False) -> int:
    """Side of a convolution's or pooling's output, as PyTorch computes it. ``reach`` is the side of the window that
    its kernel spans, with the gaps of a dilated one.

    Raises:
        ValueError: the kernel does not fit into the padded input, or a strided layer meets a map of 1x1.
    """
    padded = size + 2 * padding
    if reach > padded and not ceil_mode:
        raise ValueError(
            f"{name}: its {reach}×{reach} kernel does not fit into a {size}×{size} map padded to {padded}×{padded}. "
            "Use a larger image or fewer stages."
        )
    if stride > 1 and size == 1:
        raise ValueError(
            f"{name} would halve a map that is already 1×1: nothing would be left of it. "
            "Use a larger image, fewer stages or the CIFAR stem."
        )
    span = padded - reach + (stride - 1 if ceil_mode else 0)
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
        groups: int = 1,
        dilation: int = 1,
    ) -> None:
        x = self.x
        layer = Layer(
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
            groups,
            dilation,
        )
        self.layers.append(layer)
        self.x = _Tensor(out, layer.receptive_field, layer.jump)

    def conv(
        self,
        name: str,
        role: Role,
        channels: int,
        kernel: int,
        stride: int,
        *,
        groups: int = 1,
        dilation: int = 1,
        bias: bool | None = None,
    ) -> None:
        inputs, size, _ = self.x.shape
        padding = kernel // 2 * dilation
        side = output_size(self.prefix + name, size, 1 + (kernel - 1) * dilation, stride, padding)
        weights = kernel * kernel * inputs * channels // groups
        bias = self.config.conv_bias if bias is None else bias
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
            groups=groups,
            dilation=dilation,
        )

    def norm(self, name: str) -> None:
        channels, height, width = self.x.shape
        match self.config.norm:
            case Norm.BATCH:
                self._norm(name, groups=0, buffers=2 * channels + 1)
            case Norm.GROUP:
                groups = norm_groups(channels)
                if channels * height * width == groups:
                    raise ValueError(
                        f"{self.prefix}{name}: each of its {groups} groups would be a single value, of which "
                        "normalisation leaves nothing. Use a larger image, fewer stages or batch norm."
                    )
                self._norm(name, groups=groups)

    def _norm(self, name: str, *, groups: int, buffers: int = 0) -> None:
        params = 2 * self.x.shape[0]
        self._add(name, Kind.NORM, Role.NORM, self.x.shape, params=params, buffers=buffers, groups=groups)

    def activation(self, name: str) -> None:
        self._add(name, Kind.ACTIVATION, Role.ACTIVATION, self.x.shape)

    def dropout(self, name: str) -> None:
        self._add(name, Kind.DROPOUT, Role.OTHER, self.x.shape)

    def blur(self, name: str, role: Role = Role.OTHER) -> None:
        channels, size, _ = self.x.shape
        side = output_size(self.prefix + name, size, 3, 2, 1)
        self._add(name, Kind.BLUR, role, (channels, side, side), kernel=3, stride=2, padding=1)

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
        channels, deep = self.config.stem_channels, self.config.stem is Stem.DEEP
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
            blurs = self.config.antialias is Antialias.BLUR
            self.pool("maxpool", Role.STEM, 3, 1 if blurs else 2, padding=1)
            if blurs:
                self.blur("blurpool", Role.STEM)

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
        for position, (role, channels, kernel, groups) in enumerate(convs, start=1):
            if self.pre:
                self.norm(f"bn{position}")
                self.activation(f"act{position}")
                if position == 1 and plan.shortcut in ("pad", "project"):
                    shortcut = self.x  # both paths share the first norm and activation
            self._before_conv(plan, position, last=position == len(convs))
            stride, dilation = plan.strides[position - 1], plan.dilations[position - 1]
            self.conv(f"conv{position}", role, channels, kernel, stride, groups=groups, dilation=dilation)
            if not self.pre:
                self.norm(f"bn{position}")
                if position < len(convs):
                    self.activation(f"act{position}")
        self._end_branch(plan)
        if plan.shortcut != "none":
            self._join(plan, shortcut)
        if not self.pre:
            self.activation(f"act{len(convs)}")

    def _block_convs(self, plan: BlockPlan) -> Iterator[tuple[Role, int, int, int]]:
        """(role, output channels, kernel, groups) of each convolution of the main path."""
        if self.config.block is Block.BASIC:
            yield Role.CONV3X3, plan.width, 3, 1
            yield Role.CONV3X3, plan.out_channels, 3, 1
        else:
            yield Role.REDUCE, plan.width, 1, 1
            yield Role.CONV3X3, plan.width, 3, self.config.groups
            yield Role.EXPAND, plan.out_channels, 1, 1

    def _before_conv(self, plan: BlockPlan, position: int, *, last: bool) -> None:
        """The blur that takes over the stride of the convolution before, and dropout in front of the last one."""
        if plan.blur_after == position - 1 > 0:
            self.blur(f"blur{plan.blur_after}")
        if last and self.config.dropout:
            self.dropout("dropout")

    def _end_branch(self, plan: BlockPlan) -> None:
        """What is done to the branch before the sum."""
        if plan.squeezed:
            self._squeeze_excite(plan.squeezed)
        if plan.scaled:
            self._add("scale", Kind.SCALE, Role.OTHER, self.x.shape, params=1)
        if plan.drop_branch:
            self.dropout("drop_path")

    def _squeeze_excite(self, squeezed: int) -> None:
        """Hu et al. 2018, figure 2. The receptive field stays the branch's: that every position also depends on one
        mean of each channel is not counted."""
        branch, role = self.x, Role.ATTENTION
        channels = branch.shape[0]
        self.pool("se.avgpool", role, branch.shape[1], 1)
        self.conv("se.fc1", role, squeezed, 1, 1, bias=True)
        self._add("se.act", Kind.ACTIVATION, role, self.x.shape)
        self.conv("se.fc2", role, channels, 1, 1, bias=True)
        self._add("se.gate", Kind.ACTIVATION, role, self.x.shape)
        self.x = branch
        self._add("se.multiply", Kind.SCALE, role, branch.shape)

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
