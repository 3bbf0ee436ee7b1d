"""Published networks by name, and which of them a configuration is or comes nearest to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache, lru_cache

from explorer.network.block_plans import stage_strides
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
from explorer.network.options import (
    Antialias,
    Attention,
    Block,
    Init,
    Norm,
    Order,
    OutputStride,
    Shortcut,
    Stem,
    StrideIn,
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A published network: what people call it, where it comes from, and whose implementation it equals."""

    name: str
    title: str
    config: ResNetConfig
    family: str
    source: str
    equals: str = ""


IMAGENET_BASE = ResNetConfig()
_BASIC = replace(IMAGENET_BASE, block=Block.BASIC)
_BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
CIFAR_BASE = ResNetConfig(
    block=Block.BASIC,
    stage_blocks=(3, 3, 3),
    widths=(16, 32, 64),
    shortcut=Shortcut.A,
    stem=Stem.CIFAR,
    num_classes=10,
    image_size=32,
)
_HE_2015, _HE_2016 = "He et al. 2015", "He et al. 2016"
_V1_5 = "torchvision; v1.5: stride in the 3×3, the paper's in the 1×1"
# torchvision's shortcuts are option B. The paper's ResNet-18 (table 2) has option A; its ResNet-34 has both.
_SOURCES = {
    18: f"{_HE_2015}, Table 1; shortcut option B of section 3.3",
    34: f"{_HE_2015}, Table 1; shortcut option B of Table 3",
    **dict.fromkeys((50, 101, 152), _V1_5),
}


def _torchvision(depth: int) -> Preset:
    base = _BASIC if depth < 50 else IMAGENET_BASE
    title = f"ResNet-{depth}" if depth < 50 else f"ResNet-{depth}, v1.5"
    config = replace(base, stage_blocks=_BLOCKS[depth])
    return Preset(f"resnet{depth}", title, config, "ImageNet", _SOURCES[depth], f"torchvision.models.resnet{depth}")


def _paper_v1(depth: int) -> Preset:
    config = replace(IMAGENET_BASE, stage_blocks=_BLOCKS[depth], stride_in=StrideIn.CONV1X1)
    return Preset(f"resnet{depth}_v1", f"ResNet-{depth}, v1", config, "ImageNet", f"{_HE_2015}, Table 1")


def _plain(depth: int) -> Preset:
    config = replace(_BASIC, stage_blocks=_BLOCKS[depth], shortcut=Shortcut.NONE)
    return Preset(f"plain{depth}", f"Plain-{depth}", config, "ImageNet", f"{_HE_2015}, section 4.1")


def _cifar(depth: int, *, plain: bool = False) -> Preset:
    count = (depth - 2) // 6
    config = replace(CIFAR_BASE, stage_blocks=(count,) * 3, shortcut=Shortcut.NONE if plain else Shortcut.A)
    kind = "Plain" if plain else "ResNet"
    source = f"{_HE_2015}, section 4.2 and {'Figure 6' if plain else 'Table 6'}"
    return Preset(f"{kind.lower()}{depth}", f"{kind}-{depth} (CIFAR)", config, "CIFAR", source)


def _preactivation(depth: int, block: Block) -> Preset:
    count = (depth - 2) // (6 if block is Block.BASIC else 9)
    config = replace(CIFAR_BASE, block=block, stage_blocks=(count,) * 3, order=Order.PRE)
    if block is Block.BOTTLENECK:  # KaimingHe/resnet-1k-layers, resnet-pre-act.lua: projections, stride in the 1x1
        config = replace(config, shortcut=Shortcut.B, stride_in=StrideIn.CONV1X1)
    title = f"Pre-activation ResNet-{depth} (CIFAR)"
    return Preset(f"preact_resnet{depth}", title, config, "CIFAR", f"{_HE_2016}, Table 3")


def _keller(option: str, shortcut: Shortcut) -> Preset:
    config = replace(
        CIFAR_BASE,
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
    base = _BASIC if depth < 50 else IMAGENET_BASE
    config = replace(base, stage_blocks=_BLOCKS[depth], stem=Stem.CIFAR, num_classes=10, image_size=32, init=Init.TORCH)
    title = f"kuangliu's ResNet-{depth} (CIFAR)"
    return Preset(f"kuangliu_resnet{depth}", title, config, "CIFAR", "kuangliu/pytorch-cifar, models/resnet.py")


def _all_presets() -> list[Preset]:
    keras = replace(IMAGENET_BASE, stride_in=StrideIn.CONV1X1, conv_bias=True, init=Init.XAVIER)
    resnet_d = replace(IMAGENET_BASE, stem=Stem.DEEP, shortcut=Shortcut.AVGPOOL_PROJECTION)
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
        *_wider_family(),
    ]


