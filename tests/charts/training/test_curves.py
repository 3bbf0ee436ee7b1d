"""The training curves: what is drawn is what was measured, and the words beside it."""

import math
from dataclasses import replace

import pytest

from explorer.charts.training.curves import Curves, training_alt_text, training_chart, training_rows
from explorer.network.options import Shortcut
from explorer.text.quantities import three_digits
from explorer.training.curve import Axis, Measure, Spread
from explorer.training.data import DataSet
from explorer.training.racers import racer_name
from explorer.training.recipe import Recipe
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.training.run import TrainingRun
from explorer.training.train import race
from explorer.training.verdict import Result, told
from tests.training.test_trainer import SMALL
from tests.training.test_verdict import falling, flat, result

LOSS = (Measure.TRAIN_LOSS, Axis.STEPS)
RUNS = tuple(each.run for each in (result(0, falling(2.3, 0.1)), result(1, flat(2.2))))
CURVES = Curves(RUNS, ("plain-20", "plain-56"), 1437)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("axis", Axis)
def test_the_lines_are_the_runs(measure: Measure, axis: Axis) -> None:
    figure = training_chart(CURVES, measure, axis)
    assert [trace.name for trace in figure.data] == ["plain-20", "plain-56"]
    for trace, run in zip(figure.data, RUNS, strict=True):
        steps, values = measure.of(run)
        assert list(trace.y) == pytest.approx(values)
        assert list(trace.x) == pytest.approx([axis.at(run, step, 1437) for step in steps])
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text
    assert str(measure) in figure.layout.title.text.lower()


def test_networks_are_told_apart_without_colour() -> None:
    first, second = training_chart(CURVES, Measure.TEST_ACCURACY, Axis.STEPS).data
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


@pytest.mark.parametrize("shown", [Shown.FASHION, Shown.RATES])
@pytest.mark.parametrize("measure", Measure)
def test_colour_and_mark_are_the_networks_and_the_dash_is_the_seeds_or_the_rates(
    shown: Shown, measure: Measure
) -> None:
    found = recorded_set(shown)
    assert found is not None
    lines = training_chart(Curves(found.runs, found.names, 60_000), measure, Axis.STEPS).data
    assert all(line.mode == "lines+markers" for line in lines)
    looks: dict[tuple[str, str], set[str]] = {}
    for line, run in zip(lines, found.runs, strict=True):
        looks.setdefault((line.line.color, line.marker.symbol), set()).add(racer_name(run.config))
    assert all(len(networks) == 1 for networks in looks.values())
    assert len(looks) == len({run.config for run in found.runs})
    assert len({(line.line.color, line.line.dash) for line in lines}) == len(lines)
    dashes: dict[tuple[float, int], set[str]] = {}
    for line, run in zip(lines, found.runs, strict=True):
        dashes.setdefault((run.recipe.learning_rate, run.recipe.seed), set()).add(line.line.dash)
    assert all(len(each) == 1 for each in dashes.values())


def test_a_replay_ends_its_lines_and_keeps_its_axis() -> None:
    spread = Spread.of(RUNS, Measure.TRAIN_LOSS)
    curves = Curves(RUNS, CURVES.names, 1437, (spread, None))
    whole, part = (training_chart(curves, Measure.TRAIN_LOSS, Axis.STEPS, until) for until in (None, 50))
    assert max(part.data[1].x) == 49 and max(whole.data[1].x) == 199  # the losses of 50 steps and of 200
    assert max(part.data[0].x) == 50 and max(whole.data[0].x) == 199  # the range, too
    assert part.data[1].y[-1] == pytest.approx(RUNS[0].until(50).loss) != pytest.approx(RUNS[0].loss)
    assert part.layout.xaxis.range == whole.layout.xaxis.range == (0, 200)
    assert part.layout.yaxis.range == whole.layout.yaxis.range


def test_the_loss_axis_holds_every_loss() -> None:
    tiny = result(0, [*flat(0.5), 0.0]).run
    figure = training_chart(Curves((tiny,), ("a",), 1437), Measure.TRAIN_LOSS, Axis.STEPS)
    low, high = figure.layout.yaxis.range
    assert all(low <= math.log10(value) <= high for value in figure.data[0].y)
    assert figure.layout.yaxis.type == "log"


