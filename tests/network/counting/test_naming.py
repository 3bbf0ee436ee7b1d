"""A number that somebody was given: which count it is, and how honest the answer is where it is none."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.network.counting.counts import Count, tool_counts
from explorer.network.counting.naming import Fit, NamedNumber, name_number
from explorer.network.counting.rules import Unit
from explorer.network.presets import PRESET_INFO, PRESETS, preset
from explorer.text.typed_numbers import copied_number, quoted


def named(text: str, network: str = "resnet50") -> NamedNumber:
    return name_number(text, preset(network))


@pytest.mark.parametrize(
    ("text", "network", "tool", "label"),
    [
        ("4.12 G", "resnet50", "ptflops", "Computational complexity, count_functional=False"),
        ("4.13G", "resnet50", "thop", "macs"),
        ("4133742592.0", "resnet50", "thop", "macs"),
        ("4.133742592", "resnet50", "thop", "macs"),
        ("8.18 GFLOPs", "resnet50", "PyTorch", "FlopCounterMode"),
        ("25,557,032", "resnet50", "torchinfo", "Total params"),
        ("286.56", "resnet50", "torchsummary", "Forward/backward pass size"),
        ("Forward/backward pass size (MB): 177.83", "resnet50", "torchinfo", "Forward/backward pass size"),
        ("Estimated Total Size (MB): 384.62", "resnet50", "torchsummary", "Estimated Total Size"),
        ("97.8 MB", "resnet50", "PyTorch", "saved state_dict, about"),
        ("Total params: 25,636,712 (97.80 MB)", "keras_resnet50", "Keras", "Total params"),
        ("Total mult-adds (Units.GIGABYTES): 4.09", "resnet50", "torchinfo", "Total mult-adds"),
        ("Total mult-adds (M): 40.55", "resnet20", "torchinfo", "Total mult-adds"),
        ("11.3×10⁹", "resnet152_v1", "He et al. 2015", "FLOPs"),
        ("3.8×10⁹", "resnet50_v1", "He et al. 2015", "FLOPs"),
        ("0.27M params", "resnet20", "PyTorch", "sum of numel()"),
    ],
)
def test_a_number_of_this_network_is_named(text: str, network: str, tool: str, label: str) -> None:
    found = named(text, network)
    assert (tool, label) in {(count.tool, count.label) for each in found.candidates for count in each.counts}
    assert not any(each.networks for each in found.candidates)


@pytest.mark.parametrize(
    ("text", "title"),
    [("25,636,712", "Keras's ResNet-50"), ("11.17 M", "kuangliu's ResNet-18 (CIFAR)"), ("0.46M", "ResNet-32 (CIFAR)")],
)
def test_a_number_of_a_published_network_is_named(text: str, title: str) -> None:
    found = named(text)
    assert title in found.candidates[0].networks
    assert found.sentences[0] == "It is no count of this network."
    assert title in found.sentences[1]


def test_the_sentences_of_the_two_commonest_questions() -> None:
    (keras,) = named("25,636,712").candidates
    assert keras.name == "25,636,712 is Keras's “Total params” of Keras's ResNet-50."
    (ptflops,) = named("4.12 G").candidates
    assert "ptflops'" in ptflops.name and ptflops.name.endswith("of this network, rounded: 4,121,925,096.")
    assert "22,227,968 for norms" in ptflops.rule


@pytest.mark.parametrize("name", PRESETS)
def test_every_count_of_every_network_is_found_exactly(name: str) -> None:
    for count in tool_counts(preset(name)):
        if count.value and not count.unit.is_size:
            found = named(f"{count.value:,}", name)
            assert count in found.candidates[0].counts or count.value in {
                each.counts[0].value for each in found.candidates
            }
            assert {each.fit for each in found.candidates} == {Fit.EXACT}


@given(st.sampled_from([count for count in tool_counts(preset("resnet18")) if count.value > 10**6]), st.integers(1, 6))
def test_a_rounded_number_fits_what_it_was_rounded_from(count: Count, digits: int) -> None:
    scale = {Unit.MB: 10**6, Unit.MIB: 2**20}.get(count.unit)
    found = named(f"{count.value / scale:.{digits}f} MB" if scale else f"{count.value / 1e6:.{digits}f} M", "resnet18")
    fitting = {each.counts[0].value for each in found.candidates}
    assert count.value in fitting or {each.fit for each in found.candidates} == {Fit.EXACT}


def test_tolerances_come_from_the_digits() -> None:
    number = copied_number("4.12 G")
    assert (number.number, number.place, number.power) == (Fraction(412, 100), Fraction(1, 100), 9)
    values = [each.counts[0].value for each in named("4.1 G").candidates]
    assert len(values) > 5
    assert all(4.05e9 <= value <= 4.15e9 for value in values)
    assert [each.counts[0].value for each in named("4.121925096 G").candidates] == [4_121_925_096]


def test_several_that_fit_are_all_said() -> None:
    found = named("4.09 G")
    assert len(found.candidates) == 3
    assert found.sentences[0] == "3 counts fit it; more digits would tell them apart."
    assert all(each.name in found.sentences for each in found.candidates)


def test_one_that_fits_other_networks_too_says_so() -> None:
    assert named("25.6M").sentences[-1].startswith("It fits counts of other networks, too: ResNet-50, v1; Keras's")
    assert len(named("25,557,032").sentences) == 1


def test_none_that_fits_is_said_with_the_nearest() -> None:
    found = named("4.5 G")
    assert not found.candidates
    assert found.sentences == (
        "4.5 G is no count of this network or of a published one. The nearest of this network is fvcore's “flops in "
        "training mode”, 4,144,854,528: the number is 8.57 % more.",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("23,528,522", "23,528,522 is the number of parameters of this network with 10 classes instead of 1,000."),
        ("23508032", "23508032 is the number of parameters of this network without its classifier."),
        ("11,181,642", "11,181,642 is the number of parameters of ResNet-18 with 10 classes instead of 1,000."),
    ],
)
def test_other_classes_are_found_out(text: str, sentence: str) -> None:
    found = named(text)
    assert found.candidates[0].name == sentence
    assert found.sentences[-1].startswith(f"{sentence} A class costs ")


def test_a_unit_that_was_given_is_believed() -> None:
    assert not any(each.counts[0].unit.is_size for each in named("25.6 M").candidates)
    assert all(each.counts[0].unit.is_size for each in named("97.8 MB").candidates)
    assert {each.counts[0].unit for each in named("4.1 GMac").candidates} == {"MACs"}
    assert {each.counts[0].unit for each in named("8.2 G").candidates} == {"FLOPs"}


@given(st.text(max_size=80))
def test_any_text_is_answered_in_words(text: str) -> None:
    try:
        assert all(len(sentence) < 1000 for sentence in named(text).sentences)
    except ValueError as refusal:
        assert "Copy it as it was printed" in str(refusal)
        assert quoted(text.strip()) in str(refusal)
        assert len(str(refusal)) < 300


def test_titles_of_networks_stand_apart_though_some_have_commas() -> None:
    assert any("," in info.title for info in PRESET_INFO.values())
    (candidate,) = [each for each in named("25,557,032", "resnet18").candidates if each.networks]
    assert " of ResNet-50, v1.5; ResNet-50, v1; " in candidate.name
    assert len(candidate.networks) > 4 and candidate.name.endswith(" more.")
