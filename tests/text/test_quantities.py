"""Every number a person can read: three digits, true to them, and never in a form people do not write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.network.arithmetic import analyze
from explorer.text.quantities import (
    capitalised,
    counted,
    first_few,
    human,
    minus,
    noun,
    percent,
    shape,
    signed,
    size,
    three_digits,
)
from tests.network.formulas import BYTES, COUNT, read
from tests.network.strategies import HEAVIEST


@given(st.integers(0, 10**18 - 10**15))
def test_a_count_keeps_three_digits(count: int) -> None:
    text = human(count)
    assert len(text) <= 6
    assert read(text, COUNT) == pytest.approx(count, rel=0.005)
    assert count >= 10_000 or text == f"{count:,}"


@given(st.integers(0, 10**18))
def test_a_size_keeps_three_digits(count: int) -> None:
    text = size(count)
    assert len(text) <= 9
    assert read(text, BYTES) == pytest.approx(count, rel=0.0052)  # 0.976 of a unit has three digits, 1 in 195
    assert count >= 1000 or text == f"{count} bytes"


@given(st.integers(0, 10**17), st.integers(0, 10**17), st.integers(0, 1000))
def test_more_never_reads_as_less(one: int, other: int, step: int) -> None:
    for low, high in (sorted((one, other)), (one, one + step)):
        assert read(human(low), COUNT) <= read(human(high), COUNT)
        assert read(size(low), BYTES) <= read(size(high), BYTES)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (9_999, "9,999"),
        (10_000, "10 k"),
        (12_345, "12.3 k"),
        (999_499, "999 k"),
        (999_500, "1 M"),
        (999_999, "1 M"),
        (25_557_032, "25.6 M"),
        (999_499_999, "999 M"),
        (999_500_000, "1 G"),
        (4_089_184_256, "4.09 G"),
        (999_500_000_000, "1 T"),
        (999_500_000_000_000, "1 P"),
        (10**18, "1,000 P"),
        (10**21, "1,000,000 P"),
    ],
)
def test_counts_as_people_say_them(count: int, text: str) -> None:
    assert human(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "0.977 KiB"),
        (1024, "1 KiB"),
        (1023 * 999, "998 KiB"),
        (1023 * 1000, "999 KiB"),
        (round(999.4 * 2**10), "999 KiB"),
        (round(999.7 * 2**10), "0.976 MiB"),
        (2**20, "1 MiB"),
        (round(999.7 * 2**20), "0.976 GiB"),
        (round(999.7 * 2**30), "0.976 TiB"),
        (round(999.7 * 2**40), "0.976 PiB"),
        (3 * 2**39, "1.5 TiB"),
    ],
)
def test_sizes_as_people_say_them(count: int, text: str) -> None:
    assert size(count) == text


def test_the_heaviest_network_still_has_readable_numbers() -> None:
    arch = analyze(HEAVIEST)
    for text, units, number in (
        (human(arch.params), COUNT, arch.params),
        (human(arch.macs), COUNT, arch.macs),
        (size(arch.activation_bytes), BYTES, arch.activation_bytes),
    ):
        assert read(text, units) == pytest.approx(number, rel=0.0052)


@given(st.integers(1, 10**17))
def test_a_difference_carries_a_real_sign(count: int) -> None:
    assert signed(count) == f"+{human(count)}"
    assert signed(-count) == f"−{human(count)}"
    assert signed(0) == "±0"


@pytest.mark.parametrize(
    ("count", "what", "text"),
    [
        (0, "block", "0 blocks"),
        (1, "input channel", "1 input channel"),
        (2, "input channel", "2 input channels"),
        (1, "class", "1 class"),
        (100_000, "class", "100,000 classes"),
    ],
)
def test_a_number_of_things_in_words(count: int, what: str, text: str) -> None:
    assert counted(count, what) == text
    assert text.endswith(noun(-count, what))


@given(st.tuples(*[st.integers(1, 10**6)] * 3))
def test_a_shape_is_one_word_with_thousands_told_apart(sides: tuple[int, int, int]) -> None:
    text = shape(sides)
    assert text.split() == [text]
    assert tuple(int(side.replace(",", "")) for side in text.split("×")) == sides
    assert text == "×".join(f"{side:,}" for side in sides)


@pytest.mark.parametrize(
    ("value", "total", "words"),
    [
        (0, 0, "0 %"),
        (0, 5, "0 %"),
        (1, 10**9, "less than 0.1 %"),
        (999, 10**6, "less than 0.1 %"),
        (1000, 10**6, "0.1 %"),
        (1, 3, "33.3 %"),
        (7, 7, "100 %"),
        (9_999, 10_000, "more than 99.9 %"),
        (15, 10, "150.0 %"),
    ],
)
def test_a_part_that_is_there_is_never_nothing(value: int, total: int, words: str) -> None:
    assert percent(value, total) == words


@given(st.integers(1, 10**12), st.integers(0, 10**15))
def test_no_part_reads_as_nothing_or_as_all(value: int, rest: int) -> None:
    words = percent(value, value + rest)
    assert words not in ("0 %", "0.0 %")
    assert (words == "100 %") is (rest == 0) and words != "100.0 %"


def test_minus_is_a_real_one() -> None:
    assert minus(f"{-0.25:.2f}") == "−0.25"
    assert signed(-1234, "{:,}".format) == "−1,234"
    assert signed(1234, "{:,}".format) == "+1,234"
    assert signed(0) == "±0"


@given(st.lists(st.sampled_from(["layer1", "layer2.0.conv1", "fc"]), min_size=1), st.integers(1, 8))
def test_of_many_texts_the_first_few_are_named_and_the_others_counted(texts: list[str], most: int) -> None:
    words = first_few(texts, most)
    shown, _, rest = words.partition(" and ")
    assert shown.split(", ") == texts[:most]
    assert rest == (f"{len(texts) - most} more" if len(texts) > most else "")


def test_only_the_first_letter_becomes_a_capital() -> None:
    assert [capitalised(text) for text in ("stage 1 of ResNet", "3×3", "")] == ["Stage 1 of ResNet", "3×3", ""]


@given(st.floats(1e-7, 1e9))
def test_a_measured_number_keeps_three_digits_and_is_never_written_with_an_exponent(value: float) -> None:
    text = three_digits(value)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.00501)
    assert three_digits(-value) == f"−{text}"


def test_measured_numbers_have_commas_from_a_thousand_on() -> None:
    assert [three_digits(value) for value in (0.42, 12.34, 99.96, 1234.4)] == ["0.42", "12.3", "100", "1,234"]


def test_a_small_measured_number_is_written_out() -> None:
    assert [three_digits(value) for value in (8.03e-05, 0.0, 2e-30)] == ["0.0000803", "0", "2e−30"]
