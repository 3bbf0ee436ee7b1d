"""The settings in which two networks differ, said as a person would: "strides in the 3×3 (v1.5) rather than ..."."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import OPTION_LABELS
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
from explorer.network.presets import canonical, differences
from explorer.text.quantities import counted, listed

_NOUNS: Mapping[str, str] = {
    Block.BASIC: "basic blocks",
    Block.BOTTLENECK: "bottlenecks",
    Shortcut.NONE: "no shortcuts",
    Shortcut.A: "shortcuts padded with zeros (A)",
    Shortcut.B: "projections where the shape changes (B)",
    Shortcut.C: "projections in every block (C)",
    Shortcut.AVGPOOL: "shortcuts that average and pad with zeros",
    Shortcut.AVGPOOL_PROJECTION: "projections behind an average pool (ResNet-D)",
    Stem.IMAGENET: "a 7×7 with a max pool",
    Stem.CIFAR: "a 3×3 at full resolution",
    Stem.DEEP: "three 3×3 with a max pool (deep stem)",
    **{activation: OPTION_LABELS[activation] for activation in (Activation.RELU, Activation.GELU)},
    Activation.LEAKY_RELU: "leaky ReLU",
    Activation.SIGMOID: "the sigmoid",
    Activation.TANH: "tanh",
    Order.POST: "post-activation order (2015)",
    Order.PRE: "pre-activation order (2016)",
    StrideIn.CONV3X3: "in the 3×3 (v1.5)",
    StrideIn.CONV1X1: "in the first 1×1 (v1)",
    Init.HE_FAN_OUT: "He initialisation (fan out)",
    Init.HE_FAN_IN: "He initialisation (fan in)",
    Init.XAVIER: "Xavier initialisation",
    Init.TORCH: "PyTorch's default initialisation",
}


_NORMS = {Norm.BATCH: "batch norms", Norm.GROUP: "group norms", Norm.NONE: "no norms"}
_THAN = " rather than "


def _rather(verb: str, words: Callable[[Any], str]) -> Callable[[Any, Any], str]:
    return lambda now, was: f"{verb} {words(now)}{_THAN}{words(was)}"


def _either(on: str, off: str) -> Callable[[Any, Any], str]:
    return lambda now, _was: on if now else off


def _either_option(option: StrEnum, on: str, off: str) -> Callable[[Any, Any], str]:
    return lambda now, _was: on if now is option else off


def _in_a_row(numbers: tuple[int, ...]) -> str:
    return "-".join(map(str, numbers))


def _images(channels: int) -> str:
    return {1: "grey", 3: "colour"}.get(channels, f"{channels:,}-channel")


_SHORTCUT = _rather("has", _NOUNS.__getitem__)

# What "it" does, from the value that it has and the value that the other one has.
_CLAUSES: Mapping[str, Callable[[Any, Any], str]] = {
    "block": _rather("is made of", _NOUNS.__getitem__),
    "stage_blocks": lambda now, was: f"has {_in_a_row(now)} blocks in its stages{_THAN}{_in_a_row(was)}",
    "widths": _rather("has widths of", _in_a_row),
    "shortcut": lambda now, was: _SHORTCUT(now, was) if now is not Shortcut.NONE else "has no shortcuts",
    "stem": _rather("begins with", _NOUNS.__getitem__),
    "activation": _rather("activates with", _NOUNS.__getitem__),
    "norm": lambda now, was: f"has {_NORMS[now]}" + (f"{_THAN}{_NORMS[was]}" if Norm.NONE not in (now, was) else ""),
    "order": _rather("is in", _NOUNS.__getitem__),
    "stride_in": lambda now, was: f"strides {_NOUNS[now]}{_THAN}{_NOUNS[was]}",
    "conv_bias": _either("has biases in its convolutions", "has no biases in its convolutions"),
    "shortcut_norm": _either("has a norm after each projection", "has no norm after its projections"),
    "zero_init_residual": _either("has zero-initialised branches", "has branches that do not start at zero"),
    "init": _rather("has", _NOUNS.__getitem__),
    "num_classes": lambda now, was: f"has {counted(now, 'class')}{_THAN}{was:,}",
    "in_channels": lambda now, was: f"reads {_images(now)} images{_THAN}{_images(was)} ones",
    "image_size": _rather("reads images of", lambda side: f"{side:,}×{side:,}"),
    "groups": lambda now, was: f"has its 3×3 convolutions in {counted(now, 'group')}{_THAN}{was:,}",
    "width_per_group": lambda now, was: f"has a width per group of {now:,}{_THAN}{was:,}",
    "stem_width": _rather("has a stem", lambda width: f"of {width:,}" if width else "as wide as its first stage"),
    "dropout": _rather("has", lambda rate: f"dropout of {rate:g}" if rate else "no dropout"),
    "stochastic_depth": _rather("has", lambda rate: f"stochastic depth of {rate:g}" if rate else "no stochastic depth"),
    "output_stride": _rather(
        "has",
        lambda stride: "a stride in every stage" if stride is OutputStride.FULL else f"an output stride of {stride}",
    ),
    "attention": _either_option(Attention.SE, "has squeeze-and-excitation", "has no channel attention"),
    "antialias": _either_option(Antialias.BLUR, "blurs in front of its strides", "has no blurs"),
    "residual_scale": _either_option(
        ResidualScale.LEARNED, "has a learned scale in each block", "has no learned scales"
    ),
}


def clauses(first: ResNetConfig, second: ResNetConfig) -> dict[str, str]:
    """What the second network does differently, by field: ``{"activation": "activates with GELU rather than ReLU"}``.

    Settings that change nothing do not count. Where one does nothing in the first network alone, there is nothing to
    hold it against: ``strides in the first 1×1 (v1)``, since basic blocks have no such choice.
    """
    before, after = canonical(first), canonical(second)
    without_base, idle = inactive_fields(first), inactive_fields(second)
    found = {}
    for name, value in differences(after, before).items():
        if name not in idle:
            clause = _CLAUSES[name](value, getattr(before, name))
            found[name] = clause.partition(_THAN)[0] if name in without_base else clause
    return found


def setting_changes(first: ResNetConfig, second: ResNetConfig) -> str:
    """The settings in which two networks differ, as what "it", the second, does: ``has biases in its convolutions and
    strides in the first 1×1 (v1) rather than in the 3×3 (v1.5)``; empty for networks that are the same."""
    return listed(list(clauses(first, second).values()))
