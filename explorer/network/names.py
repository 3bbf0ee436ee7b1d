"""What people call a network: its published name, or what sets it apart from its family."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from explorer.network.config import ResNetConfig
from explorer.network.depths import known_depths
from explorer.network.links import value_text
from explorer.network.options import (
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
from explorer.network.presets import (
    CIFAR_BASE,
    IMAGENET_BASE,
    PRESET_INFO,
    Preset,
    canonical,
    differences,
    preset_of,
)
from explorer.text.quantities import counted

# What a field's value is called: a sentence part with a gap for it, or the thing that it counts.
_PHRASES: Mapping[str, str] = {
    "groups": "group",
    "width_per_group": "{} wide per group",
    "widths": "widths {}",
    "stem_width": "{}",
    "shortcut": "shortcut {}",
    "activation": "{}",
    "norm": "{}",
    "conv_bias": "{}",
    "shortcut_norm": "{}",
    "zero_init_residual": "{}",
    "residual_scale": "{}",
    "attention": "{}",
    "antialias": "{}",
    "output_stride": "output stride {}",
    "dropout": "dropout {}",
    "stochastic_depth": "stochastic depth {}",
    "init": "{}",
    "num_classes": "class",
    "in_channels": "input channel",
    "image_size": "{} px",
}

# Values that have a name of their own.
_SPOKEN: Mapping[tuple[str, object], str] = {
    ("shortcut", Shortcut.AVGPOOL): "average pool",
    ("shortcut", Shortcut.AVGPOOL_PROJECTION): "average pool and projection",
    ("norm", Norm.BATCH): "batch norm",
    ("norm", Norm.GROUP): "group norm",
    ("norm", Norm.NONE): "no norm",
    ("conv_bias", True): "convolution biases",
    ("conv_bias", False): "no convolution biases",
    ("shortcut_norm", True): "norms after projections",
    ("shortcut_norm", False): "no norms after projections",
    ("zero_init_residual", True): "zero-init",
    ("zero_init_residual", False): "no zero-init",
    ("init", Init.HE_FAN_OUT): "He fan-out init",
    ("init", Init.HE_FAN_IN): "He fan-in init",
    ("init", Init.XAVIER): "Xavier init",
    ("init", Init.TORCH): "PyTorch's default init",
    ("output_stride", OutputStride.FULL): "full",
    ("attention", Attention.NONE): "no channel attention",
    ("attention", Attention.SE): "squeeze-and-excitation",
    ("antialias", Antialias.NONE): "no blur",
    ("antialias", Antialias.BLUR): "blur pooling",
    ("residual_scale", ResidualScale.ONE): "no learned scale",
    ("residual_scale", ResidualScale.LEARNED): "learned scale",
    ("stem_width", 0): "stem as wide as the first stage",
}


@lru_cache(maxsize=256)
def name_of(config: ResNetConfig) -> str:
    """What people would call it: "ResNet-50, v1.5", or a depth and what sets it apart from its family.

    A CIFAR network is measured against He et al. 2015's (option A, widths 16, 32, 64), any other against
    torchvision's.
    """
    exact = preset_of(config)
    if exact:
        return exact.title
    config = canonical(config)
    built_on = _built_on(config)
    if built_on:
        changed = differences(config, built_on.config)
        return ", ".join([built_on.title, *(_phrase(name, changed[name]) for name in _PHRASES if name in changed)])
    named = _named_by_structure(config)
    changed = {name: value for name, value in differences(config, _family(config)).items() if name not in named}
    phrases = [_phrase(name, changed[name]) for name in _PHRASES if name in changed]
    return ", ".join([_title(config), *_structure_phrases(config), *phrases])


# What is put on top of a network and leaves its structure alone.
_ADDED = ("residual_scale", "attention", "antialias", "output_stride", "dropout", "stochastic_depth", "init")


def _built_on(config: ResNetConfig) -> Preset | None:
    """The grouped or wide preset that differs only in what is put on top: "WRN-28-10 (CIFAR), dropout 0.3"."""
    if (config.groups, config.width_per_group, config.stem_width) == (1, 64, 0):
        return None
    return next((info for info in PRESET_INFO.values() if set(differences(config, info.config)) <= {*_ADDED}), None)


def said(field: str, value: object) -> str:
    """A field's value as people say it: "no norm", "Xavier init", "leaky relu"."""
    if field == "stem_width" and value:
        return f"stem of {value} channels"
    return _SPOKEN.get((field, value)) or value_text(value).replace("_", " ")


def _phrase(field: str, value: object) -> str:
    phrase = _PHRASES[field]
    if "{}" not in phrase and isinstance(value, int):
        return counted(value, phrase)
    return phrase.format(said(field, value))


def _family(config: ResNetConfig) -> ResNetConfig:
    return CIFAR_BASE if config.stem is Stem.CIFAR else IMAGENET_BASE


def _named_by_structure(config: ResNetConfig) -> set[str]:
    """The fields that the title and the structure's own phrases speak for."""
    named = {"block", "stage_blocks", "stem", "order", "stride_in"}
    if len(config.widths) != len(_family(config).widths):
        named.add("widths")
    if config.is_plain or _is_d(config):
        named.add("shortcut")
    return named


def _is_d(config: ResNetConfig) -> bool:
    """Whether it has ResNet-D's stem and shortcuts (He et al. 2018, figure 2)."""
    return config.stem is Stem.DEEP and config.shortcut is Shortcut.AVGPOOL_PROJECTION


def _published_depth(config: ResNetConfig) -> int:
    """The depth that names are made of: a deep stem counts as the one layer it replaces (ResNet-50-D)."""
    return config.depth - config.stem.convs + 1


def _title(config: ResNetConfig) -> str:
    kind = "Plain" if config.is_plain else "ResNet"
    order = "Pre-activation " if config.order is Order.PRE else ""
    suffix = " (CIFAR)" if config.stem is Stem.CIFAR else "-D" if _is_d(config) else ""
    return f"{order}{kind}-{_published_depth(config)}{suffix}"


def _structure_phrases(config: ResNetConfig) -> Iterator[str]:
    if config.stem is Stem.DEEP and not _is_d(config):
        yield "deep stem"
    bottleneck = config.block is Block.BOTTLENECK
    if bottleneck is (config.stem is Stem.CIFAR or _published_depth(config) < 50):
        yield "bottlenecks" if bottleneck else "basic blocks"
    if bottleneck and config.stem is not Stem.CIFAR and not _is_d(config):  # D's stride is in the 3×3
        yield "v1" if config.stride_in is StrideIn.CONV1X1 else "v1.5"
    elif config.stride_in is StrideIn.CONV1X1:
        yield "stride in the 1×1"
    if config.stage_blocks != known_depths(config).get(config.depth):
        yield f"blocks {value_text(config.stage_blocks)}"
    if len(config.widths) != len(_family(config).widths):
        yield f"widths {value_text(config.widths)}"


def spoken(config: ResNetConfig) -> str:
    """A network's name that fits between commas: "ResNet-34", "ResNet-50 (v1.5)", "ResNet-29 (CIFAR, bottlenecks)",
    "ResNet-28 (blocks 3-4-6, widths 64-128-256)".

    ``name_of`` says the same with commas, which a list of names cannot bear: here all commas are inside one pair of
    brackets.
    """
    title, *rest = name_of(config).split(", ")
    if not rest:
        return title
    if title.endswith(")"):
        return f"{title[:-1]}, {', '.join(rest)})"
    return f"{title} ({', '.join(rest)})"
