"""The configuration: what it accepts, and what it refuses and how."""

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings

from explorer.network.arithmetic import analyze
from explorer.network.config import LIMITS, MAX_DROP, MAX_STAGES, PROBABILITIES, ResNetConfig, with_fields
from explorer.network.depths import blocks_for_depth
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
from tests.network.strategies import configs

OPTIONS = {
    "block": Block,
    "shortcut": Shortcut,
    "stem": Stem,
    "activation": Activation,
    "norm": Norm,
    "order": Order,
    "stride_in": StrideIn,
    "init": Init,
    "output_stride": OutputStride,
    "attention": Attention,
    "antialias": Antialias,
    "residual_scale": ResidualScale,
}
FLAGS = ("conv_bias", "shortcut_norm", "zero_init_residual")
CIFAR = ResNetConfig(block="basic", stage_blocks=(3, 3, 3), widths=(16, 32, 64), stem="cifar", shortcut="A")


def refusal(**values: Any) -> str:
    """The message with which these values are refused."""
    with pytest.raises(ValueError) as refused:
        ResNetConfig(**values)
    return str(refused.value)


def test_options_flags_and_limits_cover_every_field() -> None:
    assert {*OPTIONS, *FLAGS, *LIMITS, *PROBABILITIES} == {field.name for field in fields(ResNetConfig)}


@pytest.mark.parametrize(("name", "option"), [(name, value) for name, kind in OPTIONS.items() for value in kind])
def test_option_fields_accept_their_plain_text(name: str, option: str) -> None:
    value = getattr(ResNetConfig(**{name: str(option)}), name)
    assert value is option
    assert type(value) is OPTIONS[name]


def test_tuples_accept_lists() -> None:
    config = ResNetConfig(stage_blocks=[1, 2], widths=[8, 16])
    assert (config.stage_blocks, config.widths) == ((1, 2), (8, 16))


def test_replace_checks_and_coerces() -> None:
    assert replace(ResNetConfig(), shortcut="C").shortcut is Shortcut.C
    assert with_fields(ResNetConfig(), {"shortcut": "C"}) == ResNetConfig(shortcut=Shortcut.C)
    with pytest.raises(ValueError, match="'D'"):
        replace(ResNetConfig(), shortcut="D")


def test_a_configuration_is_frozen_and_a_key() -> None:
    config = ResNetConfig()
    with pytest.raises(FrozenInstanceError):
        config.shortcut = Shortcut.C  # type: ignore[misc]
    same = ResNetConfig(stage_blocks=[3, 4, 6, 3], shortcut="B")
    assert same == config
    assert {config: "found"}[same] == "found"


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("wrong", ["x", "", "BASIC ", None, 3, ("relu",), float("nan")])
def test_a_wrong_option_is_quoted_with_all_that_are_allowed(name: str, wrong: object) -> None:
    message = refusal(**{name: wrong})
    assert f"{name} is {wrong!r}" in message
    assert all(option in message for option in OPTIONS[name])


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("wrong", [1, 0, "True", "on", None])
def test_a_wrong_flag_is_quoted(name: str, wrong: object) -> None:
    message = refusal(**{name: wrong})
    assert f"{name} is {wrong!r}" in message
    assert "True or False" in message


@pytest.mark.parametrize("name", ["num_classes", "in_channels", "image_size"])
@pytest.mark.parametrize("wrong", [0, -1, 10**6, True, 2.0, float("nan"), float("inf"), "64", None])
def test_a_wrong_number_is_quoted_with_its_bounds(name: str, wrong: object) -> None:
    low, high = LIMITS[name]
    message = refusal(**{name: wrong})
    assert f"{name} is {wrong!r}" in message
    assert f"from {low:,} to {high:,}" in message


@pytest.mark.parametrize("name", ["num_classes", "in_channels", "image_size"])
def test_the_bounds_of_a_number_are_allowed(name: str) -> None:
    for value in LIMITS[name]:
        assert getattr(ResNetConfig(**{name: value}), name) == value


