"""Published networks by name, the names people call configurations by, and the form they take in a URL.

The URL form is a preset's name and what differs from it: ``resnet50``, ``resnet50~shortcut-C~image_size-64``.
It needs no percent-encoding and stays readable in an address bar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import lru_cache

from explorer.network.config import (
    LIMITS,
    Block,
    Init,
    Order,
    ResNetConfig,
    Shortcut,
    Stem,
    StrideIn,
    inactive_fields,
    known_depths,
    with_fields,
)
from explorer.text.quantities import counted

MAX_URL_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Preset:
    """A published network: what people call it, where it comes from, and whose implementation it equals."""

    name: str
    title: str
    config: ResNetConfig
    family: str
    source: str
    equals: str = ""


_IMAGENET = ResNetConfig()
_BASIC = replace(_IMAGENET, block=Block.BASIC)
_BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
_CIFAR = ResNetConfig(
    block=Block.BASIC,
    stage_blocks=(3, 3, 3),
    widths=(16, 32, 64),
    shortcut=Shortcut.A,
    stem=Stem.CIFAR,
    num_classes=10,
    image_size=32,
)
_FIELDS = tuple(field.name for field in fields(ResNetConfig))
_HE_2015, _HE_2016 = "He et al. 2015", "He et al. 2016"
_V1_5 = "torchvision; v1.5: stride in the 3×3, the paper's in the 1×1"
# torchvision's shortcuts are option B. The paper's ResNet-18 (table 2) has option A; its ResNet-34 has both.
_SOURCES = {
    18: f"{_HE_2015}, Table 1; shortcut option B of section 3.3",
    34: f"{_HE_2015}, Table 1; shortcut option B of Table 3",
    **dict.fromkeys((50, 101, 152), _V1_5),
}


def _torchvision(depth: int) -> Preset:
    base = _BASIC if depth < 50 else _IMAGENET
    title = f"ResNet-{depth}" if depth < 50 else f"ResNet-{depth}, v1.5"
    config = replace(base, stage_blocks=_BLOCKS[depth])
    return Preset(f"resnet{depth}", title, config, "ImageNet", _SOURCES[depth], f"torchvision.models.resnet{depth}")


def _paper_v1(depth: int) -> Preset:
    config = replace(_IMAGENET, stage_blocks=_BLOCKS[depth], stride_in=StrideIn.CONV1X1)
    return Preset(f"resnet{depth}_v1", f"ResNet-{depth}, v1", config, "ImageNet", f"{_HE_2015}, Table 1")


def _plain(depth: int) -> Preset:
    config = replace(_BASIC, stage_blocks=_BLOCKS[depth], shortcut=Shortcut.NONE)
    return Preset(f"plain{depth}", f"Plain-{depth}", config, "ImageNet", f"{_HE_2015}, section 4.1")


def _cifar(depth: int, *, plain: bool = False) -> Preset:
    count = (depth - 2) // 6
    config = replace(_CIFAR, stage_blocks=(count,) * 3, shortcut=Shortcut.NONE if plain else Shortcut.A)
    kind = "Plain" if plain else "ResNet"
    source = f"{_HE_2015}, section 4.2 and {'Figure 6' if plain else 'Table 6'}"
    return Preset(f"{kind.lower()}{depth}", f"{kind}-{depth} (CIFAR)", config, "CIFAR", source)


def _preactivation(depth: int, block: Block) -> Preset:
    count = (depth - 2) // (6 if block is Block.BASIC else 9)
    config = replace(_CIFAR, block=block, stage_blocks=(count,) * 3, order=Order.PRE)
    if block is Block.BOTTLENECK:  # KaimingHe/resnet-1k-layers, resnet-pre-act.lua: projections, stride in the 1x1
        config = replace(config, shortcut=Shortcut.B, stride_in=StrideIn.CONV1X1)
    title = f"Pre-activation ResNet-{depth} (CIFAR)"
    return Preset(f"preact_resnet{depth}", title, config, "CIFAR", f"{_HE_2016}, Table 3")


def _keller(option: str, shortcut: Shortcut) -> Preset:
    config = replace(
        _CIFAR,
        stage_blocks=(5, 5, 5),
        shortcut=shortcut,
        conv_bias=True,
        shortcut_norm=False,
        init=Init.TORCH,
    )
    source = f"KellerJordan/ResNet-PyTorch-CIFAR10, res_option='{option}', n=5"
    title = f"KellerJordan's ResNet-32 (CIFAR), {shortcut}"
    return Preset(f"keller_{shortcut.lower()}", title, config, "CIFAR", source)


def _kuangliu(depth: int) -> Preset:
    base = _BASIC if depth < 50 else _IMAGENET
    config = replace(base, stage_blocks=_BLOCKS[depth], stem=Stem.CIFAR, num_classes=10, image_size=32, init=Init.TORCH)
    title = f"kuangliu's ResNet-{depth} (CIFAR)"
    return Preset(f"kuangliu_resnet{depth}", title, config, "CIFAR", "kuangliu/pytorch-cifar, models/resnet.py")


def _all_presets() -> list[Preset]:
    keras = replace(_IMAGENET, stride_in=StrideIn.CONV1X1, conv_bias=True, init=Init.XAVIER)
    resnet_d = replace(_IMAGENET, stem=Stem.DEEP, shortcut=Shortcut.AVGPOOL_PROJECTION)
    return [
        *map(_torchvision, (18, 34, 50, 101, 152)),
        *map(_paper_v1, (50, 101, 152)),
        *map(_plain, (18, 34)),
        Preset("keras_resnet50", "Keras's ResNet-50", keras, "ImageNet", "keras.applications.ResNet50: v1 with biases"),
        Preset("resnet50d", "ResNet-50-D", resnet_d, "ImageNet", "He et al. 2018, section 4", "timm.resnet50d"),
        *map(_cifar, (20, 32, 44, 56, 110, 1202)),
        *(_cifar(depth, plain=True) for depth in (20, 56, 110)),
        _preactivation(110, Block.BASIC),
        _preactivation(164, Block.BOTTLENECK),
        _preactivation(1001, Block.BOTTLENECK),
        _keller("A", Shortcut.A),
        _keller("B", Shortcut.B),
        _keller("C", Shortcut.AVGPOOL),
        *map(_kuangliu, (18, 34, 50, 101, 152)),
    ]


PRESET_INFO: Mapping[str, Preset] = {preset.name: preset for preset in _all_presets()}
PRESETS: Mapping[str, ResNetConfig] = {name: info.config for name, info in PRESET_INFO.items()}


def preset(name: str) -> ResNetConfig:
    """The configuration of a published network.

    Raises:
        ValueError: no preset of that name; the message suggests some.
    """
    if name not in PRESETS:
        near = get_close_matches(name[:60], PRESETS, n=3) or ["resnet18", "resnet50", "plain34", "resnet110"]
        raise ValueError(
            f"There is no network called {name[:60]!r}. Did you mean {' or '.join(near)}? "
            f"All {len(PRESETS)} are in the page's list of networks and in explorer.PRESETS."
        )
    return PRESETS[name]


def preset_of(config: ResNetConfig) -> Preset | None:
    """The published network this configuration is, if it is one; fields that change nothing do not count."""
    wanted = canonical(config)
    return next((info for info in PRESET_INFO.values() if canonical(info.config) == wanted), None)


@lru_cache(maxsize=256)  # checking a network of a thousand blocks takes a while
def canonical(config: ResNetConfig) -> ResNetConfig:
    """The same network with every field that changes nothing at its default: equal values, equal networks."""
    defaults = {field.name: field.default for field in fields(config)}
    return with_fields(config, {name: defaults[name] for name in inactive_fields(config)})


def differences(config: ResNetConfig, base: ResNetConfig) -> dict[str, object]:
    """The fields in which ``config`` departs from ``base``, with its values."""
    pairs = ((field.name, getattr(config, field.name)) for field in fields(config))
    return {name: value for name, value in pairs if value != getattr(base, name)}


def nearest_preset(config: ResNetConfig) -> Preset:
    """The preset with the fewest fields to change; the earlier one where two are equally near."""
    return min(PRESET_INFO.values(), key=lambda info: len(differences(config, info.config)))


# What a field's value is called: a sentence part with a gap for it, or the thing that it counts.
_PHRASES: Mapping[str, str] = {
    "widths": "widths {}",
    "shortcut": "shortcut {}",
    "activation": "{}",
    "norm": "norm {}",
    "conv_bias": "convolution biases {}",
    "shortcut_norm": "projection norms {}",
    "zero_init_residual": "zero-init {}",
    "init": "{} init",
    "num_classes": "class",
    "in_channels": "input channel",
    "image_size": "{} px",
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
    named = _named_by_structure(config)
    changed = {name: value for name, value in differences(config, _family(config)).items() if name not in named}
    phrases = [_phrase(phrase, changed[name]) for name, phrase in _PHRASES.items() if name in changed]
    return ", ".join([_title(config), *_structure_phrases(config), *phrases])


def _phrase(phrase: str, value: object) -> str:
    if "{}" not in phrase and isinstance(value, int):
        return counted(value, phrase)
    return phrase.format(_value_text(value).replace("_", " "))


def _family(config: ResNetConfig) -> ResNetConfig:
    return _CIFAR if config.stem is Stem.CIFAR else _IMAGENET


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
        yield f"blocks {_value_text(config.stage_blocks)}"
    if len(config.widths) != len(_family(config).widths):
        yield f"widths {_value_text(config.widths)}"


@lru_cache(maxsize=256)
def to_url(config: ResNetConfig) -> str:
    """The short, stable text that stands for this configuration in a link."""
    base = nearest_preset(config)
    changed = differences(config, base.config)
    return "~".join([base.name, *(f"{name}-{_value_text(value, sep='.')}" for name, value in changed.items())])


def file_name(config: ResNetConfig) -> str:
    """What files about this network are called, without an ending."""
    return to_url(config).replace("~", "-")


def from_url(text: str) -> ResNetConfig:
    """The configuration a link stands for.

    Raises:
        ValueError: text that no configuration has; the message quotes the part that is wrong and what is allowed.
    """
    if len(text) > MAX_URL_LENGTH:
        raise ValueError(f"This link has {len(text):,} characters where a network needs at most {MAX_URL_LENGTH}.")
    name, *parts = text.split("~")
    base = preset(name)
    changes: dict[str, object] = {}
    for part in parts:
        field, dash, value = part.partition("-")
        if not dash or field not in _FIELDS:
            known = ", ".join(_FIELDS)
            raise ValueError(f"{part[:60]!r} is not a setting: write field-value, with a field of {known}.")
        changes[field] = _parsed(field, value)
    return with_fields(base, changes)


def _value_text(value: object, *, sep: str = "-") -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return sep.join(map(str, value)) if isinstance(value, tuple) else str(value)


def _parsed(field: str, text: str) -> object:
    default = getattr(_IMAGENET, field)
    if isinstance(default, tuple):
        return tuple(_whole(field, entry) for entry in text.split("."))
    if isinstance(default, bool):
        if text not in ("on", "off"):
            raise ValueError(f"{field} is {text[:60]!r} in this link: write {field}-on or {field}-off.")
        return text == "on"
    return _whole(field, text) if field in LIMITS else text


def _whole(field: str, text: str) -> object:
    """The number, or the text itself for the configuration to refuse in its own words."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text


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
