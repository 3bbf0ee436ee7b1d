"""What people call a network: one line, and no two networks by the same name."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import combinations, product

from hypothesis import example, given
from hypothesis import strategies as st

from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.options import Block, Order, Shortcut, Stem, StrideIn
from explorer.network.presets import PRESETS, canonical
from tests.network.strategies import LONGEST, configs


def test_a_narrowing_cifar_network_has_a_name() -> None:
    config = ResNetConfig(
        block="basic", stage_blocks=(1, 1, 1, 1), widths=(8, 8, 16, 8), shortcut="B", stem="cifar", image_size=32
    )
    assert "8-8-16-8" in name_of(config)
    assert "shortcut B" in name_of(config)


@given(st.one_of(configs(), configs(small=False)))
@example(LONGEST)
def test_a_name_is_one_line_of_text(config: ResNetConfig) -> None:
    name = name_of(config)
    assert name.isprintable()
    assert f"-{config.depth - config.stem.convs + 1}" in name  # a deep stem counts as one, as in ResNet-50-D


def variants(config: ResNetConfig) -> Iterator[ResNetConfig]:
    """The network with up to two of its fields changed."""
    values = {
        "shortcut": [*Shortcut],
        "stem": [*Stem],
        "block": [*Block],
        "stride_in": [*StrideIn],
        "order": [*Order],
        "stage_blocks": [(2, 2, 2, 2), (3, 4, 6, 3), (1, 2, 3, 4), (3, 3, 3), (9, 9, 9)],
        "num_classes": [1, 10, 1000],
    }
    for one, other in combinations(values, 2):
        for pair in product(values[one], values[other]):
            with suppress(ValueError):  # so many blocks for another number of stages
                yield canonical(replace(config, **dict(zip((one, other), pair, strict=True))))


def test_no_two_networks_have_the_same_name() -> None:
    named: dict[str, ResNetConfig] = {}
    for name in ("resnet18", "resnet50", "resnet50d", "resnet20", "preact_resnet164", "keller_a", "kuangliu_resnet50"):
        for config in variants(PRESETS[name]):
            assert named.setdefault(name_of(config), config) == config
