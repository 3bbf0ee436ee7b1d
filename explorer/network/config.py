"""What a residual network is made of: one frozen, validated value that everything else reads.

Facts about the published networks come from He et al. 2015 (arXiv:1512.03385), He et al. 2016
(arXiv:1603.05027), He et al. 2018 (arXiv:1812.01187) and torchvision (pytorch/vision, models/resnet.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from explorer.text.typed_numbers import quoted


class Block(StrEnum):
    """The unit a stage repeats: two 3x3 convolutions, or 1x1, 3x3, 1x1 (He et al. 2015, figure 5)."""

    BASIC = "basic"
    BOTTLENECK = "bottleneck"


class Shortcut(StrEnum):
    """What runs beside a block's convolutions.

    ``A``, ``B`` and ``C`` are the options of He et al. 2015, section 3.3 and table 3. ``avgpool`` is what
    KellerJordan/ResNet-PyTorch-CIFAR10 calls "C"; ``avgpool_projection`` is He et al. 2018, figure 2c.
    """

    NONE = "none"
    A = "A"
    B = "B"
    C = "C"
    AVGPOOL = "avgpool"
    AVGPOOL_PROJECTION = "avgpool_projection"

    @property
    def pads(self) -> bool:
        """Whether new channels are zeros."""
        return self in (Shortcut.A, Shortcut.AVGPOOL)

    @property
    def projects(self) -> bool:
        """Whether new channels are computed by a 1x1 convolution."""
        return self in (Shortcut.B, Shortcut.C, Shortcut.AVGPOOL_PROJECTION)

    @property
    def pools(self) -> bool:
        """Whether the stride is an average over the window rather than a subsampling."""
        return self in (Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)


class Stem(StrEnum):
    """What turns the image into the first feature map.

    ``imagenet``: 7x7 stride 2, then 3x3 max pool stride 2. ``cifar``: one 3x3. ``deep``: three 3x3, the first
    with stride 2, then the same max pool (He et al. 2018, figure 2b; part of ResNet-D).
    """

    IMAGENET = "imagenet"
    CIFAR = "cifar"
    DEEP = "deep"

    @property
    def convs(self) -> int:
        """Number of convolutions."""
        return 3 if self is Stem.DEEP else 1

    @property
    def max_pools(self) -> bool:
        """Whether a 3x3 max pool of stride 2 follows."""
        return self is not Stem.CIFAR


class Activation(StrEnum):
    """The nonlinearity, the same one everywhere."""

    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    GELU = "gelu"
    SIGMOID = "sigmoid"
    TANH = "tanh"


class Norm(StrEnum):
    """Normalisation after (or, in pre-activation order, before) each convolution."""

    BATCH = "batch"
    NONE = "none"


class Order(StrEnum):
    """``post``: convolution, norm, activation (He et al. 2015). ``pre``: norm, activation, convolution (2016)."""

    POST = "post"
    PRE = "pre"


class StrideIn(StrEnum):
    """Which convolution of a bottleneck carries the stride: ``3x3`` is v1.5, ``1x1`` is the paper's v1."""

    CONV3X3 = "3x3"
    CONV1X1 = "1x1"


