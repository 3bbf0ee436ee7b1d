"""The heat maps read back: every number of every step, what has no colour marked, and one colour scale for all."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.colors import sample_colorscale

from explorer.charts.gradients.first_steps import (
    COLOURS,
    first_steps_alt_text,
    first_steps_chart,
    first_steps_rows,
    grid,
)
from explorer.charts.log_axis import SYMBOLS
from explorer.charts.palette import MUTED, contrast
from explorer.gradients.first_steps import measure_first_steps
from explorer.gradients.number_words import reading_text, reading_words
from explorer.gradients.quantity import Quantity
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.values import FlowReading, ReadingState
from explorer.network.config import ResNetConfig
from tests.charts.reading import plain
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, by_hand, readings

NAMES = ("Shortcut A", "No shortcuts")
ONE = FlowReading.of(1.0)
every_quantity = pytest.mark.parametrize("quantity", Quantity)


@cache
def measured(name: str = "pads", steps: int = 2, learning_rate: float = 0.1) -> tuple[FirstSteps, ...]:
    base = replace(TINY["pads"], norm="none") if name == "no norm" else TINY[name]
    configs: tuple[ResNetConfig, ...] = (base, replace(base, shortcut="none", zero_init_residual=False))
    return tuple(measure_first_steps(each, steps=steps, learning_rate=learning_rate, batch_size=2) for each in configs)


def run(columns: Sequence[Sequence[FlowReading]], steps: int = 0, stopped: str = "") -> FirstSteps:
    """Gradients by hand, a column for each step."""
    flows = tuple(by_hand(TINY["plain"], column) for column in columns)
    return FirstSteps(0.1, steps or max(len(columns) - 1, 1), flows, stopped)


def maps(figure: go.Figure) -> list[go.Heatmap]:
    return [trace for trace in figure.data if isinstance(trace, go.Heatmap)]


def marked(figure: go.Figure, number: int) -> dict[tuple[int, int], str]:
    """Of one panel by (row, step): the mark."""
    axis = f"y{number + 1 if number else ''}"
    return {
        (y, x): trace.marker.symbol
        for trace in figure.data
        if isinstance(trace, go.Scatter) and trace.yaxis == axis and trace.showlegend is False
        for x, y in zip(trace.x, trace.y, strict=True)
    }


def title(figure: go.Figure) -> str:
    return plain(figure.layout.title.text)


@every_quantity
def test_what_was_measured_is_what_is_drawn(quantity: Quantity) -> None:
    figure = first_steps_chart(measured(), NAMES, quantity)
    assert len(maps(figure)) == 2 and quantity.label in title(figure)
    for one, heat in zip(measured(), maps(figure), strict=True):
        places = quantity.places(one.flows[0])
        assert (len(heat.z), len(heat.z[0])) == (len(places), 3)
        own = {"gradient": one.gradient_norms, "weight": one.weight_norms, "signal": one.signal_norms}[quantity]
        assert grid(one, quantity) == own
        for place, row, tips, expected in zip(places, heat.z, heat.hovertext, own, strict=True):
            assert [10**z for z in row] == pytest.approx([reading.value for reading in expected])
            for step, (tip, reading) in enumerate(zip(tips, expected, strict=True)):
                assert place in tip and reading_words(reading) in tip
                assert ("before the first step" if step == 0 else f"after step {step}") in tip


GRIDS = st.lists(st.lists(readings(), min_size=5, max_size=5), min_size=1, max_size=4)


@pytest.mark.slow
@given(st.lists(GRIDS, min_size=1, max_size=2))
def test_every_number_has_its_colour_and_what_is_not_measured_its_mark(columns: list[list[list[FlowReading]]]) -> None:
    runs = [run(each) for each in columns]
    figure = first_steps_chart(runs, NAMES[: len(runs)], Quantity.GRADIENT)
    colours = figure.layout.coloraxis
    for number, (one, heat) in enumerate(zip(runs, maps(figure), strict=True)):
        assert heat.coloraxis == "coloraxis"
        marks = marked(figure, number)
        for row, values in enumerate(grid(one, Quantity.GRADIENT)):
            for step, reading in enumerate(values):
                z = heat.z[row][step]
                assert z == (reading.log10 if reading.finite else None)
                assert z is None or colours.cmin <= z <= colours.cmax
                assert marks.get((row, step)) == SYMBOLS.get(reading.state)
    states = {reading.state for one in runs for flow in one.flows for reading in flow.gradient_norms}
    keys = {plain(trace.name) for trace in figure.data if trace.x == (None,)}
    assert keys == {
        "values below float32" if state is ReadingState.UNDERFLOW else str(state)
        for state in states - {ReadingState.MEASURED}
    }


def test_marks_are_seen_on_their_cells() -> None:
    deep = [FlowReading(0.0, ReadingState.UNDERFLOW, -40.0 - index) for index in range(20)]
    figure = first_steps_chart([run([deep[:5], deep[5:10], deep[10:15], deep[15:]])], ["It"], Quantity.GRADIENT)
    colours = figure.layout.coloraxis
    trace = next(trace for trace in figure.data if isinstance(trace, go.Scatter) and trace.showlegend is False)
    for x, y, ink in zip(trace.x, trace.y, trace.marker.color, strict=True):
        share = (maps(figure)[0].z[y][x] - colours.cmin) / (colours.cmax - colours.cmin)
        red, green, blue = (
            int(part) for part in sample_colorscale(COLOURS, [share])[0].removeprefix("rgb(").rstrip(")").split(",")
        )
        assert contrast(ink, f"#{red:02X}{green:02X}{blue:02X}") >= 3
    bare = first_steps_chart([run([[NAN, ZERO, INFINITE, ONE, ONE]])], ["It"], Quantity.GRADIENT)
    inks = {ink for trace in bare.data if isinstance(trace, go.Scatter) for ink in (trace.marker.color or ())}
    assert inks - set(MUTED) == {MUTED}


def test_zero_init_is_marked_before_the_first_step_and_coloured_after_it() -> None:
    figure = first_steps_chart(measured("zero-init"), NAMES, Quantity.WEIGHT)
    marks = marked(figure, 0)
    inner = [row for row, layer in enumerate(measured("zero-init")[0].layers) if layer.startswith("layer")]
    assert marks == {(row, 0): SYMBOLS[ReadingState.ZERO] for row in inner}
    assert not marked(figure, 1)
    assert all(maps(figure)[0].z[row][0] is None and maps(figure)[0].z[row][1] is not None for row in inner)


def test_training_that_stops_is_said_and_leaves_the_rest_empty() -> None:
    runs = measured("no norm", 3, 1e30)
    assert any(one.stopped for one in runs)
    figure = first_steps_chart(runs, NAMES, Quantity.GRADIENT)
    for one, name, heat in zip(runs, NAMES, maps(figure), strict=True):
        assert (f"{name}: {one.stopped}" in title(figure)) == bool(one.stopped)
        assert len(heat.z[0]) == len(one.flows)
        assert one.stopped in first_steps_alt_text(runs, NAMES, Quantity.GRADIENT)
    assert figure.layout.xaxis.range[1] == 3.5


def test_panels_are_below_each_other_with_the_input_at_the_top() -> None:
    figure = first_steps_chart(measured("projections"), NAMES, Quantity.WEIGHT)
    first, second = figure.layout.yaxis, figure.layout.yaxis2
    assert 1 > first.domain[1] > first.domain[0] > second.domain[1] > second.domain[0] >= -1e-9
    assert figure.layout.xaxis.anchor == "y2"
    for axis, one in zip((first, second), measured("projections"), strict=True):
        assert axis.range == (len(one.layers) - 0.5, -0.5)
        assert [plain(text) for text in axis.ticktext][:2] == ["conv1", "layer1"]
    assert [plain(note.text) for note in figure.layout.annotations] == list(NAMES)
    assert [note.y for note in figure.layout.annotations] == [first.domain[1], second.domain[1]]


def test_the_key_of_the_colours_is_below_everything_and_inside_the_figure() -> None:
    for runs in (measured(), measured("zero-init"), [run([[ZERO, LOST, INFINITE, NAN, ONE]])]):
        figure = first_steps_chart(runs, NAMES[: len(runs)], Quantity.WEIGHT if len(runs) == 2 else Quantity.GRADIENT)
        layout = figure.layout
        height = layout.height - layout.margin.t - layout.margin.b
        below = -layout.coloraxis.colorbar.y * height
        entries = sum(trace.x == (None,) for trace in figure.data)
        assert below >= 58 + 26 * math.ceil(entries / 2)
        assert below + 60 <= layout.margin.b
        assert len(layout.coloraxis.colorbar.tickvals) >= 2
        assert layout.coloraxis.cmin < layout.coloraxis.cmax


@every_quantity
def test_the_table_has_every_number(quantity: Quantity) -> None:
    rows = first_steps_rows(measured(), NAMES, quantity)
    expected = [
        (name, place, [reading_text(reading) for reading in line])
        for one, name in zip(measured(), NAMES, strict=True)
        for place, line in zip(quantity.places(one.flows[0]), grid(one, quantity), strict=True)
    ]
    assert [(row["network"], row["place"], [row[f"step {step}"] for step in range(3)]) for row in rows] == expected


def test_the_table_of_runs_of_different_lengths() -> None:
    rows = first_steps_rows([run([[ONE], [LOST]]), run([[NAN]])], ["It", "It"], Quantity.GRADIENT)
    assert {tuple(row) for row in rows} == {("network", "place", "step 0", "step 1")}
    assert rows[0]["step 1"] == "1.0e-52 (below float32)"
    assert (rows[-1]["network"], rows[-1]["step 0"], rows[-1]["step 1"]) == ("It (2)", "not a number", "")


def test_words_for_those_who_do_not_see_it() -> None:
    runs = [run([[ONE], [LOST]])]
    assert first_steps_alt_text(runs, ["It"], Quantity.GRADIENT) == (
        "Gradient at each block, |dL/dh|, over the first SGD steps, from input to output. "
        "It: 1 to 1 before the first step, 10⁻⁵² (below float32) to 10⁻⁵² (below float32) after step 1."
    )


def test_nothing_measured_is_said_and_names_are_no_markup() -> None:
    assert "nothing measured yet" in title(first_steps_chart([], [], Quantity.GRADIENT))
    assert first_steps_alt_text([], [], Quantity.GRADIENT) == "First steps: nothing measured yet."
    assert first_steps_rows([], [], Quantity.GRADIENT) == []
    assert "It <b>!" not in first_steps_chart([run([[ONE]])], ["It <b>!"], Quantity.GRADIENT).to_json()


def test_fifty_steps_have_few_ticks_and_marks_that_stay_in_their_cells() -> None:
    figure = first_steps_chart([run([[ZERO]] * 51)], ["It"], Quantity.GRADIENT)
    assert len(figure.layout.xaxis.tickvals) <= 8
    trace = next(trace for trace in figure.data if isinstance(trace, go.Scatter) and trace.showlegend is False)
    assert trace.marker.size <= 270 / 51
