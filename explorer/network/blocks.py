"""The modules that networks are made of: residual blocks, and shortcuts that pad or project.

Names and shapes of parameters are torchvision's (pytorch/vision, torchvision/models/resnet.py: ``BasicBlock`` and
``Bottleneck``), and timm's for ResNet-D's stem and shortcut and for squeeze-and-excitation, so published weights load
strictly. The pre-activation order is He et al. 2016's (arXiv:1603.05027, figure 4e).
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from torch import Tensor, nn

from explorer.network.block_plans import BlockPlan, norm_groups, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.operations import Add, BlurPool, Scale, SqueezeExcite, ZeroPad
from explorer.network.options import Activation, Block, Norm, Order

Operation = Callable[[Tensor], Tensor]

ACTIVATIONS: Mapping[Activation, Callable[[], nn.Module]] = {
    Activation.RELU: nn.ReLU,
    Activation.LEAKY_RELU: nn.LeakyReLU,
    Activation.GELU: nn.GELU,
    Activation.SIGMOID: nn.Sigmoid,
    Activation.TANH: nn.Tanh,
}


def unchanged(x: Tensor) -> Tensor:
    """Takes the place of a norm, an activation or a pool that the network does not have: no module, hence no name."""
    return x


def conv(
    config: ResNetConfig,
    inputs: int,
    outputs: int,
    kernel: int,
    *,
    stride: int = 1,
    dilation: int = 1,
    groups: int = 1,
) -> nn.Conv2d:
    """A convolution that keeps the map's size but for its stride."""
    padding = kernel // 2 * dilation
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=config.conv_bias)


def norm(config: ResNetConfig, channels: int) -> Operation:
    match config.norm:
        case Norm.BATCH:
            return nn.BatchNorm2d(channels)
        case Norm.GROUP:
            return nn.GroupNorm(norm_groups(channels), channels)
        case Norm.NONE:
            return unchanged


def activation(config: ResNetConfig) -> Operation:
    return ACTIVATIONS[config.activation]()


def blur(plan: BlockPlan, number: int) -> Operation:
    """The blur behind convolution ``number`` of a block, where its stride went there."""
    return BlurPool() if plan.blur_after == number else unchanged


def dropout(config: ResNetConfig) -> Operation:
    return nn.Dropout(config.dropout) if config.dropout else unchanged


def numbered(operations: Mapping[int, Operation]) -> nn.Sequential:
    """A sequence of those operations that are modules, under their numbers: ``downsample.0``, ``conv1.6``."""
    modules = ((str(number), part) for number, part in operations.items() if isinstance(part, nn.Module))
    return nn.Sequential(OrderedDict(modules))


def downsample(config: ResNetConfig, plan: BlockPlan) -> nn.Sequential | None:
    """What a block's shortcut does to its input, or None where it is the identity or absent."""
    parts: dict[int, Operation] = {}
    if plan.pools:  # ceil_mode: odd maps keep their last row, as the strided convolution beside it does
        parts[0] = nn.AvgPool2d(plan.stride, plan.stride, ceil_mode=True, count_include_pad=False)
    first = int(config.shortcut.pools)  # number 0 is the pool's, also in blocks that have nothing to pool
    stride = 1 if plan.pools else plan.stride
    if plan.shortcut == "pad":
        parts[first] = ZeroPad(plan.out_channels - plan.in_channels, stride)
    elif plan.shortcut == "project":
        parts[first] = conv(config, plan.in_channels, plan.out_channels, 1, stride=stride)
        parts[first + 1] = norm(config, plan.out_channels) if projection_has_norm(config) else unchanged
    return numbered(parts) if parts else None


def drop_path(plan: BlockPlan) -> Operation:
    """Drops the whole branch of an image with the plan's probability, in training mode only."""
    if not plan.drop_branch:
        return unchanged
    from torchvision.ops import StochasticDepth  # noqa: PLC0415  seconds to import, and few networks have it

    module: nn.Module = StochasticDepth(plan.drop_branch, "row")
    return module


