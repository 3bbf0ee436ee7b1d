"""What differs in the settings of two networks, said as a person would."""

import re
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given

from explorer.compare.sentences import clauses, setting_changes
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of, spoken
from explorer.network.options import Activation, Block, Init, Order, Shortcut, Stem, StrideIn
from explorer.network.presets import preset
from tests.network.strategies import configs

OPTIONS = {
    "block": Block,
    "shortcut": Shortcut,
    "stem": Stem,
    "activation": Activation,
    "order": Order,
    "stride_in": StrideIn,
    "init": Init,
}


@pytest.mark.parametrize("field", OPTIONS)
def test_every_option_has_words_of_its_own_on_either_side(field: str) -> None:
    words: dict[str, set[str]] = {}
    for was, now in permutations(OPTIONS[field], 2):
        one, other = (replace(preset("resnet50"), **{field: option}) for option in (was, now))
        text = clauses(one, other)[field]
        verb = re.match(r"is made of|begins with|activates with|strides|is in|has", text)
        assert verb
        said_now, than, said_was = text.removeprefix(f"{verb[0]} ").partition(" rather than ")
        words.setdefault(now, set()).add(said_now)
        if than:
            words.setdefault(was, set()).add(said_was)
        else:
            assert text == "has no shortcuts"
    assert words.keys() == set(OPTIONS[field])
    assert {len(texts) for texts in words.values()} == {1}
    assert len({text for (text,) in words.values()}) == len(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"block": "basic"}, "is made of basic blocks rather than bottlenecks"),
        ({"stage_blocks": (3, 4, 23, 3)}, "has 3-4-23-3 blocks in its stages rather than 3-4-6-3"),
        ({"widths": (32, 64, 128, 256)}, "has widths of 32-64-128-256 rather than 64-128-256-512"),
        ({"shortcut": "none"}, "has no shortcuts"),
        ({"shortcut": "C"}, "has projections in every block (C) rather than projections where the shape changes (B)"),
        ({"stem": "cifar"}, "begins with a 3×3 at full resolution rather than a 7×7 with a max pool"),
        ({"activation": "gelu"}, "activates with GELU rather than ReLU"),
        ({"norm": "none"}, "has no norms"),
        ({"order": "pre"}, "is in pre-activation order (2016) rather than post-activation order (2015)"),
        ({"stride_in": "1x1"}, "strides in the first 1×1 (v1) rather than in the 3×3 (v1.5)"),
        ({"conv_bias": True}, "has biases in its convolutions"),
        ({"shortcut_norm": False}, "has no norm after its projections"),
        ({"zero_init_residual": True}, "has zero-initialised branches"),
        ({"init": "xavier"}, "has Xavier initialisation rather than He initialisation (fan out)"),
        ({"num_classes": 100}, "has 100 classes rather than 1,000"),
        ({"in_channels": 1}, "reads grey images rather than colour ones"),
        ({"in_channels": 4}, "reads 4-channel images rather than colour ones"),
        ({"image_size": 448}, "reads images of 448×448 rather than 224×224"),
        ({"groups": 32}, "has its 3×3 convolutions in 32 groups rather than 1"),
        ({"width_per_group": 128}, "has a width per group of 128 rather than 64"),
        ({"stem_width": 16}, "has a stem of 16 rather than as wide as its first stage"),
        ({"dropout": 0.3}, "has dropout of 0.3 rather than no dropout"),
        ({"output_stride": 8}, "has an output stride of 8 rather than a stride in every stage"),
        ({"norm": "group"}, "has group norms rather than batch norms"),
        ({"attention": "se"}, "has squeeze-and-excitation"),
        ({"antialias": "blur"}, "blurs in front of its strides"),
        ({"residual_scale": "learned"}, "has a learned scale in each block"),
        (
            {"activation": "tanh", "conv_bias": True, "num_classes": 10},
            "activates with tanh rather than ReLU, has biases in its convolutions and has 10 classes rather than 1,000",
        ),
    ],
)
def test_settings_are_said_as_a_person_would(change: dict[str, object], words: str) -> None:
    changed = replace(preset("resnet50"), **change)  # type: ignore[arg-type]
    assert setting_changes(preset("resnet50"), changed) == words


def test_settings_are_said_the_other_way_round() -> None:
    rich = replace(preset("resnet50"), norm="none", conv_bias=True, zero_init_residual=True)
    assert setting_changes(rich, preset("resnet50")) == (
        "has batch norms, has no biases in its convolutions and has branches that do not start at zero"
    )
    bare = replace(preset("resnet50"), shortcut_norm=False)
    assert setting_changes(bare, preset("resnet50")) == "has a norm after each projection"


def test_a_choice_that_the_other_network_has_not_is_held_against_nothing() -> None:
    assert setting_changes(preset("resnet34"), preset("resnet50_v1")) == (
        "is made of bottlenecks rather than basic blocks and strides in the first 1×1 (v1)"
    )
    assert setting_changes(preset("resnet50_v1"), preset("resnet34")) == (
        "is made of basic blocks rather than bottlenecks"
    )


@pytest.mark.slow
@given(configs(), configs())
def test_no_clause_needs_commas_or_looks_like_a_form(one: ResNetConfig, other: ResNetConfig) -> None:
    for name, text in clauses(one, other).items():
        assert re.match(r"(has|is|begins|activates|strides|reads|blurs) ", text)
        assert not re.search(r"[“”;:_]|None|instead", text)
        assert "," not in re.sub(r"\d,\d", "", text), name


@given(configs())
def test_a_name_is_spoken_with_all_it_says(config: ResNetConfig) -> None:
    words = spoken(config)
    assert re.sub(r"[(),]", "", words) == re.sub(r"[(),]", "", name_of(config))
    assert words.count("(") == words.count(")") <= 1
    assert ")," not in words


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (preset("resnet34"), "ResNet-34"),
        (preset("resnet50"), "ResNet-50 (v1.5)"),
        (preset("resnet20"), "ResNet-20 (CIFAR)"),
        (preset("keller_b"), "KellerJordan's ResNet-32 (CIFAR, B)"),
        (
            ResNetConfig(block=Block.BASIC, stage_blocks=(3, 4, 6), widths=(64, 128, 256)),
            "ResNet-28 (blocks 3-4-6, widths 64-128-256)",
        ),
    ],
)
def test_names_are_spoken_without_commas_in_the_way(config: ResNetConfig, words: str) -> None:
    assert spoken(config) == words