class Init(StrEnum):
    """How convolutions are initialised; the classifier always keeps PyTorch's default, as torchvision's does."""

    HE_FAN_OUT = "he_fan_out"
    HE_FAN_IN = "he_fan_in"
    XAVIER = "xavier"
    TORCH = "torch"


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
    projection; ``zero_init_residual`` makes every block start as its shortcut.

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
                f"stage_blocks {_shown(self.stage_blocks)} has {_stages(len(self.stage_blocks))} but widths "
                f"{_shown(self.widths)} has {len(self.widths)}: give one width for each stage."
            )
        if self.shortcut.pads:
            self._check_padding()

    def _check_padding(self) -> None:
        for unit in block_plans(self):
            if unit.out_channels < unit.in_channels:
                raise ValueError(
                    f"shortcut '{self.shortcut}' pads with zero channels and cannot remove any: {unit.name} goes "
                    f"from {unit.in_channels} to {unit.out_channels} channels. Use widths that do not shrink, or "
                    "shortcut B."
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


def inactive_fields(config: ResNetConfig) -> dict[str, str]:
    """The fields that change nothing in this network, each with the reason in a sentence."""
    reasons: dict[str, str] = {}
    if config.block is Block.BASIC:
        reasons["stride_in"] = "Only a bottleneck has a choice of where the stride goes; a basic block strides first."
    elif len(config.stage_blocks) == 1:
        reasons["stride_in"] = "A single stage has no stride: only later stages halve the resolution."
    if not config.shortcut.projects:
        reasons["shortcut_norm"] = f"Shortcut '{config.shortcut}' has no projection that a norm could follow."
    elif not any(plan.shortcut == "project" for plan in block_plans(config)):
        reasons["shortcut_norm"] = "No block of this network changes the shape, so there is no projection."
    elif config.norm is Norm.NONE:
        reasons["shortcut_norm"] = "The network has no normalisation."
    elif config.order is Order.PRE:
        reasons["shortcut_norm"] = "A pre-activation projection reads an already normalised map and carries no norm."
    if config.is_plain:
        reasons["zero_init_residual"] = "Without shortcuts a branch that starts at zero would silence the network."
    return reasons


def projection_has_norm(config: ResNetConfig) -> bool:
    """Whether a norm follows each projection shortcut there is."""
    return config.shortcut_norm and config.norm is Norm.BATCH and config.order is Order.POST


# Depths people know by name, for four stages (He et al. 2015, table 1; 200: He et al. 2016; 26: timm).
_FOUR_STAGE_DEPTHS: Mapping[Block, Mapping[int, tuple[int, ...]]] = {
    Block.BASIC: {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)},
    Block.BOTTLENECK: {
        14: (1, 1, 1, 1),
        26: (2, 2, 2, 2),
        50: (3, 4, 6, 3),
        101: (3, 4, 23, 3),
        152: (3, 8, 36, 3),
        200: (3, 24, 36, 3),
    },
}
_SUGGESTED_EQUAL_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 18, 30, 111, 200)


def known_depths(config: ResNetConfig) -> dict[int, tuple[int, ...]]:
    """Depths offered for this block type and number of stages, each with its blocks per stage.

    Four stages: the published ones. Otherwise equal stages, as in the paper's 6n + 2 (9n + 2 with bottlenecks).
    """
    stages, extra = len(config.stage_blocks), config.stem.convs - 1
    if stages == 4:
        return {depth + extra: blocks for depth, blocks in _FOUR_STAGE_DEPTHS[config.block].items()}
    return {
        config.stem.convs + config.convs_per_block * stages * count + 1: (count,) * stages
        for count in _SUGGESTED_EQUAL_COUNTS
    }


def blocks_for_depth(config: ResNetConfig, depth: int) -> tuple[int, ...]:
    """Blocks per stage that give ``config`` this many weighted layers, stages and block type unchanged.

    Raises:
        ValueError: no such network; the message names the depths that exist or the rule they follow.
    """
    known, stages = known_depths(config), len(config.stage_blocks)
    if depth in known:
        return known[depth]
    if stages == 4:
        allowed = ", ".join(map(str, known))
        raise ValueError(
            f"No four-stage network of {config.block} blocks is known with depth {depth}: choose one of {allowed}, "
            "or set the blocks per stage yourself."
        )
    per_block, fixed = config.convs_per_block * stages, config.stem.convs + 1
    count, rest = divmod(depth - fixed, per_block)
    low, high = LIMITS["stage_blocks"]
    if rest or not low <= count <= high:
        raise ValueError(
            f"Depth {depth} does not exist for {_stages(stages, 'equal ')} of {config.block} blocks: it must be "
            f"{per_block}n + {fixed} with n from {low} to {high}, for example {', '.join(map(str, list(known)[:6]))}."
        )
    return (count,) * stages


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
        most = _stages(MAX_STAGES)
        raise ValueError(f"{name} is {quoted(value)}: it must list one whole number for each of 1 to {most}.")
    return tuple(_count(name, entry) for entry in value)


def _stages(count: int, which: str = "") -> str:
    return f"{count} {which}stage{'' if count == 1 else 's'}"


def _shown(values: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, values)) + ")"
