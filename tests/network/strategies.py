"""Hypothesis strategies that every test shares: configurations over all options, valid by construction."""

from collections.abc import Sequence
from dataclasses import replace

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


@st.composite
def configs(draw: st.DrawFn, small: bool = True, family: bool = True) -> ResNetConfig:
    """Any configuration that ``analyze`` accepts; without ``family`` none of groups, dilation, attention and the other
    ideas that came after He et al.

    ``small`` keeps widths, blocks and images so little that building and running one on a CPU takes
    milliseconds. Run such networks in training mode with at least two images: their maps can be 1x1, and a batch
    norm has nothing to average over in one value.
    """
    stages = draw(st.integers(1, MAX_STAGES))
    shortcut = draw(st.sampled_from(Shortcut))
    stem = draw(st.sampled_from(Stem))
    block = draw(st.sampled_from(Block))
    widths = draw(_widths(stages, 12 if small else 96, grow_only=shortcut.pads))
    config = ResNetConfig(
        block=block,
        stage_blocks=draw(_stage_blocks(stages, 3 if small else 8)),
        widths=widths,
        shortcut=shortcut,
        stem=stem,
        activation=draw(st.sampled_from(Activation)),
        norm=draw(st.sampled_from((Norm.BATCH, Norm.NONE))),
        order=draw(st.sampled_from(Order)),
        stride_in=draw(st.sampled_from(StrideIn)),
        conv_bias=draw(st.booleans()),
        shortcut_norm=draw(st.booleans()),
        zero_init_residual=draw(st.booleans()),
        init=draw(st.sampled_from(Init)),
        num_classes=draw(st.integers(1, 12 if small else 1000)),
        in_channels=draw(st.integers(1, 4)),
        image_size=draw(st.integers(smallest_image(stem, stages), 40 if small else 160)),
    )
    return _in_family(draw, config) if family else config


def _in_family(draw: st.DrawFn, config: ResNetConfig) -> ResNetConfig:
    """The configuration with none or some of the later family's ideas."""
    most = config.widths[0] * config.expansion if config.shortcut.pads else 24
    inner = [value for value in (64, 33, 96, 128) if min(config.widths) * value >= 64]  # at least one channel
    choices: dict[str, Sequence[object]] = {
        "groups": (1, 2, 3),
        "width_per_group": inner,
        "stem_width": range(most + 1),
        "dropout": (0.0, 0.25),
        "stochastic_depth": (0.0, 0.5),
        "output_stride": tuple(OutputStride),
        "attention": tuple(Attention),
        "antialias": tuple(Antialias),
        "residual_scale": tuple(ResidualScale),
        "norm": (Norm.GROUP,),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(choices)), max_size=len(choices)))
    changed = replace(config, **{field: draw(st.sampled_from(choices[field])) for field in sorted(chosen)})
    try:
        analyze.__wrapped__(changed)
    except ValueError:  # groups of a single value, on a map of 1x1
        changed = replace(changed, norm=Norm.BATCH)
    return changed


def smallest_image(stem: Stem, stages: int) -> int:
    """The smallest image side, at least 8, that every strided layer still finds larger than 1x1."""
    halvings = stages - 1 + (2 if stem.max_pools else 0)
    return max(8, 2 ** max(halvings - 1, 0) + 1)


def _stage_blocks(stages: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(1, most), min_size=stages, max_size=stages).map(tuple)


def _widths(stages: int, most: int, *, grow_only: bool) -> st.SearchStrategy[tuple[int, ...]]:
    """One width for each stage: any, or all the same, since stages that keep their channels are a case apart."""
    width = st.integers(1, most)
    different = st.lists(width, min_size=stages, max_size=stages)
    same = width.map(lambda value: [value] * stages)
    return st.one_of(different, same).map(lambda values: tuple(sorted(values) if grow_only else values))
