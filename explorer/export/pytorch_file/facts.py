"""What a network's code has to be able to do, read off its blocks: nothing else is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.options import Activation, Block, Norm, Order

_ACTIVATIONS: Mapping[Activation, str] = {
    Activation.RELU: "nn.ReLU()",
    Activation.LEAKY_RELU: "nn.LeakyReLU()",
    Activation.GELU: "nn.GELU()",
    Activation.SIGMOID: "nn.Sigmoid()",
    Activation.TANH: "nn.Tanh()",
}


@dataclass(frozen=True)
class Facts:
    """What the blocks of one network have in common and where they differ.

    ``inputs``, ``width`` and ``out`` are the expressions by which the block class knows its channels.
    """

    config: ResNetConfig

    @cached_property
    def plans(self) -> tuple[BlockPlan, ...]:
        return tuple(block_plans(self.config))

    @property
    def basic(self) -> bool:
        return self.config.block is Block.BASIC

    @property
    def pre(self) -> bool:
        return self.config.order is Order.PRE

    @property
    def normed(self) -> bool:
        return self.config.norm is Norm.BATCH

    @property
    def activation(self) -> str:
        return _ACTIVATIONS[self.config.activation]

    @cached_property
    def strided(self) -> bool:
        """Whether any block has a stride; otherwise no code mentions one."""
        return any(plan.stride != 1 for plan in self.plans)

    @cached_property
    def resizes(self) -> bool:
        """Whether a block's input can have another number of channels than its main argument says."""
        return not self.basic or any(plan.in_channels != plan.out_channels for plan in self.plans)

    @property
    def inputs(self) -> str:
        return "in_channels" if self.resizes else self.width

    @property
    def width(self) -> str:
        return "channels" if self.basic else "width"

    @property
    def out(self) -> str:
        return "channels" if self.basic else "4 * width"

    @cached_property
    def changing(self) -> tuple[BlockPlan, ...]:
        """The blocks whose shortcut is neither the identity nor absent."""
        return tuple(plan for plan in self.plans if plan.shortcut in ("pad", "project"))

    @cached_property
    def condition(self) -> str:
        """The simplest test that picks just the ``changing`` blocks; empty where it is all of them (or none)."""
        if len(self.changing) in (0, len(self.plans)):
            return ""
        strides, resizes = "stride != 1", f"{self.inputs} != {self.out}"
        if self.changing == tuple(plan for plan in self.plans if plan.in_channels != plan.out_channels):
            return resizes
        if self.changing == tuple(plan for plan in self.plans if plan.stride != 1):
            return strides
        return f"{strides} or {resizes}"

    @property
    def block_name(self) -> str:
        """The block class's name, which says what it is."""
        prefix = ("Plain" if self.config.is_plain else "") + ("PreActivation" if self.pre else "")
        kind = "Block" if self.basic else "Bottleneck"
        return prefix + kind if prefix or not self.basic else "BasicBlock"

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The arguments that tell one block of this network from another."""
        names = ("in_channels" if self.resizes else "", self.width, "stride" if self.strided else "")
        return tuple(name for name in names if name)

    @property
    def signature(self) -> str:
        """Those arguments as a signature writes them."""
        return ", ".join(f"{name}: int" for name in self.parameters)

    def conv(self, inputs: object, outputs: object, kernel: int, stride: str = "") -> str:
        """The expression for a convolution that keeps the size of the map but for its stride."""
        padding = f", padding={kernel // 2}" if kernel > 1 else ""
        bias = "" if self.config.conv_bias else ", bias=False"
        return f"nn.Conv2d({inputs}, {outputs}, {kernel}{stride and f', {stride}'}{padding}{bias})"
