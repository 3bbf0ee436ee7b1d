"""The short way to a network's totals against the long one, over all options."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import PRESETS, ResNetConfig, analyze, preset
from explorer.network.options import Shortcut
from explorer.network.totals import Totals, _parts, folded, totals
from tests.network.strategies import HEAVIEST, LONGEST, configs


def long_way(config: ResNetConfig) -> Totals:
    arch = analyze.__wrapped__(config)
    return Totals(arch.params, arch.macs, arch.activation_bytes, arch.depth)


@pytest.mark.parametrize("name", PRESETS)
def test_totals_of_presets(name: str) -> None:
    assert totals(PRESETS[name]) == long_way(PRESETS[name])


@pytest.mark.parametrize("config", [HEAVIEST, LONGEST], ids=["heaviest", "longest"])
def test_totals_at_the_bounds(config: ResNetConfig) -> None:
    assert totals(config) == long_way(config)


@pytest.mark.slow
@settings(max_examples=200)
@given(config=configs(small=False), data=st.data())
def test_totals_of_any_network(config: ResNetConfig, data: st.DataObject) -> None:
    count = len(config.stage_blocks)
    blocks = data.draw(st.lists(st.integers(1, 40), min_size=count, max_size=count).map(tuple))
    config = replace(config, stage_blocks=blocks)
    assert totals(config) == long_way(config)


@settings(max_examples=100)
@given(config=configs(small=False), size=st.integers(1, 33))
def test_refuses_what_analyze_refuses_in_the_same_words(config: ResNetConfig, size: int) -> None:
    config = replace(config, image_size=size)
    try:
        expected = long_way(config)
    except ValueError as refusal:
        with pytest.raises(ValueError) as caught:
            totals(config)
        assert str(caught.value) == str(refusal)
    else:
        assert totals(config) == expected


def test_networks_that_differ_in_depth_share_one_small_analysis() -> None:
    _parts.cache_clear()
    for blocks in ((1, 1, 1), (3, 3, 3), (200, 200, 200), (1, 20, 7)):
        totals(replace(preset("resnet20"), stage_blocks=blocks))
    assert _parts.cache_info().misses == 1


def test_the_cache_of_what_people_look_at_is_left_alone() -> None:
    analyze.cache_clear()
    kept = analyze(preset("resnet18"))
    for width in range(8, 80):
        totals(replace(preset("resnet18"), widths=(width,) * 4))
    assert analyze(preset("resnet18")) is kept


@pytest.mark.parametrize("shortcut", Shortcut)
def test_folding_keeps_all_that_a_size_depends_on(shortcut: Shortcut) -> None:
    config = replace(preset("resnet50"), shortcut=shortcut, stage_blocks=(1, 2, 3, 4))
    assert folded(config) == replace(config, stage_blocks=(2, 2, 2, 2))
