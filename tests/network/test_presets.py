"""Published networks, the names people call configurations by, and the text that stands for one in a link."""

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from itertools import combinations, product
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.network.arithmetic import analyze
from explorer.network.config import Block, Order, ResNetConfig, Shortcut, Stem, StrideIn
from explorer.network.presets import (
    MAX_URL_LENGTH,
    PRESET_INFO,
    PRESETS,
    canonical,
    differences,
    from_url,
    name_of,
    nearest_preset,
    preset,
    preset_of,
    to_url,
)
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


@given(configs())
def test_canonical_is_the_same_network_and_final(config: ResNetConfig) -> None:
    once = canonical(config)
    assert canonical(once) == once
    assert analyze(once).layers == analyze(config).layers
    assert name_of(once) == name_of(config)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("resnet50~shortcut-C", "ResNet-50, v1.5, shortcut C"),
        ("resnet50~image_size-64", "ResNet-50, v1.5, 64 px"),
        ("resnet50~order-pre", "Pre-activation ResNet-50, v1.5"),
        ("resnet50~activation-gelu~norm-none", "ResNet-50, v1.5, gelu, norm none"),
        ("resnet20~shortcut-C", "ResNet-20 (CIFAR), shortcut C"),
        ("resnet20~stage_blocks-1.1.1", "ResNet-8 (CIFAR)"),
        ("plain20~activation-sigmoid", "Plain-20 (CIFAR), sigmoid"),
        ("resnet50~in_channels-1", "ResNet-50, v1.5, 1 input channel"),
        ("resnet50~num_classes-1~in_channels-4", "ResNet-50, v1.5, 1 class, 4 input channels"),
        ("resnet50d~image_size-64", "ResNet-50-D, 64 px"),
        ("resnet50d~stride_in-1x1", "ResNet-50-D, stride in the 1×1"),
        ("resnet50d~stage_blocks-3.4.23.3", "ResNet-101-D"),
        ("resnet50d~order-pre~num_classes-10", "Pre-activation ResNet-50-D, 10 classes"),
        ("resnet50d~shortcut-none", "Plain-50, deep stem, v1.5"),
        ("resnet50~stem-deep", "ResNet-50, deep stem, v1.5"),
        ("resnet18~stem-deep", "ResNet-18, deep stem"),
    ],
)
def test_a_changed_network_has_a_name_and_a_stable_link(text: str, name: str) -> None:
    config = from_url(text)
    assert name_of(config) == name
    assert to_url(config) == text


def test_a_narrowing_cifar_network_has_a_name() -> None:
    config = ResNetConfig(
        block="basic", stage_blocks=(1, 1, 1, 1), widths=(8, 8, 16, 8), shortcut="B", stem="cifar", image_size=32
    )
    assert "8-8-16-8" in name_of(config)
    assert "shortcut B" in name_of(config)


@given(st.one_of(configs(), configs(small=False)))
@example(LONGEST)
def test_a_link_gives_the_configuration_back(config: ResNetConfig) -> None:
    text = to_url(config)
    assert from_url(text) == config
    assert to_url(from_url(text)) == text
    assert len(text) <= MAX_URL_LENGTH
    assert quote(text, safe="") == text  # nothing in it needs escaping


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


@pytest.mark.parametrize(
    ("text", "quoted", "allowed"),
    [
        ("resnet51", "'resnet51'", "resnet"),
        ("resnet50~", "''", "field-value"),
        ("resnet50~depth-50", "'depth-50'", "stage_blocks"),
        ("resnet50~shortcut", "'shortcut'", "field-value"),
        ("resnet50~shortcut-D", "'D'", "A, B, C"),
        ("resnet50~image_size--1", "'-1'", "from 1 to 2,048"),
        ("resnet50~image_size-NaN", "'NaN'", "from 1 to 2,048"),
        ("resnet50~image_size-1e9", "'1e9'", "from 1 to 2,048"),
        ("resnet50~image_size-100000", "100000", "from 1 to 2,048"),
        ("resnet50~image_size-٦٤", "'٦٤'", "from 1 to 2,048"),
        ("resnet50~image_size-²", "'²'", "from 1 to 2,048"),
        ("resnet50~image_size-", "''", "from 1 to 2,048"),
        ("resnet50~widths-64.128.256.1000000", "1000000", "from 1 to 4,096"),
        ("resnet50~stage_blocks-5000.4.6.3", "5000", "from 1 to 256"),
        ("resnet50~stage_blocks-3..6.3", "''", "from 1 to 256"),
        ("resnet50~stage_blocks-3.4", "(3, 4)", "one width for each stage"),
        ("resnet50~conv_bias-true", "'true'", "conv_bias-on or conv_bias-off"),
    ],
)
def test_a_wrong_link_is_quoted_with_what_is_allowed(text: str, quoted: str, allowed: str) -> None:
    with pytest.raises(ValueError) as refused:
        from_url(text)
    assert quoted in str(refused.value)
    assert allowed in str(refused.value)


@pytest.mark.parametrize("length", [MAX_URL_LENGTH + 1, 10_000, 1_000_000])
def test_a_link_too_long_to_be_one_is_refused_by_its_length(length: int) -> None:
    with pytest.raises(ValueError, match=f"{length:,} characters") as refused:
        from_url("resnet50~widths-" + "9" * (length - 16))
    assert len(str(refused.value)) < 200


def read_or_refused(text: str) -> ResNetConfig | None:
    """The configuration, or None where the text is refused in the one way that pages catch."""
    try:
        return from_url(text)
    except ValueError as refusal:
        assert 0 < len(str(refusal)) < 1_500
        return None


_FIELD = st.sampled_from([*(field.name for field in fields(ResNetConfig)), "seed", "__class__"])
_SETTINGS = st.lists(st.tuples(_FIELD, st.text(max_size=30)).map("-".join), max_size=4)


@settings(max_examples=150)
@given(st.one_of(st.text(), st.text(alphabet="resnt50~-._1xABC", max_size=60)), _SETTINGS)
@example("\x00", [])
@example("\ud800", [])
@example("__proto__", ["__class__-x"])
def test_hostile_text_is_refused_with_a_value_error_or_is_a_configuration(text: str, parts: list[str]) -> None:
    for hostile in (text, "~".join([text, *parts]), "~".join(["resnet50", *parts])):
        read = read_or_refused(hostile)
        assert read is None or from_url(to_url(read)) == read


@settings(max_examples=100)
@given(configs(), st.randoms(use_true_random=False))
def test_an_edited_link_is_refused_with_a_value_error_or_is_a_configuration(
    config: ResNetConfig, rng: random.Random
) -> None:
    letters = list(to_url(config))
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(letters))
        letters[place] = rng.choice([*"0123456789-~._abcABC é\n", "", letters[place] * 2])
    read = read_or_refused("".join(letters))
    assert read is None or from_url(to_url(read)) == read


def test_a_refused_link_never_shows_more_than_a_glimpse_of_itself() -> None:
    with pytest.raises(ValueError) as refused:
        from_url("resnet50~" + "q" * 300)
    assert "q" * 61 not in str(refused.value)


def test_shortcut_labels_are_not_mixed_up() -> None:
    """KellerJordan's "C" is an average pool; the paper's C is a projection in every block."""
    assert PRESETS["keller_avgpool"].shortcut is Shortcut.AVGPOOL
    assert all(config.shortcut is not Shortcut.C for config in PRESETS.values())
