"""Every block with its shapes and strides."""

from hypothesis import given

from explorer.network.block_plans import block_plans, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.options import Shortcut
from tests.network.strategies import configs


@given(configs())
def test_block_plans_are_a_chain_that_halves_once_a_stage(config: ResNetConfig) -> None:
    plans = list(block_plans(config))
    assert len({plan.name for plan in plans}) == len(plans) == sum(config.stage_blocks)
    assert [plan.in_channels for plan in plans] == [config.widths[0], *(plan.out_channels for plan in plans[:-1])]
    for plan in plans:
        assert plan.out_channels == config.expansion * config.widths[plan.stage - 1]
        assert plan.stride == (2 if plan.stage > 1 and plan.index == 0 else 1)
        assert sorted(plan.strides) == [*[1] * (config.convs_per_block - 1), plan.stride]


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
