"""A link gives its network back, and text that is no link is refused in one way."""

import random
from dataclasses import fields
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.network.config import ResNetConfig
from explorer.network.links import MAX_URL_LENGTH, from_url, to_url
from explorer.network.names import name_of
from tests.network.strategies import LONGEST, configs


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("resnet50~shortcut-C", "ResNet-50, v1.5, shortcut C"),
        ("resnet50~image_size-64", "ResNet-50, v1.5, 64 px"),
        ("resnet50~order-pre", "Pre-activation ResNet-50, v1.5"),
        ("resnet50~activation-gelu~norm-none", "ResNet-50, v1.5, gelu, no norm"),
        ("resnet20~norm-none~init-xavier", "ResNet-20 (CIFAR), no norm, Xavier init"),
        ("resnet20~zero_init_residual-on~init-torch", "ResNet-20 (CIFAR), zero-init, PyTorch's default init"),
        ("resnet20~shortcut-avgpool_projection", "ResNet-20 (CIFAR), shortcut average pool and projection"),
        ("resnet50~conv_bias-on~init-he_fan_in", "ResNet-50, v1.5, convolution biases, He fan-in init"),
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


@given(st.one_of(configs(), configs(small=False)))
@example(LONGEST)
def test_a_link_gives_the_configuration_back(config: ResNetConfig) -> None:
    text = to_url(config)
    assert from_url(text) == config
    assert to_url(from_url(text)) == text
    assert len(text) <= MAX_URL_LENGTH
    assert quote(text, safe="") == text  # nothing in it needs escaping


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