@pytest.mark.parametrize("name", ["stage_blocks", "widths"])
@pytest.mark.parametrize("wrong", [0, -3, 10**6, True, 1.5, "2", None])
def test_a_wrong_entry_of_a_stage_is_quoted_with_its_bounds(name: str, wrong: object) -> None:
    low, high = LIMITS[name]
    message = refusal(**{name: (2, wrong, 2, 2)})
    assert f"{name} is {wrong!r}" in message
    assert f"from {low:,} to {high:,}" in message


@pytest.mark.parametrize("name", ["stage_blocks", "widths"])
@pytest.mark.parametrize("wrong", [(), (1,) * (MAX_STAGES + 1), "3463", 3, None, {1: 2}])
def test_stages_must_be_one_to_five(name: str, wrong: object) -> None:
    message = refusal(**{name: wrong})
    assert f"{name} is {wrong!r}" in message
    assert f"1 to {MAX_STAGES} stages" in message


def test_the_number_of_stages_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.network.config.MAX_STAGES", 7)
    assert "1 to 7 stages" in refusal(widths=())


def test_one_stage_is_not_several() -> None:
    assert "(2) has 1 stage but" in refusal(stage_blocks=(2,))
    with pytest.raises(ValueError, match="for 1 equal stage of basic blocks"):
        blocks_for_depth(ResNetConfig(block="basic", stage_blocks=(2,), widths=(8,)), 5)


def test_stages_and_widths_must_pair_up() -> None:
    message = refusal(stage_blocks=(2, 2), widths=(16, 32, 64))
    assert "(2, 2) has 2 stages" in message
    assert "(16, 32, 64) has 3" in message


@pytest.mark.parametrize(
    "wrong", ["z" * 100_000, 10**5000, ["x"] * 50_000, -(10**5000)], ids=["text", "number", "list", "negative"]
)
def test_an_enormous_value_makes_a_short_message(wrong: object) -> None:
    for name in (field.name for field in fields(ResNetConfig)):
        assert len(refusal(**{name: wrong})) < 400


@pytest.mark.parametrize("shortcut", ["A", "avgpool"])
def test_padding_shortcuts_cannot_remove_channels(shortcut: str) -> None:
    message = refusal(block="basic", stage_blocks=(1, 1), widths=(32, 16), shortcut=shortcut)
    assert "layer2.0 goes from 32 to 16 channels" in message
    assert f"'{shortcut}'" in message
    assert "shortcut B" in message
    assert ResNetConfig(block="basic", stage_blocks=(1, 1), widths=(32, 16), shortcut="B").widths == (32, 16)
    assert ResNetConfig(block="basic", stage_blocks=(1, 1), widths=(32, 32), shortcut=shortcut).widths == (32, 32)


@pytest.mark.slow
@pytest.mark.parametrize("small", [True, False])
def test_the_shared_strategy_only_makes_networks_that_exist(small: bool) -> None:
    @settings(max_examples=100)
    @given(configs(small=small))
    def check(config: ResNetConfig) -> None:
        assert analyze(config).params > 0

    check()


@pytest.mark.parametrize("field", PROBABILITIES)
@pytest.mark.parametrize("value", [-0.01, 0.91, 0.125, "0.3", True, float("nan"), float("inf"), None])
def test_a_probability_has_bounds_and_two_decimals(field: str, value: object) -> None:
    assert refusal(**{field: value}).endswith(f": it must be a number from 0 to {MAX_DROP} in steps of 0.01.")
    assert getattr(ResNetConfig(**{field: 0.3}), field) == 0.3
    assert type(getattr(ResNetConfig(**{field: 0}), field)) is float


def test_output_stride_may_be_a_number() -> None:
    assert ResNetConfig(output_stride=16) == ResNetConfig(output_stride="16")


def test_the_3x3_of_a_bottleneck_has_at_least_one_channel_and_not_too_many() -> None:
    assert "would have 0 channels" in refusal(stage_blocks=(1,), widths=(1,), width_per_group=4)
    assert "would have 65,536 channels" in refusal(width_per_group=1024, groups=64)
    assert ResNetConfig(block="basic", width_per_group=1024, groups=64).widths[0] == 64  # no effect, so no bound
