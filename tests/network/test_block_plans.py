"""Every block with its shapes and strides."""

import math

from hypothesis import given

from explorer.network.block_plans import block_plans, projection_has_norm, stage_strides
from explorer.network.config import ResNetConfig
from explorer.network.options import Block, OutputStride, Shortcut
from tests.network.strategies import configs


@given(configs())
def test_block_plans_are_a_chain_that_halves_once_a_stage(config: ResNetConfig) -> None:
    plans, strides = list(block_plans(config)), stage_strides(config)
    assert len({plan.name for plan in plans}) == len(plans) == sum(config.stage_blocks)
    assert [plan.in_channels for plan in plans] == [config.stem_channels, *(plan.out_channels for plan in plans[:-1])]
    for plan in plans:
        assert plan.out_channels == config.expansion * config.widths[plan.stage - 1]
        opens = plan.stage > 1 and plan.index == 0
        assert plan.stride == (
            2 if opens and math.prod(strides[: plan.stage]) > math.prod(strides[: plan.stage - 1]) else 1
        )
        carried = 1 if plan.blur_after else plan.stride
        assert sorted(plan.strides) == [*[1] * (config.convs_per_block - 1), carried]
        # What a stage loses in stride it gains in dilation, but for the first block's first 3x3, and so the bottleneck.
        lost = [2 ** (stage - 1) // math.prod(strides[:stage]) for stage in (plan.stage, max(plan.stage - 1, 1))]
        basic = config.block is Block.BASIC
        assert max(plan.dilations) == (lost[0] if basic or plan.index else lost[1])


@given(configs())
def test_the_last_map_is_no_smaller_than_the_output_stride_says(config: ResNetConfig) -> None:
    reached = config.stem.stride * math.prod(stage_strides(config))
    full = config.stem.stride * 2 ** (len(config.widths) - 1)
    assert reached == (full if config.output_stride is OutputStride.FULL else min(full, int(config.output_stride)))


@given(configs())
def test_shortcuts_are_where_the_option_says(config: ResNetConfig) -> None:
    changed = "pad" if config.shortcut.pads else "project"
    for plan in block_plans(config):
        changes = plan.stride != 1 or plan.in_channels != plan.out_channels
        if config.is_plain:
            assert plan.shortcut == "none"
        else:
            assert plan.shortcut == (changed if changes or config.shortcut is Shortcut.C else "identity")
        assert plan.pools is (config.shortcut.pools and plan.stride == 2)


def test_a_projection_has_a_norm_only_where_the_field_counts() -> None:
    assert projection_has_norm(ResNetConfig())
    assert not projection_has_norm(ResNetConfig(shortcut_norm=False))
    assert not projection_has_norm(ResNetConfig(order="pre"))
    assert not projection_has_norm(ResNetConfig(norm="none"))
