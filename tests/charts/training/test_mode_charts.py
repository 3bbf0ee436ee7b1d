"""Both modes read back from their charts: every size and order, every channel; alt texts and tables say the same."""

from math import log2, sqrt

import pytest
from hypothesis import given

from explorer.charts.training.mode_curves import mode_curves_alt_text, mode_curves_chart, mode_curves_rows
from explorer.charts.training.mode_statistics import (
    Statistic,
    mode_statistics_alt_text,
    mode_statistics_chart,
    mode_statistics_rows,
)
from explorer.training.modes.values import BatchOrder, BatchStatistics, ModeComparison, NormStatistics
from tests.charts.reading import plain
from tests.training.modes.outcomes import comparison, comparisons, norms


@given(comparisons)
def test_every_size_is_drawn_in_both_orders(found: ModeComparison) -> None:
    figure, rows = mode_curves_chart(found, "It <b>!"), mode_curves_rows(found)
    left, right = figure.layout.xaxis.range
    for order, line in zip(BatchOrder, figure.data, strict=True):
        outcomes = found.of(order)
        assert list(line.x) == [log2(each.size) for each in outcomes]
        assert list(line.y) == pytest.approx([each.right / 10 for each in outcomes])
        assert all(left <= place <= right for place in line.x)
        mine = [row for row in rows if row["order"] == order]
        assert [(row["batch"], row["right"]) for row in mine] == [(str(each.size), each.right) for each in outcomes]
    assert figure.layout.shapes[0].y0 == pytest.approx(93)
    assert "<b>!" not in figure.to_json()
    assert "evaluation mode 93.0 %" in plain(figure.layout.annotations[0].text)


def test_the_curves_in_words() -> None:
    assert mode_curves_alt_text(comparison({1: 194, 128: 925}, {1: 194, 128: 541}), "It") == (
        "It: right in training mode. Evaluation mode: 93.0 %. Mixed: batches of 1: 19.4 % right, batches of 128: "
        "92.5 % right. Sorted by class: batches of 1: 19.4 % right, batches of 128: 54.1 % right."
    )


@pytest.mark.parametrize("statistic", Statistic)
@given(norm=norms())
def test_every_channel_is_drawn_on_one_scale(statistic: Statistic, norm: NormStatistics) -> None:
    figure = mode_statistics_chart(BatchStatistics(True, 4, (0,), (norm,)), norm, statistic)
    rows = mode_statistics_rows(norm)
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    low, high = figure.layout.xaxis.range
    for order, marks in zip(BatchOrder, figure.data, strict=True):
        channels = norm.of(order)
        expected = channels.means if statistic is Statistic.MEAN else [sqrt(each) for each in channels.variances]
        assert list(marks.y) == pytest.approx(list(expected))
        assert [row[f"{statistic}, {order}"] for row in rows] == list(marks.y)
        assert [row[f"{statistic}, running"] for row in rows] == list(marks.x)
        assert all(low <= value <= high for value in (*marks.x, *marks.y))
    said = mode_statistics_alt_text(norm, statistic)
    assert said.startswith(f"layer1.0.bn1: channels' {statistic}. Running from ") and "sorted by class from" in said
