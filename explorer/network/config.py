"""What a residual network is made of: one frozen, validated value that everything else reads.

Facts about the published networks come from He et al. 2015 (arXiv:1512.03385), He et al. 2016
(arXiv:1603.05027), He et al. 2018 (arXiv:1812.01187) and torchvision (pytorch/vision, models/resnet.py); the later
family's from the papers that each option of ``explorer.network.options`` names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from explorer.network.options import (
    Activation,
    Antialias,
    Attention,
    Block,
    Init,
    Norm,
    Order,
    OutputStride,
    ResidualScale,
    Shortcut,
    Stem,
    StrideIn,
)
from explorer.text.quantities import counted
from explorer.text.typed_numbers import quoted

# Inclusive bounds. Generous for people, small enough that no single value can exhaust a shared server.
MAX_STAGES = 5
LIMITS: Mapping[str, tuple[int, int]] = {
    "stage_blocks": (1, 256),
    "widths": (1, 4096),
    "num_classes": (1, 100_000),
    "in_channels": (1, 256),
    "image_size": (1, 2048),
    "groups": (1, 256),
    "width_per_group": (1, 1024),
    "stem_width": (0, 4096),
}
MAX_INNER_WIDTH = 16_384  # channels of a bottleneck's 3x3
MAX_DROP = 0.9  # probability of dropout and of stochastic depth
OPTIONS: Mapping[str, type[StrEnum]] = {
    "block": Block,
    "shortcut": Shortcut,
    "stem": Stem,
    "activation": Activation,
    "norm": Norm,
    "order": Order,
    "stride_in": StrideIn,
    "init": Init,
    "output_stride": OutputStride,
    "attention": Attention,
    "antialias": Antialias,
    "residual_scale": ResidualScale,
}
PROBABILITIES = ("dropout", "stochastic_depth")
_FLAGS = ("conv_bias", "shortcut_norm", "zero_init_residual")
_TUPLES = ("stage_blocks", "widths")


@dataclass(frozen=True, kw_only=True)
class ResNetConfig:
    """One residual (or plain) network. The default is torchvision's ResNet-50 (v1.5).

    Option fields accept their plain text (``shortcut="C"``), tuples accept lists. The bottleneck's output has
    four times its width. ``conv_bias`` gives every convolution a bias; ``shortcut_norm`` puts a norm after each
    projection (in post-activation order, and where there are norms); ``zero_init_residual`` starts every branch at
    zero.

    ``groups`` and ``width_per_group`` are torchvision's: the 3x3 of a bottleneck of width w has ⌊w · width_per_group /
    64⌋ · groups channels, and each of its filters reads one of the groups (Xie et al. 2017, arXiv:1611.05431).
    ``stem_width`` is the stem's channels, 0 for as many as the first width. ``dropout`` is the probability with which
    a value in front of a branch's last convolution is dropped (Zagoruyko and Komodakis 2016, arXiv:1605.07146), and
    ``stochastic_depth`` that with which the last branch is dropped, whose predecessors are dropped less, in linear
    decay (Huang et al. 2016, arXiv:1603.09382): both in training mode only, in steps of 0.01.

    Raises:
        ValueError: a value outside what is allowed; the message quotes it and says what is.
    """

    block: Block = Block.BOTTLENECK
    stage_blocks: tuple[int, ...] = (3, 4, 6, 3)
    widths: tuple[int, ...] = (64, 128, 256, 512)
    shortcut: Shortcut = Shortcut.B
    stem: Stem = Stem.IMAGENET
    activation: Activation = Activation.RELU
    norm: Norm = Norm.BATCH
    order: Order = Order.POST
    stride_in: StrideIn = StrideIn.CONV3X3
    conv_bias: bool = False
    shortcut_norm: bool = True
    zero_init_residual: bool = False
    init: Init = Init.HE_FAN_OUT
    num_classes: int = 1000
    in_channels: int = 3
    image_size: int = 224
    groups: int = 1
    width_per_group: int = 64
    stem_width: int = 0
    dropout: float = 0.0
    stochastic_depth: float = 0.0
    output_stride: OutputStride = OutputStride.FULL
    attention: Attention = Attention.NONE
    antialias: Antialias = Antialias.NONE
    residual_scale: ResidualScale = ResidualScale.ONE

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _checked(field.name, getattr(self, field.name)))
        if len(self.stage_blocks) != len(self.widths):
            raise ValueError(
                f"stage_blocks {_shown(self.stage_blocks)} has {counted(len(self.stage_blocks), 'stage')} but widths "
                f"{_shown(self.widths)} has {len(self.widths)}: give one width for each stage."
            )
        if self.block is Block.BOTTLENECK:
            self._check_inner_widths()
        if self.shortcut.pads:
            self._check_padding()

    def _check_inner_widths(self) -> None:
        for stage, width in enumerate(self.widths, start=1):
            inner = self.inner_width(width)
            if not 1 <= inner <= MAX_INNER_WIDTH:
                raise ValueError(
                    f"width_per_group is {self.width_per_group}: with a width of {width} and "
                    f"{counted(self.groups, 'group')} the 3×3 convolutions of layer{stage} would have {inner:,} "
                    f"channels. It must be 1 to {MAX_INNER_WIDTH:,}."
                )

    def _check_padding(self) -> None:
        outputs = [self.stem_channels, *(width * self.expansion for width in self.widths)]
        for stage, (before, after) in enumerate(pairwise(outputs), start=1):
            if after < before:
                raise ValueError(
                    f"shortcut '{self.shortcut}' pads with zero channels and cannot remove any: layer{stage}.0 goes "
                    f"from {before} to {after} channels. Use widths that do not shrink, or shortcut B."
                )

    @property
    def expansion(self) -> int:
        """Output channels of a block divided by its width."""
        return 4 if self.block is Block.BOTTLENECK else 1

    @property
    def stem_channels(self) -> int:
        """Channels of the stem's output."""
        return self.stem_width or self.widths[0]

    def inner_width(self, width: int) -> int:
        """Channels of the 3x3 in a bottleneck of this width (torchvision, models/resnet.py: ``Bottleneck``)."""
        return width * self.width_per_group // 64 * self.groups

    @property
    def convs_per_block(self) -> int:
        """Convolutions on the main path of one block."""
        return 3 if self.block is Block.BOTTLENECK else 2

    @property
    def depth(self) -> int:
        """Weighted layers on the longest path (He et al. 2015, table 1): projections are not counted."""
        return self.stem.convs + self.convs_per_block * sum(self.stage_blocks) + 1

    @property
    def is_plain(self) -> bool:
        """Whether the network has no shortcuts."""
        return self.shortcut is Shortcut.NONE


