"""Every layer of a configuration in closed form, without torch: shapes, parameters, MACs, receptive field, memory.

``explorer.live.inspect`` holds these numbers against a real network, ``explorer.network.layer_writer`` has the
arithmetic of each kind of layer.
"""

from collections.abc import Iterator
from functools import lru_cache

from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan, block_plans, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.layer_writer import LayerWriter, Tensor
from explorer.network.options import Antialias, Block, Stem


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


class _Writer(LayerWriter):
    """The parts of a network, in the order in which it runs them."""

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
            self.add("scale", Kind.SCALE, Role.OTHER, self.x.shape, params=1)
        if plan.drop_branch:
            self.dropout("drop_path")

    def _squeeze_excite(self, squeezed: int) -> None:
        """Hu et al. 2018, figure 2. The receptive field stays the branch's: that every position also depends on one
        mean of each channel is not counted."""
        branch, role = self.x, Role.ATTENTION
        channels = branch.shape[0]
        self.pool("se.avgpool", role, branch.shape[1], 1)
        self.conv("se.fc1", role, squeezed, 1, 1, bias=True)
        self.add("se.act", Kind.ACTIVATION, role, self.x.shape)
        self.conv("se.fc2", role, channels, 1, 1, bias=True)
        self.add("se.gate", Kind.ACTIVATION, role, self.x.shape)
        self.x = branch
        self.add("se.multiply", Kind.SCALE, role, branch.shape)

    def _join(self, plan: BlockPlan, shortcut: Tensor) -> None:
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
        self.x = Tensor(branch.shape, max(branch.field, self.x.field), branch.jump)
        self.add("add", Kind.ADD, Role.SHORTCUT, branch.shape)

    def head(self) -> None:
        self.stage, self.index, self.prefix = "head", None, ""
        if self.pre:
            self.norm("bn_last")
            self.activation("act_last")
        self.pool("avgpool", Role.CLASSIFIER, self.x.shape[1], 1)
        features, classes = self.x.shape[0], self.config.num_classes
        self.add(
            "fc",
            Kind.LINEAR,
            Role.CLASSIFIER,
            (classes, 1, 1),
            params=features * classes + classes,
            macs=features * classes,
            bias=True,
        )
