"""Aligns two sequences at the least total cost (Needleman and Wunsch 1970)."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

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
    inner = _Alignment(one[start : len(one) - end], other[start : len(other) - end], pair_cost, gap_cost).places()
    between = [
        (None if row is None else row + start, None if column is None else column + start) for row, column in inner
    ]
    after = [(len(one) - place, len(other) - place) for place in range(end, 0, -1)]
    return [*((place, place) for place in range(start)), *between, *after]


class _Alignment(Generic[T]):
    """The table of costs: ``costs[row][column]`` is the least cost of aligning what follows these two places."""

    def __init__(
        self, one: Sequence[T], other: Sequence[T], pair_cost: Callable[[T, T], float], gap_cost: Callable[[T], float]
    ) -> None:
        self.one, self.other, self.pair_cost, self.gap_cost = one, other, pair_cost, gap_cost
        self.costs = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
        for row in range(len(one), -1, -1):
            for column in range(len(other), -1, -1):
                if row < len(one) or column < len(other):
                    self.costs[row][column] = min(self.step_costs(row, column))

    def step_costs(self, row: int, column: int) -> tuple[float, float, float]:
        """The cost of pairing the next two entries, of skipping one's next entry, and of skipping other's."""
        pair = skip_one = skip_other = INFINITE
        if row < len(self.one):
            skip_one = self.gap_cost(self.one[row]) + self.costs[row + 1][column]
        if column < len(self.other):
            skip_other = self.gap_cost(self.other[column]) + self.costs[row][column + 1]
        if row < len(self.one) and column < len(self.other):
            pair = self.pair_cost(self.one[row], self.other[column]) + self.costs[row + 1][column + 1]
        return pair, skip_one, skip_other

    def places(self) -> Places:
        places: Places = []
        row = column = 0
        while row < len(self.one) or column < len(self.other):
            costs = self.step_costs(row, column)
            step = costs.index(min(costs))
            places.append((None if step == 2 else row, None if step == 1 else column))
            row, column = row + (step != 2), column + (step != 1)
        return places
