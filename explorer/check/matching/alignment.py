"""Aligns two sequences at the least total cost (Needleman and Wunsch 1970)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

INFINITE = float("inf")
T = TypeVar("T")
Places = list[tuple[int | None, int | None]]  # in the one and the other sequence; None where there is no counterpart


def align(
    one: Sequence[T], other: Sequence[T], pair_cost: Callable[[T, T], float], gap_cost: Callable[[T], float]
) -> Places:
    """Pairs the entries of two sequences, keeping their order, so that the costs add up to the least sum.

    ``pair_cost`` is the cost of pairing two entries, ``gap_cost`` that of an entry without counterpart. Every place of
    either sequence is returned once. Of several cheapest alignments, the one that pairs earlier entries is taken.
    """
    most = min(len(one), len(other))
    start = next((place for place in range(most) if pair_cost(one[place], other[place])), most)
    most -= start
    end = next((place for place in range(most) if pair_cost(one[-1 - place], other[-1 - place])), most)
    steps = _cheapest_steps(one[start : len(one) - end], other[start : len(other) - end], pair_cost, gap_cost)
    places: Places = [(place, place) for place in range(start)]
    row = column = 0
    while row < len(steps) - 1 or column < len(steps[0]) - 1:
        step = steps[row][column]
        places.append((None if step == 2 else start + row, None if step == 1 else start + column))
        row, column = row + (step != 2), column + (step != 1)
    return [*places, *((len(one) - place, len(other) - place) for place in range(end, 0, -1))]


def _cheapest_steps(
    one: Sequence[T], other: Sequence[T], pair_cost: Callable[[T, T], float], gap_cost: Callable[[T], float]
) -> list[list[int]]:
    """Returns the cheapest next step at each pair of places: 0 pairs the two, 1 skips one's entry, 2 skips other's."""
    rows, columns = len(one), len(other)
    skip_one, skip_other = [*map(gap_cost, one), INFINITE], [*map(gap_cost, other), INFINITE]
    steps = [[0] * (columns + 1) for _ in range(rows + 1)]
    below = [INFINITE] * (columns + 2)  # the least cost of aligning what follows, in the row after this one
    for row in range(rows, -1, -1):
        here = [INFINITE] * (columns + 2)
        for column in range(columns, -1, -1):
            pair = INFINITE
            if row < rows and column < columns:
                pair = pair_cost(one[row], other[column]) + below[column + 1]
            costs = (pair, skip_one[row] + below[column], skip_other[column] + here[column + 1])
            here[column] = min(costs) if row < rows or column < columns else 0.0
            steps[row][column] = costs.index(min(costs))
        below = here
    return steps
