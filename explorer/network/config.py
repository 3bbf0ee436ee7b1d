"""What a residual network is made of: one frozen, validated value that everything else reads.

Facts about the published networks come from He et al. 2015 (arXiv:1512.03385), He et al. 2016
(arXiv:1603.05027), He et al. 2018 (arXiv:1812.01187) and torchvision (pytorch/vision, models/resnet.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from explorer.network.options import Activation, Block, Init, Norm, Order, Shortcut, Stem, StrideIn
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
}
_OPTIONS: Mapping[str, type[StrEnum]] = {
    "block": Block,
    "shortcut": Shortcut,
    "stem": Stem,
    "activation": Activation,
    "norm": Norm,
    "order": Order,
    "stride_in": StrideIn,
    "init": Init,
}
_FLAGS = ("conv_bias", "shortcut_norm", "zero_init_residual")
_TUPLES = ("stage_blocks", "widths")


@dataclass(frozen=True, kw_only=True)
class ResNetConfig:
    """One residual (or plain) network. The default is torchvision's ResNet-50 (v1.5).

    Option fields accept their plain text (``shortcut="C"``), tuples accept lists. The bottleneck's output has
    four times its width. ``conv_bias`` gives every convolution a bias; ``shortcut_norm`` puts a norm after each
    projection (in post-activation order, and where there are norms); ``zero_init_residual`` starts every branch at
    zero.

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

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _checked(field.name, getattr(self, field.name)))
        if len(self.stage_blocks) != len(self.widths):
            raise ValueError(
                f"stage_blocks {_shown(self.stage_blocks)} has {counted(len(self.stage_blocks), 'stage')} but widths "
                f"{_shown(self.widths)} has {len(self.widths)}: give one width for each stage."
            )
        if self.shortcut.pads:
            self._check_padding()

    def _check_padding(self) -> None:
        outputs = [width * self.expansion for width in self.widths]
        for stage, (before, after) in enumerate(pairwise(outputs), start=2):
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
    if name in _OPTIONS:
        return _option(name, value)
    if name in _FLAGS:
        if not isinstance(value, bool):
            raise ValueError(f"{name} is {quoted(value)}: it must be True or False.")
        return value
    if name in _TUPLES:
        return _counts(name, value)
    return _count(name, value)


def _option(name: str, value: Any) -> StrEnum:
    try:
        return _OPTIONS[name](value)
    except ValueError:
        allowed = ", ".join(_OPTIONS[name])
        raise ValueError(f"{name} is {quoted(value)}: it must be one of {allowed}.") from None


def _count(name: str, value: Any) -> int:
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {quoted(value)}: it must be a whole number from {low:,} to {high:,}.")
    return value


def _counts(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= MAX_STAGES:
        most = counted(MAX_STAGES, "stage")
        raise ValueError(f"{name} is {quoted(value)}: it must list one whole number for each of 1 to {most}.")
    return tuple(_count(name, entry) for entry in value)


def _shown(values: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, values)) + ")"
