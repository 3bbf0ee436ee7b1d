"""The charts of activations read back from their traces."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.charts.gradients import derivative_product
from explorer.charts.gradients.activations import (
    CHOSEN,
    activation_curve_rows,
    activations_alt_text,
    activations_chart,
    activations_rows,
)
from explorer.charts.gradients.derivative_product import product_alt_text, product_chart, product_rows
from explorer.charts.palette import MUTED, NETWORKS, ROLE_COLOURS
from explorer.gradients.activation_functions import peak, product, typical_factor
from explorer.network.blocks import ACTIVATIONS
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from tests.charts import test_palette as ruler
from tests.charts.reading import plain

every_activation = pytest.mark.parametrize("chosen", Activation)
LAYERS = st.integers(1, 2000)
TINY = math.log10(torch.finfo(torch.float32).tiny)


@every_activation
def test_the_lines_are_pytorchs_functions_and_their_derivatives(chosen: Activation) -> None:
    figure = activations_chart(chosen)
    for activation, make in ACTIVATIONS.items():
        upper, lower = (trace for trace in figure.data if trace.name == OPTION_LABELS[activation])
        z = torch.tensor(np.asarray(upper.x), dtype=torch.float64, requires_grad=True)
        heights = make()(z)
        (slopes,) = torch.autograd.grad(heights.sum(), z)
        np.testing.assert_allclose(np.asarray(upper.y), heights.detach().numpy(), atol=1e-12)
        np.testing.assert_allclose(np.asarray(lower.y), slopes.numpy(), atol=1e-12)
        assert (upper.yaxis, lower.yaxis) == ("y", "y2")


@every_activation
def test_nothing_reaches_out_of_the_panels(chosen: Activation) -> None:
    figure = activations_chart(chosen)
    for trace in figure.data:
        low, high = figure.layout["yaxis2" if trace.yaxis == "y2" else "yaxis"].range
        assert low <= min(trace.y) and max(trace.y) <= high
        assert figure.layout.xaxis.range[0] <= min(trace.x) and max(trace.x) <= figure.layout.xaxis.range[1]


@every_activation
def test_the_chosen_one_is_strong_and_on_top_and_the_others_have_their_own_dashes(chosen: Activation) -> None:
    lines = [trace for trace in activations_chart(chosen).data if trace.mode == "lines"]
    strong = [trace for trace in lines if trace.line.color == CHOSEN]
    assert {trace.name for trace in strong} == {OPTION_LABELS[chosen]} and lines[-2:] == strong
    muted = [trace for trace in lines if trace.line.color == MUTED]
    assert len(strong) + len(muted) == len(lines) and max(t.line.width for t in muted) < strong[0].line.width
    assert len({trace.line.dash for trace in lines}) == len(Activation)
    named = sorted((trace for trace in lines if trace.showlegend), key=lambda trace: trace.legendrank)
    assert [trace.name for trace in named] == [OPTION_LABELS[each] for each in Activation]


@every_activation
def test_the_largest_derivative_is_marked_and_said(chosen: Activation) -> None:
    figure = activations_chart(chosen)
    marker = figure.data[-1]
    assert (marker.x[0], marker.y[0]) == (peak(chosen).z, peak(chosen).size)
    said = plain(marker.text[0])
    assert said in plain(figure.layout.title.text) and said in activations_alt_text(chosen)
    assert float(said.removeprefix("at most ")) == pytest.approx(peak(chosen).size, abs=5e-4)


@given(st.sampled_from(Activation), LAYERS)
def test_the_product_lines_are_powers_and_stay_inside_the_axes(chosen: Activation, layers: int) -> None:
    figure = product_chart(chosen, layers)
    bound, typical, marks = figure.data
    for line, factor in ((bound, peak(chosen).size), (typical, typical_factor(chosen))):
        assert list(line.y) == pytest.approx([count * math.log10(factor) for count in line.x])
        assert line.x[0] == 0 and line.x[-1] >= layers
    there = product(chosen, layers)
    assert list(marks.x) == [layers, layers] and list(marks.y) == [there.log10_bound, there.log10_typical]
    for axis, name in ((figure.layout.xaxis, "x"), (figure.layout.yaxis, "y")):
        assert all(axis.range[0] <= at <= axis.range[1] for trace in figure.data for at in trace[name])


@given(st.sampled_from(Activation), LAYERS)
def test_the_smallest_float32_and_the_readers_layers_are_drawn(chosen: Activation, layers: int) -> None:
    figure = product_chart(chosen, layers)
    across, upright = figure.layout.shapes
    assert across.y0 == across.y1 == pytest.approx(TINY) and upright.x0 == upright.x1 == layers
    assert figure.layout.yaxis.range[0] < TINY < figure.layout.yaxis.range[1]
    assert {plain(note.text) for note in figure.layout.annotations} == {"smallest float32", f"L = {layers:,}"}
    assert "weights not counted" in plain(figure.layout.title.text)


@given(st.sampled_from(Activation), LAYERS)
def test_ticks_are_powers_of_ten_in_words_and_few(chosen: Activation, layers: int) -> None:
    axis = product_chart(chosen, layers).layout.yaxis
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    words = [plain(text) for text in axis.ticktext]
    read = [0 if text == "1" else int(text.removeprefix("10").translate(digits)) for text in words]
    assert read == list(axis.tickvals) and 2 <= len(read) <= 7 and 0 in read
    assert all(axis.range[0] <= tick <= axis.range[1] for tick in read)


def words_box(note: object, layout: object, width: float) -> tuple[float, float, float, float]:
    """Where the words at the float32 line are, in pixels of a plot so wide, from its lower left corner."""
    (low, high), end = layout.yaxis.range, layout.xaxis.range[1]
    x, y = note.x / end * width + note.xshift, (note.y - low) / (high - low) * derivative_product._HEIGHT
    long = 7.4 * len(plain(note.text))
    left = x if note.xanchor == "left" else x - long
    return left, left + long, *((y, y + 18) if note.yanchor == "bottom" else (y - 18, y))


@given(st.sampled_from(Activation), LAYERS, st.sampled_from([270, 400, 900]))
@settings(max_examples=200)
@example(Activation.RELU, 505, 270)
@example(Activation.SIGMOID, 112, 270)
def test_the_words_at_the_float32_line_stay_clear_of_the_products(
    chosen: Activation, layers: int, width: float
) -> None:
    layout = product_chart(chosen, layers).layout
    (low, high), end = layout.yaxis.range, layout.xaxis.range[1]
    left, right, bottom, top = words_box(layout.annotations[0], layout, width)
    assert left >= 0 and right <= width and bottom >= 0
    for factor in (peak(chosen).size, typical_factor(chosen)):
        heights = (np.linspace(left, right, 50) / width * end * math.log10(factor) - low) / (high - low)
        assert not any(bottom + 3 < height * derivative_product._HEIGHT < top - 3 for height in heights)


@given(st.sampled_from(Activation), LAYERS)
def test_the_alt_text_says_where_products_fall_below_float32(chosen: Activation, layers: int) -> None:
    text = product_alt_text(chosen, layers)
    first = int(text.rpartition("float32 from ")[2].removesuffix(" activations on.").replace(",", ""))
    assert typical_factor(chosen) ** first < torch.finfo(torch.float32).tiny <= typical_factor(chosen) ** (first - 1)
    assert ("The bound never falls" in text) == (peak(chosen).size >= 1)
    assert "weights not counted" in text and OPTION_LABELS[chosen] in text


def test_the_rows_hold_what_is_drawn() -> None:
    assert [row["activation"] for row in activations_rows()] == [OPTION_LABELS[each] for each in Activation]
    assert [row["typical factor"] for row in activations_rows()] == [typical_factor(each) for each in Activation]
    rows = activation_curve_rows()
    assert [row["z"] for row in rows] == [-4 + step / 2 for step in range(17)]
    for activation, make in ACTIVATIONS.items():
        heights = make()(torch.tensor([row["z"] for row in rows], dtype=torch.float64)).numpy()
        np.testing.assert_allclose([row[f"{OPTION_LABELS[activation]} f"] for row in rows], heights, atol=1e-12)
        assert max(row[f"{OPTION_LABELS[activation]} f′"] for row in rows) <= peak(activation).size


@given(st.sampled_from(Activation), LAYERS)
def test_the_products_rows_hold_the_readers_own(chosen: Activation, layers: int) -> None:
    rows = {row["layers"]: row for row in product_rows(chosen, layers)}
    assert list(rows) == sorted(rows) and {1, 10, layers} <= rows.keys()
    assert rows[layers]["log10 typical"] == product(chosen, layers).log10_typical
    assert str(rows[layers]["typical"]) in product_alt_text(chosen, layers)


def test_the_colour_is_no_networks_and_no_roles() -> None:
    taken = {MUTED, *ROLE_COLOURS.values(), *(style.colour for style in NETWORKS)}
    for matrix in ruler.SIGHT.values():
        seen = {colour: ruler.lab(ruler.times(matrix, ruler.linear(colour))) for colour in (CHOSEN, *taken)}
        assert min(math.dist(seen[CHOSEN], seen[other]) for other in taken) >= ruler.APART
    assert min(ruler.contrast(CHOSEN, background) for background in ruler.BACKGROUNDS) >= 3


@pytest.mark.parametrize("layers", [0, -5])
def test_no_layers_are_refused(layers: int) -> None:
    with pytest.raises(ValueError, match="whole number from 1"):
        product_chart(Activation.RELU, layers)