def _wider_family() -> list[Preset]:
    """Networks that are grouped, wide, or dilated, or have attention, group norms or blurs."""
    return [
        _resnext(50, 32, 4, "Xie et al. 2017, Table 1"),
        _resnext(101, 32, 8, "torchvision; cardinality as in Xie et al. 2017"),
        _resnext(101, 64, 4, "Xie et al. 2017, section 5.1"),
        _wide(50, "Zagoruyko and Komodakis 2016, WRN-50-2-bottleneck"),
        _wide(101, "torchvision; as Zagoruyko and Komodakis 2016, WRN-50-2-bottleneck"),
        _of_timm("seresnet50", "SE-ResNet-50", "Hu et al. 2018, Table 1", attention=Attention.SE),
        _of_timm("resnet50_gn", "ResNet-50, group norm", "Wu and He 2018, section 4.1", norm=Norm.GROUP),
        _of_timm("resnetblur50", "ResNet-50, blur pooling", "Zhang 2019, section 4", antialias=Antialias.BLUR),
        _deeplab(),
        *(_wrn(depth, factor) for depth, factor in ((16, 8), (28, 10), (40, 2))),
    ]


def _resnext(depth: int, groups: int, width: int, source: str) -> Preset:
    """ResNeXt with ``groups`` groups, each ``width`` channels wide where the stage's width is 64."""
    config = replace(IMAGENET_BASE, stage_blocks=_BLOCKS[depth], groups=groups, width_per_group=width)
    name, title = f"resnext{depth}_{groups}x{width}d", f"ResNeXt-{depth} ({groups}×{width}d)"
    return Preset(name, title, config, "ImageNet", source, f"torchvision.models.{name}")


def _wide(depth: int, source: str) -> Preset:
    config = replace(IMAGENET_BASE, stage_blocks=_BLOCKS[depth], width_per_group=128)
    name = f"wide_resnet{depth}_2"
    return Preset(name, f"Wide ResNet-{depth}-2", config, "ImageNet", source, f"torchvision.models.{name}")


def _deeplab() -> Preset:
    config = replace(IMAGENET_BASE, output_stride=OutputStride.EIGHT)
    source = "Chen et al. 2017, the backbone of DeepLabv3"
    equals = "torchvision.models.resnet50(replace_stride_with_dilation=[False, True, True])"
    return Preset("deeplab_resnet50", "ResNet-50, output stride 8", config, "ImageNet", source, equals)


def _of_timm(name: str, title: str, source: str, **fields: object) -> Preset:
    return Preset(name, title, with_fields(IMAGENET_BASE, fields), "ImageNet", source, f"timm.{name}")


def _wrn(depth: int, factor: int) -> Preset:
    """WRN-d-k of three stages with (d − 4) / 6 blocks each: its depth counts the three projections."""
    config = replace(
        CIFAR_BASE,
        stage_blocks=((depth - 4) // 6,) * 3,
        widths=(16 * factor, 32 * factor, 64 * factor),
        stem_width=16,
        shortcut=Shortcut.B,
        order=Order.PRE,
    )
    source = "Zagoruyko and Komodakis 2016, Table 1"
    return Preset(f"wrn{depth}_{factor}", f"WRN-{depth}-{factor} (CIFAR)", config, "CIFAR", source)


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
    return _published().get(canonical(config))


@cache
def _published() -> Mapping[ResNetConfig, Preset]:
    """Every preset by what it is; the first of those that are the same network."""
    return {canonical(info.config): info for info in reversed([*PRESET_INFO.values()])}


@lru_cache(maxsize=256)  # checking a network of a thousand blocks takes a while
def canonical(config: ResNetConfig) -> ResNetConfig:
    """The same network with every field that changes nothing at its default: equal values, equal networks."""
    idle = [*inactive_fields(config)]
    if config.stem_width == config.widths[0]:
        idle.append("stem_width")
    if stage_strides(config) == stage_strides(config, OutputStride.FULL):
        idle.append("output_stride")
    return with_fields(config, {field.name: field.default for field in fields(config) if field.name in idle})


def differences(config: ResNetConfig, base: ResNetConfig) -> dict[str, object]:
    """The fields in which ``config`` departs from ``base``, with its values."""
    own, others = vars(config), vars(base)  # the fields and nothing else
    return {name: value for name, value in own.items() if value != others[name]}


def nearest_preset(config: ResNetConfig) -> Preset:
    """The preset with the fewest fields to change; the earlier one where two are equally near."""
    return min(PRESET_INFO.values(), key=lambda info: len(differences(config, info.config)))
