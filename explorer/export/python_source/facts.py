"""What a network's code has to be able to do, read off its blocks: nothing else is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.options import Antialias, Attention, Block, Init, Norm, Order, ResidualScale, StrideIn

INIT_REASONS: Mapping[Init, str] = {
    Init.HE_FAN_OUT: "He et al. 2015, arXiv:1502.01852: keep the variance of gradients under ReLU.",
    Init.HE_FAN_IN: "He et al. 2015, arXiv:1502.01852: keep the variance of activations under ReLU.",
    Init.XAVIER: "Glorot and Bengio 2010: keep the variance of activations and gradients alike.",
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
        return self.config.norm is not Norm.NONE

    @property
    def grouped_norm(self) -> bool:
        return self.config.norm is Norm.GROUP

    @property
    def grouped(self) -> bool:
        """Whether the 3x3 of a bottleneck has groups."""
        return not self.basic and self.config.groups > 1

    @property
    def squeezes(self) -> bool:
        return self.config.attention is Attention.SE

    @property
    def scaled(self) -> bool:
        return self.config.residual_scale is ResidualScale.LEARNED and not self.config.is_plain

    @property
    def drops_branches(self) -> bool:
        return self.config.stochastic_depth > 0 and not self.config.is_plain

    @property
    def blurs(self) -> bool:
        """Whether a blur takes over the stride of blocks."""
        return self.config.antialias is Antialias.BLUR and self.strided

    @property
    def stem_blurs(self) -> bool:
        return self.config.antialias is Antialias.BLUR and self.config.stem.max_pools

    @cached_property
    def zeroes(self) -> bool:
        """Whether every branch starts at zero by its last weights."""
        return self.config.zero_init_residual and "zero_init_residual" not in inactive_fields(self.config)

    @cached_property
    def dilated(self) -> bool:
        """Whether any block is dilated; otherwise no code mentions it."""
        return any(max(plan.dilations) > 1 for plan in self.plans)

    @property
    def dilation(self) -> str:
        """The argument by which a block knows its dilation: a basic block has two convolutions with one each."""
        return "dilations" if self.basic else "dilation"

    def dilation_of(self, plan: BlockPlan) -> object:
        return plan.dilations if self.basic else plan.dilations[1]

    def dilation_at(self, step: int) -> str:
        """The expression for the dilation of convolution ``step``; empty where it has none."""
        if not self.dilated or self.kernel(step) == 1:
            return ""
        return f"dilations[{step - 1}]" if self.basic else "dilation"

    def stage_dilation(self, stage: int) -> int:
        """The dilation of a stage: of its blocks but for the first, which still has that of the stage before."""
        first = next(plan for plan in self.plans if plan.stage == stage)
        return first.dilations[1] * (2 if stage > 1 and first.stride == 1 and not self.basic else 1)

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

    def width_of(self, plan: BlockPlan) -> int:
        """The value of a block's main argument."""
        return plan.out_channels // self.config.expansion

    @cached_property
    def inner(self) -> str:
        """The expression for the channels between the convolutions of a branch."""
        return self.width if all(plan.width == self.width_of(plan) for plan in self.plans) else "inner"

    @property
    def inner_lines(self) -> list[str]:
        """The line that computes ``inner``, with torchvision's formula; none where it is the width itself."""
        if self.inner == self.width:
            return []
        groups, each = self.config.groups, self.config.width_per_group
        times = f" * {groups}  # {groups} groups of {each}" if groups > 1 else f"  # {each}"
        return [f"inner = width * {each} // 64{times} where the width is 64"]

    @cached_property
    def changing(self) -> tuple[BlockPlan, ...]:
        """The blocks whose shortcut is neither the identity nor absent."""
        return tuple(plan for plan in self.plans if plan.shortcut in ("pad", "project"))

    def condition(self, inputs: str) -> str:
        """The simplest test that picks just the ``changing`` blocks; empty where it is all of them (or none).

        ``inputs`` is the expression for the channels that come in.
        """
        if len(self.changing) in (0, len(self.plans)):
            return ""
        strides, resizes = "stride != 1", f"{inputs} != {self.out}"
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
        taken = {
            "in_channels": self.resizes,
            self.width: True,
            "stride": self.strided,
            self.dilation: self.dilated,
        }
        return tuple(name for name, needed in taken.items() if needed)

    @property
    def signature(self) -> list[str]:
        """Those arguments as a signature writes them."""
        return [f"{name}: {'tuple[int, int]' if name == 'dilations' else 'int'}" for name in self.parameters]

    @cached_property
    def convs_stride(self) -> bool:
        """Whether any convolution has a stride: a blur or a pool can have taken it over."""
        shortcuts = (plan.stride for plan in self.plans if plan.shortcut == "project" and not plan.pools)
        return self.config.stem.max_pools or max((*shortcuts, *(max(plan.strides) for plan in self.plans))) > 1

    @property
    def steps(self) -> int:
        """Convolutions on the branch of a block."""
        return self.config.convs_per_block

    def kernel(self, step: int) -> int:
        return 3 if self.basic or step == 2 else 1

    def channels(self, step: int) -> tuple[str, str]:
        """The expressions for the channels that convolution ``step`` reads and writes."""
        return (
            self.inputs if step == 1 else self.inner,
            self.out if step == self.steps else self.inner,
        )

    @cached_property
    def strided_step(self) -> int | None:
        """The convolution that carries the stride of a block."""
        first = self.basic or self.config.stride_in is StrideIn.CONV1X1
        return (1 if first else 2) if self.strided else None

    @property
    def block_words(self) -> str:
        """A block in a sentence."""
        path = "Two 3x3 convolutions" if self.basic else "1x1, 3x3, 1x1 convolutions"
        before = "norm and activation" if self.normed else "its activation"
        order = f", each after {before}" if self.pre else ""
        end = "no shortcut" if self.config.is_plain else "plus a shortcut"
        return f"{path}{order}, {end}."

    @property
    def stride_words(self) -> str:
        """What follows the shapes of a block: how a stride rounds, and which convolution carries it."""
        if self.strided_step is None:
            return "."
        rounded = ", rounded up, where s is the stride."
        if self.basic:
            return rounded
        if self.strided_step == 2:
            return f"{rounded} The 3x3 carries it (v1.5, as in torchvision); in He et al. 2015 the first 1x1 does."
        return f"{rounded} The first 1x1 carries it (v1, as in He et al. 2015)."

    @property
    def blurred_step(self) -> int | None:
        """The convolution whose stride a blur takes over, behind its activation."""
        return self.strided_step if self.blurs else None

    def sides(self, step: int, *, blurred: bool = False) -> tuple[str, str]:
        """Height and width of the map after convolution ``step`` (and its blur), of a block that is given H and W."""
        carries = step == self.strided_step and (blurred or not self.blurs)
        strided = self.strided_step is not None and (carries or step > self.strided_step)
        return ("H/s", "W/s") if strided else ("H", "W")
