"""Numbers in words, read back: whatever is written stands for the number it was written for, and hides nothing."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.gradients.number_words import (
    LOG10_TINY,
    factor_words,
    power_text,
    power_words,
    reading_text,
    reading_words,
    ten_to,
)
from explorer.gradients.values import FLOAT32_TINY, FlowReading, ReadingState
from tests.gradients.flows import INFINITE, LOST, NAN, ZERO, readings

_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_TWO_DIGITS = math.log10(1.05) + 1e-9  # the most that rounding to two digits changes a logarithm


def read_back(words: str) -> float:
    """The common logarithm of a number in words."""
    plain = words.replace(",", "")
    if plain.isascii():
        return float(Decimal(plain).log10())
    front, _, power = plain.partition("10")
    return float(Decimal(front.rstrip("·") or 1).log10()) + int(power.translate(_DIGITS))


@given(st.floats(-5000, 5000))
def test_words_and_texts_are_the_number_to_two_digits(log10: float) -> None:
    assert read_back(power_words(log10)) == pytest.approx(log10, abs=_TWO_DIGITS)
    assert float(Decimal(power_text(log10)).log10()) == pytest.approx(log10, abs=_TWO_DIGITS)
    assert len(power_words(log10)) <= len("9.9·10⁻⁵⁰⁰⁰")


@given(st.floats(1e-30, 1e30))
def test_texts_are_written_as_python_writes_numbers(value: float) -> None:
    # A number halfway between two is rounded either way, for its logarithm is not exact.
    assert power_text(math.log10(value)) in {f"{near:.1e}" for near in (value * (1 - 1e-12), value * (1 + 1e-12))}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.21, "0.21"),
        (17_000, "17,000"),
        (3.2e-12, "3.2·10⁻¹²"),
        (1, "1"),
        (0.3, "0.3"),
        (9.96, "10"),
        (1e-3, "0.001"),
        (9.4e-4, "9.4·10⁻⁴"),
        (99_999, "10⁵"),
        (3e8, "3·10⁸"),
        (0, "exactly zero"),
        (math.inf, "infinite"),
        (math.nan, "not a number"),
    ],
)
def test_words(value: float, words: str) -> None:
    assert power_words(FlowReading.of(value).log10) == words


def test_numbers_that_no_float_holds_are_still_told_apart() -> None:
    assert (power_words(-300.0), power_text(-4000.0)) == ("10⁻³⁰⁰", "1.0e-4000")
    assert [power_text(log10) for log10 in (math.inf, -math.inf, math.nan)] == ["inf", "0", "nan"]
    assert ten_to(-38) == "10⁻³⁸"


def test_the_smallest_float32_is_numpys() -> None:
    assert float(np.finfo(np.float32).tiny) == FLOAT32_TINY
    assert pytest.approx(float(np.log10(np.finfo(np.float32).tiny.astype(np.float64)))) == LOG10_TINY


def test_what_is_no_number_is_called_by_its_name() -> None:
    assert [reading_words(each) for each in (ZERO, INFINITE, NAN)] == ["exactly zero", "above float32", "not a number"]
    assert (reading_words(LOST), reading_text(LOST)) == ("10⁻⁵² (below float32)", "1.0e-52 (below float32)")
    assert reading_words(FlowReading(0.0, ReadingState.UNDERFLOW, -math.inf)) == "below float32"


@given(readings())
def test_a_state_is_said_exactly_where_it_is_not_measured(reading: FlowReading) -> None:
    for words in (reading_words(reading), reading_text(reading)):
        assert (str(reading.state) in words) == (reading.state is not ReadingState.MEASURED)


@given(st.floats(-37.9, 30))
def test_a_number_from_below_float32_is_not_said_to_be_there_itself(log10: float) -> None:
    words = reading_words(FlowReading(10**log10, ReadingState.UNDERFLOW, log10))
    assert words == f"{power_words(log10)} (from values below float32)"


@given(st.floats(-2, 2.999))
def test_factors_have_three_digits_and_more_near_one(log10: float) -> None:
    factor = 10**log10
    sign, said = factor_words(log10).split(" ")
    assert sign == "×"
    assert float(said) == pytest.approx(factor, rel=0.0051 if abs(factor - 1) > 0.005 else 5e-5)


@pytest.mark.parametrize(
    ("factor", "words"),
    [(1.19, "× 1.19"), (0.9987, "× 0.9987"), (1, "× 1.0000"), (3.2e-4, "× 3.2·10⁻⁴"), (17_000, "× 17,000")],
)
def test_factors_in_words(factor: float, words: str) -> None:
    assert factor_words(FlowReading.of(factor).log10) == words
