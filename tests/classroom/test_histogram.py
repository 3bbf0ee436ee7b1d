"""Bars hold every answer once."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.classroom.answers_table import answer_rows
from explorer.classroom.histogram import MOST_BARS, histogram
from explorer.classroom.values import Asked, Poll, Tally, Truth

NUMBER = Poll("How many?", unit="k")


def of(*numbers: float, truth: float | None = None) -> Asked:
    counts = tuple((number, numbers.count(number)) for number in sorted(set(numbers)))
    return Asked(1, NUMBER, None if truth is None else Truth(truth), (Tally(counts),))


def test_options_stand_in_their_order_with_both_votes() -> None:
    asked = Asked(
        1, Poll("Which?", ("a", "b")), Truth(1, "b", ("no", "")), (Tally(((0, 3), (1, 1))), Tally(((0, 0), (1, 4))))
    )
    bars = histogram(asked)
    assert [(bar.label, bar.counts, bar.right, bar.why) for bar in bars] == [
        ("a", (3, 0), False, "no"),
        ("b", (1, 4), True, ""),
    ]


def test_few_numbers_have_a_bar_each() -> None:
    assert [(bar.label, bar.counts, bar.right) for bar in histogram(of(853, 850, 853, truth=853))] == [
        ("850 k", (1,), False),
        ("853 k", (2,), True),
    ]


def test_a_number_that_is_close_enough_is_right_as_alone_on_a_path() -> None:
    tally = Tally(((7.0, 1), (8.18, 4), (9.0, 1)))
    asked = Asked(1, Poll("How many?", unit="G"), Truth(8.178368512, close=0.1), (tally,))
    assert [(bar.label, bar.right) for bar in histogram(asked)] == [("7 G", False), ("8.18 G", True), ("9 G", True)]
    assert [row[-1] for row in answer_rows([asked])] == ["no", "yes", "yes"]
    spread = Tally(tuple((float(number), 1) for number in range(0, 200, 10)))
    bars = histogram(Asked(1, Poll("How many?"), Truth(100.0, close=0.1), (spread,)))
    assert [bar.label for bar in bars if bar.right] == ["71.25 to 95", "95 to 118.8"]


def test_no_answer_is_no_bar() -> None:
    assert histogram(of()) == ()


@given(st.lists(st.floats(-1e15, 1e15).map(lambda number: float(f"{number:.6g}")), max_size=40))
def test_many_numbers_are_put_into_ranges_that_hold_each_once(numbers: list[float]) -> None:
    bars = histogram(of(*numbers, truth=numbers[0] if numbers else None))
    assert len(bars) <= MOST_BARS
    assert sum(bar.counts[0] for bar in bars) == len(numbers)
    assert sum(bar.right for bar in bars) == bool(numbers)
