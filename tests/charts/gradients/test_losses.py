"""The losses read back: every one is drawn and said, whatever it is."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.gradients.losses import loss_words, losses_alt_text, losses_chart, losses_rows
from explorer.gradients.first_steps import measure_first_steps
from explorer.gradients.trend_values import FirstSteps
from tests.charts.reading import plain
from tests.gradients.flows import TINY, measured

NAMES = ("Shortcut A", "No shortcuts")
LOSSES = st.floats(0, 1e38) | st.floats(0.01, 10) | st.sampled_from([math.inf, math.nan])


def run(losses: Sequence[float], steps: int = 0, stopped: str = "") -> FirstSteps:
    flows = tuple(replace(measured("plain"), loss=loss) for loss in losses)
    return FirstSteps(0.1, steps or max(len(losses) - 1, 1), flows, stopped)


@pytest.mark.slow
@given(st.lists(st.lists(LOSSES, min_size=1, max_size=6), min_size=1, max_size=2))
def test_every_loss_is_drawn_inside_the_plot_and_said(losses: list[list[float]]) -> None:
    runs = [run(each) for each in losses]
    figure = losses_chart(runs, NAMES[: len(runs)])
    low, high = figure.layout.yaxis.range
    lines = [trace for trace in figure.data if trace.customdata is not None]
    log = "log axis" in figure.layout.yaxis.title.text
    for each, line in zip(losses, lines, strict=True):
        points = [(x, y, tip) for x, y, tip in zip(line.x, line.y, line.hovertext, strict=True) if x is not None]
        assert [x for x, *_ in points] == list(range(len(each)))
        for loss, (_, y, tip) in zip(each, points, strict=True):
            assert low < y < high and plain(tip).endswith(f"loss {loss_words(loss)}")
            if log and 0 < loss < math.inf:
                assert 10**y == pytest.approx(loss)
    words = [plain(note.text) for note in figure.layout.annotations]
    flat = [loss for each in losses for loss in each]
    assert ("infinite" in words) == (math.inf in flat)
    assert ("not a number" in words) == any(map(math.isnan, flat))
    assert ("exactly zero" in words) == (0 in flat)
    sizes = [loss for loss in flat if 0 < loss < math.inf]
    if sizes and not 99 < max(sizes) / min(sizes) < 101:
        assert log == (max(sizes) / min(sizes) > 100)


def test_usual_losses_are_on_a_linear_axis_in_proportion() -> None:
    line = losses_chart([run([2.3, 1.15])], ["It"]).data[0]
    assert line.y[0] == pytest.approx(2 * line.y[1])


def test_training_that_diverges_is_said() -> None:
    wild = measure_first_steps(replace(TINY["pads"], norm="none"), steps=3, learning_rate=1e30, batch_size=2)
    runs = [wild, run([2.3, 1.0])]
    assert runs[0].stopped
    figure = losses_chart(runs, NAMES)
    assert runs[0].stopped in plain(figure.layout.title.text)
    assert runs[0].stopped in losses_alt_text(runs, NAMES)
    rows = losses_rows(runs, NAMES)
    assert [row["steps"] for row in rows] == list(range(max(len(one.flows) for one in runs)))
    assert rows[len(runs[0].flows) - 1]["Shortcut A"] == loss_words(runs[0].losses[-1])
    assert figure.layout.xaxis.range == (-0.5, 3.5)


def test_words_are_the_numbers() -> None:
    runs = [run([2.3026, 1.1]), run([math.nan], 3, "The loss is not a number.")]
    assert losses_alt_text(runs, NAMES) == (
        "Cross-entropy over the first SGD steps. Shortcut A: 2.303 before the first step, 1.1 after step 1. "
        "No shortcuts: not a number before the first step. The loss is not a number."
    )
    assert losses_rows(runs, NAMES) == [
        {"steps": 0, "Shortcut A": "2.303", "No shortcuts": "not a number"},
        {"steps": 1, "Shortcut A": "1.1", "No shortcuts": "stopped"},
    ]
    assert [loss_words(loss) for loss in (math.inf, 1e30, 0.0)] == ["infinite", "1e+30", "0"]


def test_nothing_measured_is_said_and_names_are_no_markup() -> None:
    assert "nothing measured yet" in plain(losses_chart([], []).layout.title.text)
    assert losses_alt_text([], []) == "Loss over the first steps: nothing measured yet." and losses_rows([], []) == []
    figure = losses_chart([run([1.0]), run([2.0])], ["It <b>!", "It"])
    assert "<b>!" not in figure.to_json()
    entries = [trace for trace in figure.data if trace.showlegend is not False]
    assert len({trace.marker.symbol for trace in entries}) == len({trace.line.dash for trace in entries}) == 2
