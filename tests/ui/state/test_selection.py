"""Which part of a network a name stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import PRESETS, analyze, preset
from explorer.ui.state.selection import nearest, unit_of
from explorer.ui.state.url_value import LONGEST
from tests.network.strategies import configs


@pytest.mark.parametrize(
    ("net", "asked", "shown"),
    [
        ("resnet50", "layer3.5.conv3", "layer3.5.conv3"),
        ("resnet18", "layer3.1.conv3", "layer3.1"),
        ("resnet18", "layer3.5.conv3", "layer2.0"),
        ("resnet18", "stem", "stem"),
        ("resnet18", "", "layer2.0"),
        ("plain18", "nonsense", "layer1.0"),
        ("resnet50", "head", "head"),
    ],
)
def test_the_nearest_part_is_shown(net: str, asked: str, shown: str) -> None:
    assert nearest(analyze(preset(net)), asked) == shown


@given(configs(), st.text(max_size=50))
def test_there_is_always_something_to_show(config, asked: str) -> None:  # type: ignore[no-untyped-def]
    arch = analyze(config)
    assert arch.unit_layers(unit_of(arch, nearest(arch, asked)))


@pytest.mark.parametrize("name", PRESETS)
def test_every_name_of_every_network_fits_the_link(name: str) -> None:
    assert max(map(len, analyze(preset(name)).by_name)) <= LONGEST
