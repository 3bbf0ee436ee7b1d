"""Every block of a network with its shapes and strides: what arithmetic, model and exported code must agree on."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Norm, Order, Shortcut, StrideIn


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One block's place in the network: what arithmetic, model and exported code must agree on.

    ``strides`` holds the stride of each convolution of the main path. ``shortcut`` says what runs beside it:
    ``"none"``, ``"identity"``, ``"pad"`` or ``"project"``; ``pools`` whether an average pool comes before that.
    """

    stage: int
    index: int
    in_channels: int
    width: int
    out_channels: int
    stride: int
    strides: tuple[int, ...]
    shortcut: str
    pools: bool

    @property
    def name(self) -> str:
        """torchvision's dotted name."""
        return f"layer{self.stage}.{self.index}"


def block_plans(config: ResNetConfig) -> Iterator[BlockPlan]:
    """Every block in forward order. The first block of each stage but the first halves the resolution."""
    channels = config.widths[0]
    for stage, (count, width) in enumerate(zip(config.stage_blocks, config.widths, strict=True), start=1):
        for index in range(count):
            stride = 2 if stage > 1 and index == 0 else 1
            out = width * config.expansion
            shortcut = _shortcut_kind(config.shortcut, stride != 1 or out != channels)
            pools = config.shortcut.pools and stride != 1
            yield BlockPlan(stage, index, channels, width, out, stride, _conv_strides(config, stride), shortcut, pools)
            channels = out


def _shortcut_kind(shortcut: Shortcut, changes_shape: bool) -> str:
    if shortcut is Shortcut.NONE:
        return "none"
    if not changes_shape and shortcut is not Shortcut.C:
        return "identity"
    return "pad" if shortcut.pads else "project"


def _conv_strides(config: ResNetConfig, stride: int) -> tuple[int, ...]:
    if config.block is Block.BASIC:
        return (stride, 1)
    return (1, stride, 1) if config.stride_in is StrideIn.CONV3X3 else (stride, 1, 1)


def projection_has_norm(config: ResNetConfig) -> bool:
    """Whether a norm follows each projection shortcut there is."""
    return config.shortcut_norm and config.norm is Norm.BATCH and config.order is Order.POST