def test_the_range_of_seeds_lies_behind_its_network() -> None:
    spread = Spread.of(RUNS, Measure.TRAIN_LOSS)
    curves = Curves(RUNS, CURVES.names, 1437, (spread, None))
    area, first, second = training_chart(curves, Measure.TRAIN_LOSS, Axis.STEPS).data
    assert area.fill == "toself" and not area.showlegend
    assert max(area.y) == pytest.approx(max(spread.high)) and min(area.y) == pytest.approx(min(spread.low))
    low, _ = training_chart(
        replace(curves, spreads=(replace(spread, low=(1e-3,) * 200), None)), *LOSS
    ).layout.yaxis.range
    assert low == -3
    assert [first.name, second.name] == ["plain-20", "plain-56"]
    assert "Shaded" in training_chart(curves, Measure.TRAIN_LOSS, Axis.STEPS).layout.title.text
    assert len(training_chart(curves, Measure.TRAIN_LOSS, Axis.SECONDS).data) == 2


def test_a_stopped_network_is_said_and_a_name_is_no_markup() -> None:
    stopped = result(0, [2.3, math.nan], stopped="After 1 step the loss is not a number.").run
    curves = Curves((stopped,), ("<b>x</b>",), 1437)
    figure = training_chart(curves, Measure.TRAIN_LOSS, Axis.STEPS)
    assert "After 1 step" in figure.layout.title.text
    assert list(figure.data[0].y) == [2.3]
    assert "<b>x</b>" not in figure.data[0].name
    assert "After 1 step" in training_alt_text(curves, Measure.TRAIN_LOSS)


def test_the_words_and_the_table_have_its_numbers() -> None:
    text = training_alt_text(CURVES, Measure.TEST_ACCURACY)
    assert "plain-20: 90 % after 200 steps" in text
    rows = training_rows(CURVES, Measure.TRAIN_LOSS)
    assert rows[0] == {"steps": 0, "plain-20": "2.3", "plain-56": f"{RUNS[1].losses[0]:.4g}"}
    assert [row["steps"] for row in rows] == [*range(0, 200, 10), 199]
    assert [row["steps"] for row in training_rows(CURVES, Measure.TEST_ACCURACY)] == [200]


@pytest.mark.parametrize("shown", Shown)
def test_a_line_ends_at_the_loss_that_the_sentences_tell(shown: Shown) -> None:
    found = recorded_set(shown)
    assert found is not None
    ends_as_told(found.runs, found.names, found.pairs, found.runs[0].data)


@pytest.mark.parametrize("steps", [2, 30])
def test_so_does_that_of_a_live_run(steps: int) -> None:
    configs = tuple(replace(SMALL, shortcut=each) for each in (Shortcut.NONE, Shortcut.A))
    runs = race(configs, DataSet.DIGITS, Recipe(legs=(steps,), batch_size=16))
    ends_as_told(tuple(runs), ("plain", "residual"), ((0, 1),), DataSet.DIGITS)


def ends_as_told(
    runs: tuple[TrainingRun, ...], names: tuple[str, ...], pairs: tuple[tuple[int, int], ...], data: str
) -> None:
    curves = Curves(runs, names, DataSet(data).pictures)
    figure = training_chart(curves, Measure.TRAIN_LOSS, Axis.STEPS)
    said = " ".join(told([Result(run, name) for run, name in zip(runs, names, strict=True)], pairs))
    alt = training_alt_text(curves, Measure.TRAIN_LOSS)
    last = training_rows(curves, Measure.TRAIN_LOSS)[-1]
    for trace, run, name in zip(figure.data, runs, names, strict=True):
        assert trace.y[-1] == pytest.approx(run.loss)
        end = three_digits(trace.y[-1])
        assert end == last[name] and f"{end} after {run.steps - 1:,}" in alt
        assert f"after {run.steps - 1:,} steps: {end}" in trace.hovertext[-1]
    for shallow, deep in pairs:
        assert f"(loss {' against '.join(three_digits(figure.data[each].y[-1]) for each in (deep, shallow))}" in said
    window = f"the last {min(20, runs[0].steps)} batches"
    assert f"mean of {window}" in " ".join(figure.layout.title.text.replace("<br>", " ").split())
    assert f"Each loss is the mean of {window}, in training mode" in said


def test_nothing_yet_is_a_figure_that_says_so() -> None:
    nothing = Curves((), (), 1437)
    assert "nothing trained yet" in training_chart(nothing, Measure.TRAIN_LOSS, Axis.STEPS).layout.title.text
    assert "nothing trained yet" in training_alt_text(nothing, Measure.TRAIN_LOSS)
    assert training_rows(nothing, Measure.TRAIN_LOSS) == []