def with_fields(config: ResNetConfig, values: Mapping[str, Any]) -> ResNetConfig:
    """``config`` with some fields changed, each checked as in the constructor.

    Raises:
        ValueError: a value outside what is allowed.
    """
    return replace(config, **values)


def with_stage_blocks(config: ResNetConfig, stage_blocks: tuple[int, ...]) -> ResNetConfig:
    """``config`` with these blocks per stage; stages added double the last width, stages taken away lose theirs."""
    widths = config.widths[: len(stage_blocks)]
    while len(widths) < min(len(stage_blocks), MAX_STAGES):
        widths += (min(2 * widths[-1], LIMITS["widths"][1]),)
    return replace(config, stage_blocks=stage_blocks, widths=widths)


def with_widths(config: ResNetConfig, widths: tuple[int, ...]) -> ResNetConfig:
    """``config`` with these widths; stages added repeat the last number of blocks."""
    blocks = config.stage_blocks[: len(widths)]
    blocks += blocks[-1:] * (min(len(widths), MAX_STAGES) - len(blocks))
    return replace(config, stage_blocks=blocks, widths=widths)


def _checked(name: str, value: Any) -> Any:
    """``value`` in the field's own type, or a ValueError that quotes it."""
    if name in OPTIONS:
        return _option(name, value)
    if name in _FLAGS:
        if not isinstance(value, bool):
            raise ValueError(f"{name} is {quoted(value)}: it must be True or False.")
        return value
    if name in _TUPLES:
        return _counts(name, value)
    if name in PROBABILITIES:
        return _probability(name, value)
    return _count(name, value)


def _option(name: str, value: Any) -> StrEnum:
    try:
        return OPTIONS[name](str(value) if name == "output_stride" else value)  # 16 is as good as "16"
    except ValueError:
        allowed = ", ".join(OPTIONS[name])
        raise ValueError(f"{name} is {quoted(value)}: it must be one of {allowed}.") from None


def _count(name: str, value: Any) -> int:
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {quoted(value)}: it must be a whole number from {low:,} to {high:,}.")
    return value


def _probability(name: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= MAX_DROP or round(value, 2) != value:
        raise ValueError(f"{name} is {quoted(value)}: it must be a number from 0 to {MAX_DROP} in steps of 0.01.")
    return float(value)


def _counts(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= MAX_STAGES:
        most = counted(MAX_STAGES, "stage")
        raise ValueError(f"{name} is {quoted(value)}: it must list one whole number for each of 1 to {most}.")
    return tuple(_count(name, entry) for entry in value)


def _shown(values: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, values)) + ")"
