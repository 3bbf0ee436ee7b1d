"""Every block of a network with its shapes and strides: what arithmetic, model and exported code must agree on."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.network.config import ResNetConfig
from explorer.network.options import (
    Antialias,
    Attention,
    Block,
    Norm,
    Order,
    OutputStride,
    ResidualScale,
    Shortcut,
    StrideIn,
)


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One block's place in the network.

    ``width`` is the channels between the convolutions of the branch. ``strides`` and ``dilations`` are those of each
    convolution of the branch. ``blur_after`` is the number of the convolution after whose activation a blur takes over
    the stride, 0 for none. ``shortcut`` says what runs beside the branch: ``"none"``, ``"identity"``, ``"pad"`` or
    ``"project"``; ``pools`` whether an average pool comes before that. ``squeezed`` is the channels inside
    squeeze-and-excitation, 0 without it; ``scaled`` whether a learned scalar multiplies the branch; ``drop_branch``
    the probability with which stochastic depth drops it.
    """

    stage: int
    index: int
    in_channels: int
    width: int
    out_channels: int
    stride: int
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    blur_after: int
    shortcut: str
    pools: bool
    squeezed: int
    scaled: bool
    drop_branch: float

    @property
    def name(self) -> str:
        """torchvision's dotted name."""
        return f"layer{self.stage}.{self.index}"


def block_plans(config: ResNetConfig) -> Iterator[BlockPlan]:
    """Every block in forward order. The first block of each stage but the first halves the resolution, unless the
    stage is dilated instead."""
    channels, dilation, number, blocks = config.stem_channels, 1, 0, sum(config.stage_blocks)
    strides = stage_strides(config)
    for stage, (count, width) in enumerate(zip(config.stage_blocks, config.widths, strict=True), start=1):
        before, dilation = dilation, dilation * (2 if stage > 1 and strides[stage - 1] == 1 else 1)
        out = width * config.expansion
        squeezed = squeezed_channels(out) if config.attention is Attention.SE else 0
        scaled = config.residual_scale is ResidualScale.LEARNED and not config.is_plain
        for index in range(count):
            number += 1
            stride = strides[stage - 1] if index == 0 else 1
            shortcut = _shortcut_kind(config.shortcut, stride != 1 or out != channels)
            convs = _conv_strides(config, stride)
            blurs = config.antialias is Antialias.BLUR and stride != 1
            yield BlockPlan(
                stage=stage,
                index=index,
                in_channels=channels,
                width=config.inner_width(width) if config.block is Block.BOTTLENECK else width,
                out_channels=out,
                stride=stride,
                strides=(1,) * len(convs) if blurs else convs,
                dilations=_conv_dilations(config, before if index == 0 else dilation, dilation),
                blur_after=convs.index(stride) + 1 if blurs else 0,
                shortcut=shortcut,
                pools=config.shortcut.pools and stride != 1,
                squeezed=squeezed,
                scaled=scaled,
                # Huang et al. 2016, equation 4: the survival decays linearly from 1 at the stem.
                drop_branch=0.0 if config.is_plain else config.stochastic_depth * number / blocks,
            )
            channels = out


def stage_strides(config: ResNetConfig, output_stride: OutputStride | None = None) -> tuple[int, ...]:
    """The stride of each stage: 2 for all but the first, or 1 where the output stride (the network's, unless another is
    given) wants dilation in its place."""
    wanted = output_stride or config.output_stride
    most = None if wanted is OutputStride.FULL else int(wanted)
    reached, strides = config.stem.stride, [1]
    for _ in config.widths[1:]:
        stride = 1 if most is not None and reached >= most else 2
        reached *= stride
        strides.append(stride)
    return tuple(strides)


NORM_GROUPS = 32  # Wu and He 2018, section 4.1


def norm_groups(channels: int) -> int:
    """Groups of a group norm: 32, or as many of them as divide the channels."""
    return math.gcd(NORM_GROUPS, channels)


def squeezed_channels(channels: int) -> int:
    """Channels inside squeeze-and-excitation: a sixteenth, rounded to a multiple of 8, at least 8.

    Hu et al. 2018, section 6.1 has the sixteenth; timm (huggingface/pytorch-image-models, layers/squeeze_excite.py)
    the rounding.
    """
    return max(8, (channels + 64) // 128 * 8)


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


def _conv_dilations(config: ResNetConfig, first: int, dilation: int) -> tuple[int, ...]:
    """``first`` is that of the block's first 3x3: in a stage's first block still the dilation of the stage before."""
    return (first, dilation) if config.block is Block.BASIC else (1, first, 1)


def projection_has_norm(config: ResNetConfig) -> bool:
    """Whether a norm follows each projection shortcut there is."""
    return config.shortcut_norm and config.norm is not Norm.NONE and config.order is Order.POST