class ResidualBlock(nn.Module):
    """What both kinds of blocks share. ``add`` is None in a plain network, ``downsample`` where the shapes agree; what
    the network does not have (a norm, dropout, ...) leaves its input unchanged.

    (N, in_channels, H, W) -> (N, out_channels, ceil(H / stride), ceil(W / stride)).
    """

    downsample: nn.Sequential | None
    add: Add | None
    se: Operation
    scale: Operation
    drop_path: Operation

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__()
        self.config = config
        self.pre = config.order is Order.PRE

    def norm_of(self, conv: nn.Conv2d) -> Operation:
        """The norm that goes with a convolution: before it in pre-activation order, otherwise behind it."""
        return norm(self.config, conv.in_channels if self.pre else conv.out_channels)

    def add_end(self, plan: BlockPlan) -> None:
        """Adds the modules that come after the branch's convolutions, and the shortcut."""
        self.se = SqueezeExcite(plan.out_channels, plan.squeezed) if plan.squeezed else unchanged
        self.scale = Scale() if plan.scaled else unchanged
        self.drop_path = drop_path(plan)
        self.downsample = downsample(self.config, plan)
        self.add = None if plan.shortcut == "none" else Add()

    def join(self, branch: Tensor, x: Tensor) -> Tensor:
        """The sum of the branch and of the shortcut from ``x``, or the branch alone in a plain network."""
        branch = self.se(branch)
        branch = self.scale(branch)
        branch = self.drop_path(branch)
        if self.add is None:
            return branch
        shortcut = x if self.downsample is None else self.downsample(x)
        out: Tensor = self.add(branch, shortcut)
        return out


class BasicBlock(ResidualBlock):
    """Two 3x3 convolutions (He et al. 2015, figure 5, left)."""

    def __init__(self, plan: BlockPlan, config: ResNetConfig) -> None:
        super().__init__(config)
        self.conv1 = conv(config, plan.in_channels, plan.width, 3, stride=plan.strides[0], dilation=plan.dilations[0])
        self.bn1 = self.norm_of(self.conv1)
        self.act1 = activation(config)
        self.blur1 = blur(plan, 1)
        self.dropout = dropout(config)
        self.conv2 = conv(config, plan.width, plan.out_channels, 3, stride=plan.strides[1], dilation=plan.dilations[1])
        self.bn2 = self.norm_of(self.conv2)
        self.act2 = activation(config)
        self.add_end(plan)

    def forward(self, x: Tensor) -> Tensor:
        if self.pre:
            return self.forward_pre(x)

        out = self.conv1(x)
        out = self.bn1(out)
        out = self.act1(out)
        out = self.blur1(out)

        out = self.dropout(out)
        out = self.conv2(out)
        out = self.bn2(out)

        return self.act2(self.join(out, x))

    def forward_pre(self, x: Tensor) -> Tensor:
        out = self.act1(self.bn1(x))
        shortcut = x if self.downsample is None else out  # both paths share bn1 and act1 (He et al. 2016)
        out = self.conv1(out)

        out = self.act2(self.bn2(out))
        out = self.blur1(out)
        out = self.dropout(out)
        out = self.conv2(out)

        return self.join(out, shortcut)


class Bottleneck(ResidualBlock):
    """1x1, 3x3 and 1x1 convolutions, the last to four times the width (He et al. 2015, figure 5, right); the 3x3 may
    be grouped (Xie et al. 2017, figure 3c)."""

    def __init__(self, plan: BlockPlan, config: ResNetConfig) -> None:
        super().__init__(config)
        self.conv1 = conv(config, plan.in_channels, plan.width, 1, stride=plan.strides[0], dilation=plan.dilations[0])
        self.bn1 = self.norm_of(self.conv1)
        self.act1 = activation(config)
        self.blur1 = blur(plan, 1)
        self.conv2 = conv(
            config, plan.width, plan.width, 3, stride=plan.strides[1], dilation=plan.dilations[1], groups=config.groups
        )
        self.bn2 = self.norm_of(self.conv2)
        self.act2 = activation(config)
        self.blur2 = blur(plan, 2)
        self.dropout = dropout(config)
        self.conv3 = conv(config, plan.width, plan.out_channels, 1, stride=plan.strides[2], dilation=plan.dilations[2])
        self.bn3 = self.norm_of(self.conv3)
        self.act3 = activation(config)
        self.add_end(plan)

    def forward(self, x: Tensor) -> Tensor:
        if self.pre:
            return self.forward_pre(x)

        out = self.conv1(x)
        out = self.bn1(out)
        out = self.act1(out)
        out = self.blur1(out)

        out = self.conv2(out)
        out = self.bn2(out)
        out = self.act2(out)
        out = self.blur2(out)

        out = self.dropout(out)
        out = self.conv3(out)
        out = self.bn3(out)

        return self.act3(self.join(out, x))

    def forward_pre(self, x: Tensor) -> Tensor:
        out = self.act1(self.bn1(x))
        shortcut = x if self.downsample is None else out  # as in BasicBlock
        out = self.conv1(out)

        out = self.act2(self.bn2(out))
        out = self.blur1(out)
        out = self.conv2(out)

        out = self.act3(self.bn3(out))
        out = self.blur2(out)
        out = self.dropout(out)
        out = self.conv3(out)

        return self.join(out, shortcut)


def residual_block(plan: BlockPlan, config: ResNetConfig) -> ResidualBlock:
    """One block of a network, as its plan says."""
    return BasicBlock(plan, config) if config.block is Block.BASIC else Bottleneck(plan, config)
