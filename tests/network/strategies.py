"""Hypothesis strategies that every test shares: configurations over all options, valid by construction.

Each draw costs as much as the arithmetic of a small network, and tests ask for ten thousand configurations: what is
chosen independently of everything else is one draw from all combinations.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, combinations, cycle, islice, product
from math import comb
from typing import Any

from hypothesis import strategies as st

from explorer.network.arithmetic import analyze
from explorer.network.config import LIMITS, MAX_STAGES, ResNetConfig
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

# Every number at its upper bound.
HEAVIEST = ResNetConfig(
    stage_blocks=(LIMITS["stage_blocks"][1],) * 5,
    widths=(LIMITS["widths"][1],) * 5,
    shortcut=Shortcut.C,
    stem=Stem.CIFAR,
    num_classes=LIMITS["num_classes"][1],
    in_channels=LIMITS["in_channels"][1],
    image_size=LIMITS["image_size"][1],
)

# As far from every preset, and as long in every number, as a configuration gets.
LONGEST = ResNetConfig(
    block="bottleneck",
    stage_blocks=(249, 250, 251, 252, 253),
    widths=(1001, 1002, 1003, 1004, 1005),
    shortcut="avgpool_projection",
    stem="deep",
    activation="leaky_relu",
    norm="none",
    order="pre",
    stride_in="1x1",
    conv_bias=True,
    shortcut_norm=False,
    zero_init_residual=True,
    init="he_fan_in",
    num_classes=99_999,
    in_channels=255,
    image_size=2047,
    groups=100,
    width_per_group=10,
    stem_width=4095,
    dropout=0.89,
    stochastic_depth=0.89,
    output_stride="16",
    attention="se",
    antialias="blur",
    residual_scale="learned",
)


_INDEPENDENT: dict[str, Sequence[object]] = {
    "shortcut": tuple(Shortcut),
    "stem": tuple(Stem),
    "block": tuple(Block),
    "activation": tuple(Activation),
    "norm": (Norm.BATCH, Norm.NONE),
    "order": tuple(Order),
    "stride_in": tuple(StrideIn),
    "conv_bias": (False, True),
    "shortcut_norm": (False, True),
    "zero_init_residual": (False, True),
    "init": tuple(Init),
}
_LATER: dict[str, Sequence[object]] = {
    "groups": (1, 2, 3),
    "dropout": (0.0, 0.25),
    "stochastic_depth": (0.0, 0.5),
    "output_stride": tuple(OutputStride),
    "attention": tuple(Attention),
    "antialias": tuple(Antialias),
    "residual_scale": tuple(ResidualScale),
    "norm": (Norm.GROUP,),
}
_LATER_FIELDS = (*_LATER, "width_per_group", "stem_width")  # the last two are bounded by the other fields


def _one_of_each(values: dict[str, Sequence[object]]) -> st.SearchStrategy[dict[str, Any]]:
    """A value for each field, every combination as likely as any other."""
    return st.sampled_from([*product(*values.values())]).map(lambda chosen: dict(zip(values, chosen, strict=True)))


def _subsets(names: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the names, none or all of them: every number as likely as any other."""
    most = comb(len(names), len(names) // 2)
    by_size = (islice(cycle(combinations(names, size)), most) for size in range(len(names) + 1))
    return st.sampled_from([*chain.from_iterable(by_size)])


_OPTIONS, _LATER_VALUES, _SOME_FIELDS = _one_of_each(_INDEPENDENT), _one_of_each(_LATER), _subsets(_LATER_FIELDS)


@st.composite
def configs(draw: st.DrawFn, small: bool = True, family: bool = True) -> ResNetConfig:
    """Any configuration that ``analyze`` accepts; without ``family`` none of groups, dilation, attention and the other
    ideas that came after He et al.

    ``small`` keeps widths, blocks and images so little that building and running one on a CPU takes
    milliseconds. Run such networks in training mode with at least two images: their maps can be 1x1, and a batch
    norm has nothing to average over in one value.
    """
    stages, options = draw(st.integers(1, MAX_STAGES)), draw(_OPTIONS)
    config = ResNetConfig(
        **options,
        stage_blocks=draw(_stage_blocks(stages, 3 if small else 8)),
        widths=draw(_widths(stages, 12 if small else 96, grow_only=options["shortcut"].pads)),
        num_classes=draw(st.integers(1, 12 if small else 1000)),
        in_channels=draw(st.integers(1, 4)),
        image_size=draw(st.integers(smallest_image(options["stem"], stages), 40 if small else 160)),
    )
    return _in_family(draw, config) if family else config


def _in_family(draw: st.DrawFn, config: ResNetConfig) -> ResNetConfig:
    """The configuration with none or some of the later family's ideas."""
    chosen, values = draw(_SOME_FIELDS), draw(_LATER_VALUES)
    if "width_per_group" in chosen:  # at least one channel
        inner = [value for value in (64, 33, 96, 128) if min(config.widths) * value >= 64]
        values["width_per_group"] = draw(st.sampled_from(inner))
    if "stem_width" in chosen:
        most = config.widths[0] * config.expansion if config.shortcut.pads else 24
        values["stem_width"] = draw(st.integers(0, most))
    changed = replace(config, **{field: values[field] for field in chosen})
    if changed.norm is Norm.GROUP:
        try:
            analyze.__wrapped__(changed)
        except ValueError:  # groups of a single value, on a map of 1x1
            return replace(changed, norm=Norm.BATCH)
    return changed


def smallest_image(stem: Stem, stages: int) -> int:
    """The smallest image side, at least 8, that every strided layer still finds larger than 1x1."""
    halvings = stages - 1 + (2 if stem.max_pools else 0)
    return max(8, 2 ** max(halvings - 1, 0) + 1)


@cache
def _stage_blocks(stages: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(1, most)] * stages)


@cache
def _widths(stages: int, most: int, *, grow_only: bool) -> st.SearchStrategy[tuple[int, ...]]:
    """One width for each stage: any, or all the same, since stages that keep their channels are a case apart."""
    width = st.integers(1, most)
    different = st.tuples(*[width] * stages)
    same = width.map(lambda value: (value,) * stages)
    return st.one_of(different, same).map(lambda values: tuple(sorted(values)) if grow_only else values)
