"""Every figure in the sentence about two networks, worked out a second time; and words that stay right for any pair."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from explorer.compare.sentences import difference_sentence
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.options import Block
from explorer.network.presets import preset
from tests.compare.sentences.pairs import (
    PAIRS,
    arch_of,
    pairs,
)
from tests.compare.sentences.read_back import check_sentence
from tests.network.strategies import HEAVIEST, LONGEST


def test_the_sentence_every_class_asks_for() -> None:
    assert said(arch_of("resnet34"), arch_of("resnet50")) == (
        "ResNet-50 (v1.5) has 16 more weighted layers than ResNet-34 for 1.17 × the parameters and 1.12 × the MACs: "
        "its 3×3 convolutions shrink from 21.1 M to 11.3 M weights, while its 1×1 convolutions, projections included, "
        "grow from 172 k to 12.1 M weights and its classifier grows from 513 k to 2.05 M parameters."
    )


def test_the_same_parameters_for_fewer_macs() -> None:
    # 256·128·(56² − 28²) fewer in each of three stages, of (36,864·56² + ...) = 1.76 G in all
    assert said(arch_of("resnet50"), arch_of("resnet50_v1")) == (
        "ResNet-50 (v1) has as many weighted layers as ResNet-50 (v1.5), with exactly the same number of parameters "
        "and 0.943 × the MACs: it strides in the first 1×1 (v1) rather than in the 3×3 (v1.5); its 1×1 convolutions "
        "shrink from 1.76 G to 1.53 G MACs."
    )


def test_small_changes_are_put_down_to_the_settings_that_make_them() -> None:
    """No role grows because of a bias, and MACs that go elsewhere than parameters have a reason of their own."""
    assert said(arch_of("resnet50"), arch_of("keras_resnet50")) == (
        # a bias for each channel of each convolution: half of the norms' 53,120 parameters
        "Keras's ResNet-50 has as many weighted layers as ResNet-50 (v1.5), with 1.001 × the parameters and 0.943 × "
        "the MACs: it strides in the first 1×1 (v1) rather than in the 3×3 (v1.5), has biases in its convolutions and "
        "has Xavier initialisation rather than He initialisation (fan out); its convolution biases bring 26.6 k "
        "parameters; its 1×1 convolutions shrink from 1.76 G to 1.53 G MACs."
    )
    assert said(arch_of("resnet50"), analyze(replace(preset("resnet50"), order="pre"))) == (
        "Pre-activation ResNet-50 (v1.5) has as many weighted layers as ResNet-50 (v1.5), with 0.9997 × the "
        "parameters and exactly the same number of MACs: it is in pre-activation order (2016) rather than "
        "post-activation order (2015); its norms shrink from 53.1 k to 45.4 k parameters."
    )


def test_macs_of_another_family_have_a_reason_of_their_own() -> None:
    """The deep stem has hardly more weights, and at 112×112 they cost 6 % of the network."""
    assert said(arch_of("resnet50"), arch_of("resnet50d")).endswith(
        " for 1.001 × the parameters and 1.06 × the MACs: it has projections behind an average pool (ResNet-D) rather "
        "than projections where the shape changes (B) and begins with three 3×3 with a max pool (deep stem) rather "
        "than a 7×7 with a max pool; its stem grows from 9,408 to 28.5 k weights; its stem grows from 118 M to 358 M "
        "MACs."
    )


def test_resnexts_parts_are_named_once() -> None:
    """Its MACs move as its parameters do, and neither total moves by more than 3 %."""
    assert said(arch_of("resnet50"), arch_of("resnext50_32x4d")) == (
        "ResNeXt-50 (32×4d) has as many weighted layers as ResNet-50 (v1.5), with 0.979 × the parameters and 1.03 × "
        "the MACs: it has its 3×3 convolutions in 32 groups rather than 1 and has a width per group of 4 rather than "
        "64; its 3×3 convolutions shrink from 11.3 M to 1.41 M weights, while its 1×1 convolutions grow from 9.36 M to "
        "18.7 M weights."
    )


def test_an_image_is_said_once() -> None:
    text = said(arch_of("resnet50"), analyze(replace(preset("resnet50"), image_size=448)))
    assert ", on images of 3×448×448 in place of 3×224×224: its stages start from maps of 112×112 in place of" in text
    assert text.count("448×448") == 1
    assert "224 px" not in text
    same = said(arch_of("resnet50"), analyze(replace(preset("resnet50"), image_size=223)))
    assert same.endswith("on images of 3×223×223 in place of 3×224×224: every layer's map is as large all the same.")


def said(first: Architecture, second: Architecture) -> str:
    """The sentence with plain spaces, once every sign has been found to stay on its line."""
    text = difference_sentence(first, second)
    assert " ×" not in text
    return text.replace("\u00a0", " ")


BASE = preset("resnet18")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({}, "Both are ResNet-18: every layer, parameter and MAC is the same."),
        ({"stride_in": "1x1"}, "Both are ResNet-18: every layer"),  # a basic block has no such choice
        ({"activation": "gelu"}, "numbers of parameters and MACs: it activates with GELU rather than ReLU."),
        (
            {"zero_init_residual": True, "init": "xavier"},
            "it has zero-initialised branches and has Xavier initialisation rather than He initialisation (fan out).",
        ),
        ({"shortcut": "none"}, "the MACs: it has no shortcuts; the projections disappear with their 172 k weights."),
        ({"shortcut": "A"}, "the projections disappear with their 172 k weights."),
        ({"norm": "none"}, "it has no norms; the norms disappear with their 9,600 parameters."),
        ({"image_size": 64}, "on images of 3×64×64 in place of 3×224×224: its stages start from maps of 16×16 in"),
        ({"in_channels": 1}, "on images of 1×224×224 in place of 3×224×224: its stem shrinks from 9,408 to 3,136 w"),
        (
            {"num_classes": 1001},
            "1.00004 × the parameters and 1.0000003 × the MACs: it has 1,001 classes rather than 1,000; its classifier "
            "grows from 513 k to 514 k parameters.",
        ),
        (
            {"num_classes": 1},
            "it has 1 class rather than 1,000; its classifier shrinks from 513 k to 513 parameters.",
        ),
        (
            {"conv_bias": True},
            "it has biases in its convolutions; its convolution biases bring 4,800 parameters.",
        ),
        ({"attention": "se"}, "squeeze-and-excitation layers bring 90.1 k parameters."),  # with their biases
        ({"block": "bottleneck"}, "ResNet-26 (bottlenecks, v1.5) has 8 more weighted layers than ResNet-18 for"),
        ({"stem": "deep"}, "has 2 more weighted layers than ResNet-18 for"),
    ],
)
def test_one_change_is_said_in_words(change: dict[str, object], part: str) -> None:
    changed = replace(BASE, **change)  # type: ignore[arg-type]
    assert part in said(analyze(BASE), analyze(changed))


def test_one_layer_is_a_layer() -> None:
    single = ResNetConfig(block=Block.BOTTLENECK, stage_blocks=(1,), widths=(8,), image_size=32)
    wider = replace(single, block=Block.BASIC)
    assert " has 1 fewer weighted layer than " in difference_sentence(analyze(single), analyze(wider))
    assert " has 1 more weighted layer than " in difference_sentence(analyze(wider), analyze(single))


@pytest.mark.slow
def test_every_sentence_about_two_presets_is_true() -> None:
    for first, second in PAIRS:
        check_sentence(arch_of(first), arch_of(second))


@pytest.mark.slow
@settings(max_examples=150)
@given(pairs())
def test_every_sentence_about_any_pair_is_true(pair: tuple[Architecture, Architecture]) -> None:
    check_sentence(*pair)


@pytest.mark.slow
def test_sentences_about_the_largest_networks_are_true() -> None:
    for first, second in ((HEAVIEST, LONGEST), (LONGEST, preset("resnet20")), (preset("resnet20"), HEAVIEST)):
        check_sentence(analyze(first), analyze(second))
