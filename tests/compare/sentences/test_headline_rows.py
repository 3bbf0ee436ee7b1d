"""The headline's ratios and amounts are the networks' own."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.compare.sentences import headline
from explorer.network.arithmetic import analyze
from explorer.network.config import (
    ResNetConfig,
)
from explorer.text.ratios import ratio
from tests.compare.sentences.pairs import TIMES, arch_of
from tests.compare.sentences.read_back import check_ratio
from tests.network.strategies import configs


@given(st.integers(1, 10**15), st.integers(1, 10**15))
def test_a_ratio_says_its_number(value: int, base: int) -> None:
    check_ratio(ratio(value, base), value, base)


@given(st.integers(1, 10**9), st.integers(-3, 3))
def test_a_ratio_close_to_one_is_never_said_to_be_one(base: int, more: int) -> None:
    assume(base + more > 0)
    words = ratio(base + more, base)
    check_ratio(words, base + more, base)
    assert (words == "the same") is (more == 0)


@pytest.mark.parametrize(
    ("value", "base", "words"),
    [
        (25_557_032, 21_797_672, "1.17 ×"),
        (1, 2, "0.500 ×"),
        (9, 10_000, "1/1,110 ×"),
        (169, 10, "16.9 ×"),
        (9_996, 10, "1,000 ×"),
        (9_994, 10, "999 ×"),
        (12_345_678, 10, "1,230,000 ×"),
        (100_001, 100_000, "1.00001 ×"),
        (10**18 + 1, 10**18, "just about 1 ×"),
        (7, 7, "the same"),
    ],
)
def test_ratios_have_three_digits(value: int, base: int, words: str) -> None:
    assert ratio(value, base) == words.replace(" ×", TIMES)


def test_the_headline_of_resnet_34_against_50() -> None:
    rows = headline([arch_of("resnet34"), arch_of("resnet50")])
    assert [(row.label, row.values, row.ratios) for row in rows] == [
        ("Parameters", ("21,797,672", "25,557,032"), ("", f"1.17{TIMES}")),
        ("MACs", ("3.66 G", "4.09 G"), ("", f"1.12{TIMES}")),
        ("Activation memory", ("48.1 MiB", "143 MiB"), ("", f"2.98{TIMES}")),
        ("Weighted layers", ("34", "50"), ("", f"1.47{TIMES}")),
        ("Receptive field", ("899 px", "427 px"), ("", f"0.475{TIMES}")),
    ]


@pytest.mark.slow
@given(st.lists(configs(small=False), min_size=1, max_size=4))
def test_any_headline_is_of_the_networks_own_numbers(several: list[ResNetConfig]) -> None:
    archs = [analyze(config) for config in several]
    rows = headline(archs)
    for row, number in zip(rows, ("params", "macs", "activation_bytes", "depth", "receptive_field"), strict=True):
        assert row.numbers == tuple(getattr(arch, number) for arch in archs)
        assert row.ratios[0] == ""
        assert len(row.values) == len(row.ratios) == len(archs)
        for words, value in zip(row.ratios[1:], row.numbers[1:], strict=True):
            check_ratio(words, value, row.numbers[0])


def test_no_network_has_no_headline() -> None:
    with pytest.raises(ValueError, match="0 networks to compare: choose at least one"):
        headline([])
