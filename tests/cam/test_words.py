"""Words for classes and probabilities: short, all different, and true to the number."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st
from torchvision.models import ResNet50_Weights

from explorer.cam.saliency_map import Method
from explorer.cam.words import METHOD_NAMES, METHOD_UNITS, SHORT, chance_words, halves_words, share_words, short_names
from explorer.pictures.fonts import shortened_middle

IMAGENET = ResNet50_Weights.IMAGENET1K_V2.meta["categories"]


@given(st.floats(0, 1) | st.floats(-12, 0).map(lambda power: 10**power))
def test_a_probability_is_shown_to_within_half_of_its_last_digit(chance: float) -> None:
    words = chance_words(chance)
    sign, digits = re.fullmatch(r"([<>] )?([\d.]+) %", words).groups()  # type: ignore[union-attr]
    percent = float(digits)
    if sign == "< ":
        assert percent == 0.01 and 100 * chance < 0.01
    elif sign == "> ":
        assert percent == 99.99 and 100 * chance > 99.99
    else:
        decimals = len(digits.partition(".")[2])
        assert abs(percent - 100 * chance) <= 0.5 * 10**-decimals + 1e-9
        assert 0 < percent < 100 or 100 * chance > 99.98
    assert len(words) <= 9


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_likelier_never_looks_less_likely(one: float, other: float) -> None:
    def read(chance: float) -> float:
        words = chance_words(chance)
        return 0.0 if words.startswith("<") else 100.0 if words.startswith(">") else float(words[:-2])

    low, high = sorted((one, other))
    assert read(low) <= read(high)


def test_what_is_no_number_says_so() -> None:
    assert chance_words(math.nan) == "not a number"
    assert [chance_words(chance) for chance in (0.97, 0.0231, 0.0023, 1e-12, 1.0)] == [
        "97 %",
        "2.3 %",
        "0.23 %",
        "< 0.01 %",
        "> 99.99 %",
    ]


@given(st.floats(0, 1))
def test_shares_sum_to_all_and_only_nothing_is_nothing(share: float) -> None:
    first, second = halves_words(share)
    assert first == share_words(share)
    if 0.01 <= share <= 0.99:
        assert int(first[:-2]) + int(second[:-2]) == 100
        assert abs(int(first[:-2]) - 100 * share) <= 0.5 + 1e-9
    assert (first == "0 %") == (share == 0) and (first == "100 %") == (share == 1)
    assert (first == "less than 1 %") == (0 < share < 0.01)
    assert (first == "more than 99 %") == (0.99 < share < 1)


def test_imagenets_thousand_names_stay_different_and_keep_their_ends() -> None:
    short = short_names(IMAGENET, range(1000))
    assert len(set(short)) == 1000
    assert max(map(len, short)) <= SHORT + len(" #999")
    for name, found in zip(IMAGENET, short, strict=True):
        start, _, end = found.partition(" #")[0].partition("…")
        assert name.startswith(start.strip()) and name.endswith(end.strip())
    assert short_names(["crane", "crane", "maillot"], [134, 517, 638]) == ("crane #134", "crane #517", "maillot")


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.integers(8, 40))
def test_any_names_stay_different_and_short(names: list[str], most: int) -> None:
    short = short_names(names, range(len(names)), most)
    assert all(short) and max(map(len, short)) <= most + len(" #7")
    if not any("#" in name for name in names):
        assert len(set(short)) == len(short)


def test_the_first_synonym_stands_for_all_unless_two_share_it() -> None:
    assert short_names(["tench, Tinca tinca", "goldfish, Carassius auratus"], [0, 1]) == ("tench", "goldfish")
    assert short_names(["crane, bird", "crane, lift"], [134, 517]) == ("crane, bird", "crane, lift")


@given(st.text(alphabet="ab cde", max_size=80), st.integers(3, 50))
def test_what_is_cut_loses_its_middle(text: str, most: int) -> None:
    found = shortened_middle(text, most)
    assert len(found) <= max(most, 0)
    if len(text) <= most:
        assert found == text
    else:
        start, _, end = found.partition("…")
        assert text.startswith(start.rstrip()) and text.endswith(end.lstrip())


def test_every_method_has_a_name() -> None:
    assert list(METHOD_NAMES) == list(METHOD_UNITS) == list(Method) and len(set(METHOD_NAMES.values())) == len(Method)
