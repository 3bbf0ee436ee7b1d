"""Blocks per stage for a depth: the published ones, the rule for all others, and what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given

from explorer.network.config import ResNetConfig
from explorer.network.depths import blocks_for_depth, known_depths
from tests.network.strategies import configs

CIFAR = ResNetConfig(block="basic", stage_blocks=(3, 3, 3), widths=(16, 32, 64), stem="cifar", shortcut="A")


@pytest.mark.parametrize(
    ("block", "blocks", "depth"),
    [
        ("basic", (2, 2, 2, 2), 18),
        ("basic", (3, 4, 6, 3), 34),
        ("bottleneck", (3, 4, 6, 3), 50),
        ("bottleneck", (3, 4, 23, 3), 101),
        ("bottleneck", (3, 8, 36, 3), 152),
    ],
)
def test_depth_is_the_number_in_the_published_name(block: str, blocks: tuple[int, ...], depth: int) -> None:
    config = ResNetConfig(block=block, stage_blocks=blocks)
    assert config.depth == depth
    assert replace(config, shortcut="C").depth == depth  # projections are not counted
    assert replace(config, stem="deep").depth == depth + 2
    assert blocks_for_depth(config, depth) == blocks


@pytest.mark.parametrize("depth", [8, 20, 32, 44, 56, 110, 1202])
def test_cifar_depth_is_6n_plus_2(depth: int) -> None:
    blocks = blocks_for_depth(CIFAR, depth)
    assert blocks == ((depth - 2) // 6,) * 3
    assert replace(CIFAR, stage_blocks=blocks).depth == depth


@given(configs())
def test_every_offered_depth_exists(config: ResNetConfig) -> None:
    for depth, blocks in known_depths(config).items():
        assert replace(config, stage_blocks=blocks).depth == depth
        assert blocks_for_depth(config, depth) == blocks


def test_a_depth_between_the_known_ones_names_them() -> None:
    with pytest.raises(ValueError, match="depth 51: choose one of 14, 26, 50, 101, 152, 200"):
        blocks_for_depth(ResNetConfig(), 51)
    with pytest.raises(ValueError, match=r"Depth 21 .* 6n \+ 2 with n from 1 to 256, for example 8, 14, 20"):
        blocks_for_depth(CIFAR, 21)


@pytest.mark.parametrize("depth", [-4, 0, 2, 6 * 257 + 2, 10**9])
def test_a_depth_out_of_bounds_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match=f"Depth {depth} does not exist"):
        blocks_for_depth(CIFAR, depth)
