"""Published networks by name, and the nearest of them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.options import Shortcut
from explorer.network.presets import PRESET_INFO, PRESETS, canonical, differences, nearest_preset, preset, preset_of
from tests.network.strategies import LONGEST, configs


def test_the_presets_of_the_design_are_there() -> None:
    names = {
        *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152, 20, 32, 44, 56, 110, 1202)),
        *(f"resnet{depth}_v1" for depth in (50, 101, 152)),
        *(f"plain{depth}" for depth in (18, 34, 20, 56, 110)),
        *(f"kuangliu_resnet{depth}" for depth in (18, 34, 50, 101, 152)),
        *("keller_a", "keller_b", "keller_avgpool", "keras_resnet50", "resnet50d"),
    }
    assert names <= PRESETS.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_the_depth_of_its_name_and_title(name: str) -> None:
    info, config = PRESET_INFO[name], PRESETS[name]
    number = re.search(r"-(\d+)", info.title)
    assert number is not None
    extra = config.stem.convs - 1  # ResNet-50-D kept its name when its stem became three convolutions
    if name.startswith("wrn"):  # named by its convolutions: three projections and no classifier
        extra = -2
    assert config.depth == int(number[1]) + extra
    in_name = re.search(r"(?:resnet|plain)(\d+)", name)
    assert in_name is None or in_name[1] == number[1]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_itself_under_every_name(name: str) -> None:
    info, config = PRESET_INFO[name], preset(name)
    assert config is PRESETS[name] is info.config
    assert preset_of(config) is info
    assert nearest_preset(config) is info
    assert name_of(config) == info.title
    assert to_url(config) == name == info.name
    assert from_url(name) == config
    assert info.source


def test_presets_differ_in_name_title_and_network() -> None:
    assert len({info.title for info in PRESET_INFO.values()}) == len(PRESETS)
    assert len({canonical(config) for config in PRESETS.values()}) == len(PRESETS)


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("resnet18", 11_689_512, 1_814_073_344),
        ("resnet34", 21_797_672, 3_663_761_408),
        ("resnet50", 25_557_032, 4_089_184_256),
        ("resnet101", 44_549_160, 7_801_405_440),
        ("resnet152", 60_192_808, 11_513_626_624),
        ("resnet50_v1", 25_557_032, 3_857_973_248),
        ("resnet101_v1", 44_549_160, 7_570_194_432),
        ("resnet152_v1", 60_192_808, 11_282_415_616),
        ("resnet20", 269_722, None),
        ("resnet32", 464_154, None),
        ("resnet56", 853_018, None),
        ("resnet110", 1_727_962, None),
        ("keller_a", 465_290, None),
    ],
)
def test_a_preset_has_the_published_size(name: str, params: int, macs: int | None) -> None:
    arch = analyze(preset(name))
    assert arch.params == params
    assert macs is None or arch.macs == macs


@pytest.mark.parametrize("wrong", ["resnet51", "", "ResNet50", "x" * 10_000])
def test_an_unknown_preset_is_quoted_and_others_suggested(wrong: str) -> None:
    with pytest.raises(ValueError) as refused:
        preset(wrong)
    message = str(refused.value)
    assert repr(wrong[:60]) in message
    suggested = PRESETS.keys() & re.findall(r"\w+", message.replace(repr(wrong[:60]), ""))
    assert suggested
    assert len(message) < 1_000


def test_a_field_that_changes_nothing_does_not_change_the_name() -> None:
    same = replace(preset("resnet18"), stride_in="1x1")
    assert same != preset("resnet18")
    assert canonical(same) == canonical(preset("resnet18"))
    assert preset_of(same) is PRESET_INFO["resnet18"]
    assert name_of(same) == "ResNet-18"
    assert from_url(to_url(same)) == same


@pytest.mark.slow
@given(configs())
def test_canonical_is_the_same_network_and_final(config: ResNetConfig) -> None:
    once = canonical(config)
    assert canonical(once) == once
    assert analyze(once).layers == analyze(config).layers
    assert name_of(once) == name_of(config)


def test_the_sources_of_torchvisions_small_networks_name_their_shortcuts() -> None:
    """The paper's ResNet-18 (table 2) has option A; table 3 has a ResNet-34 of each option, and no ResNet-18."""
    for name in ("resnet18", "resnet34"):
        assert PRESETS[name].shortcut is Shortcut.B
        assert "option B" in PRESET_INFO[name].source
        assert ("Table 3" in PRESET_INFO[name].source) is (name == "resnet34")


def test_the_longest_configuration_is_far_from_all_presets() -> None:
    changed = differences(LONGEST, nearest_preset(LONGEST).config)
    assert len(changed) >= 12
    assert replace(nearest_preset(LONGEST).config, **changed) == LONGEST


def test_shortcut_labels_are_not_mixed_up() -> None:
    """KellerJordan's "C" is an average pool; the paper's C is a projection in every block."""
    assert PRESETS["keller_avgpool"].shortcut is Shortcut.AVGPOOL
    assert all(config.shortcut is not Shortcut.C for config in PRESETS.values())
