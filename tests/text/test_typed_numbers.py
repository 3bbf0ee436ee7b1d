"""Amounts as people type them, and everything that is none."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.network.arithmetic import analyze
from explorer.text.errors import Refusal
from explorer.text.quantities import human
from explorer.text.typed_numbers import (
    MOST,
    any_number,
    copied_number,
    parse_amount,
    positive_number,
    quoted,
    whole_number,
)
from tests.network.strategies import HEAVIEST


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12 M", 12_000_000),
        ("12M", 12_000_000),
        ("12 million parameters", 12_000_000),
        ("12 M params", 12_000_000),
        ("2G", 2_000_000_000),
        ("2 GMACs", 2_000_000_000),
        ("2 gmacs", 2_000_000_000),
        ("2 G multiply-adds", 2_000_000_000),
        ("2 B", 2_000_000_000),
        ("12,000,000", 12_000_000),
        ("1.5e9", 1_500_000_000),
        ("1.5E+9", 1_500_000_000),
        ("15e-1 M", 1_500_000),
        ("  25.6 M\n", 25_600_000),
        (".5 k", 500),
        ("1.", 1),
        ("12.3456789 M", 12_345_678),
        ("0.1 T", 100_000_000_000),
        ("1 P", 10**15),
        ("1e21", 10**21),
        ("12 params", 12),
        ("1 p", 10**15),
    ],
)
def test_what_people_write(text: str, amount: int) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not an amount"),
        ("twelve", "is not an amount"),
        ("-5 M", "is not an amount"),
        ("−5", "is not an amount"),
        ("nan", "is not an amount"),
        ("inf", "is not an amount"),
        ("10 kB", "is not an amount"),
        ("1,5 M", "is not an amount"),
        ("1,00", "is not an amount"),
        ("12 M 3", "is not an amount"),
        ("１２", "is not an amount"),
        ("1e9999", "is not an amount"),
        ("0", "is out of range"),
        ("0.4", "is out of range"),
        ("1e-300", "is out of range"),
        ("1e999", "is out of range"),
        ("999999999 P", "is out of range"),
        ("2 GFLOPs", "twice as many FLOPs proper"),
        ("9" * 10_240, "has 10,240 characters"),
        ("\0<b>" * 9, "is not an amount"),
    ],
)
def test_what_is_none_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        parse_amount(text)
    assert quoted(text.strip()) in str(caught.value)
    assert len(str(caught.value)) < 300


@given(text=st.text(max_size=60))
def test_any_text_is_an_amount_or_refused_in_words(text: str) -> None:
    try:
        assert 1 <= parse_amount(text) <= MOST
    except ValueError as refusal:
        assert "Write" in str(refusal)


@given(amount=st.integers(1, MOST))
def test_a_number_written_out_is_read_exactly(amount: int) -> None:
    assert parse_amount(f"{amount:,}") == parse_amount(str(amount)) == amount


@given(amount=st.integers(1, 10**17))
def test_what_the_app_writes_it_reads(amount: int) -> None:
    assert human(parse_amount(human(amount))) == human(amount)


@pytest.mark.parametrize(
    ("text", "number", "place", "power", "counted"),
    [
        ("4.12 G", "4.12", "0.01", 9, ""),
        ("4.12 GMac", "4.12", "0.01", 9, "MACs"),
        ("~25.6M", "25.6", "0.1", 6, ""),
        ("25,636,712", "25636712", "1", 0, ""),
        ("25,600,000", "25600000", "100000", 0, ""),
        ("100 M", "100", "1", 6, ""),
        ("97.8 MB", "97.8", "0.1", 6, "bytes"),
        ("97.8 MiB", "97.8", "0.1", 6, "bytes"),
        ("102228128 bytes", "102228128", "1", 0, "bytes"),
        ("4.1 b", "4.1", "0.1", 9, ""),
        ("286.56", "286.56", "0.01", None, ""),
        ("4133742592.0", "4133742592", "0.1", None, ""),
        ("3.8×10⁹", "3.8e9", "1e8", 0, ""),
        ("8.2 GFLOPs", "8.2", "0.1", 9, "FLOPs"),
        ("11.17 million parameters", "11.17", "0.01", 6, "parameters"),
        ("Params size (MB): 97.49", "97.49", "0.01", 6, "bytes"),
        ("Total mult-adds (Units.GIGABYTES): 4.09", "4.09", "0.01", 9, "MACs"),
        ("Total params: 25,636,712 (97.80 MB)", "25636712", "1", 0, "parameters"),
        ("Computational complexity:       4.12 GMac", "4.12", "0.01", 9, "MACs"),
    ],
)
def test_a_number_as_a_tool_prints_it(text: str, number: str, place: str, power: int | None, counted: str) -> None:
    found = copied_number(text)
    assert (found.number, found.place) == (Fraction(number), Fraction(place))
    assert (found.power, found.counted, found.binary) == (power, counted, "MiB" in text)


@pytest.mark.parametrize("text", ["", "abc", "4,12 G", "0", "0.0 M", "1e99", "-3", "１２", "nan", "1e-5", "x" * 10_000])
def test_what_no_tool_prints_is_said_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="Copy it as it was printed") as caught:
        copied_number(text)
    assert quoted(text.strip()) in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.slow
def test_no_network_costs_more_than_an_amount_can_say() -> None:
    assert analyze.__wrapped__(HEAVIEST).macs < MOST


def test_a_number_python_refuses_to_print_is_quoted_in_words() -> None:
    assert quoted(10**5000) == "a number of thousands of digits"


@pytest.mark.parametrize(("text", "number"), [("16", 16), (" 1,024 ", 1024), ("0", 0), ("99999999999", 99_999_999_999)])
def test_whole_numbers_as_people_type_them(text: str, number: int) -> None:
    assert whole_number("Images", text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e6", "٣", "²", "sixteen", "9" * 12, "x" * 10_000])
def test_what_is_no_whole_number_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"Images: .* is not a whole number") as caught:
        whole_number("Images", text)
    assert len(str(caught.value)) < 120


@given(st.floats(1e-300, 1e300))
def test_positive_numbers_as_people_type_them(value: float) -> None:
    assert positive_number("Rate", f" {value!r} ") == value


@pytest.mark.parametrize("text", ["", "0", "-0.1", "nan", "inf", "1e999", "1/10", "0,1", "x" * 10_000])
def test_what_is_no_positive_number_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"Rate: .* is not a number above zero") as caught:
        positive_number("Rate", text)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("text", "value"),
    [("12.5", 12.5), ("1,000", 1000), ("1,234,567", 1234567), ("0,5", 0.5), (" 40 % ", 40), ("-3", -3), ("12 M", 12e6)],
)
def test_a_number_of_any_size_is_read(text: str, value: float) -> None:
    assert any_number(text) == value


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("8.18 G", "G", 8.18), ("8.18", "G", 8.18), ("899px", "px", 899), ("25.6 M Parameters", "parameters", 25.6e6),
     ("0,125", "", 0.125), ("10,000", "", 10_000)],
)  # fmt: skip
def test_the_unit_of_the_question_may_stand_behind_a_number(text: str, unit: str, value: float) -> None:
    assert any_number(text, unit) == pytest.approx(value)


def test_a_number_may_have_its_unit_and_no_other() -> None:
    assert any_number("25.6 M", "M") == any_number("25.6", "M") == 25.6
    assert any_number("25.6 M", "parameters") == 25.6e6
    with pytest.raises(Refusal, match="'12 k' is not a number of M"):
        any_number("12 k", "M")


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "x" * 10_000, "9" * 10_000])
def test_what_is_no_number_at_all_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        any_number(text)
