"""The chart of products of derivatives read back from its traces."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.charts.gradients import derivative_product
from explorer.charts.gradients.derivative_product import product_alt_text, product_chart, product_rows
from explorer.gradients.activation_functions import peak, product, typical_factor
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from tests.charts.reading import plain

LAYERS = st.integers(1, 2000)
TINY = math.log10(torch.finfo(torch.float32).tiny)


@pytest.mark.slow
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


@pytest.mark.slow
@given(st.sampled_from(Activation), LAYERS)
def test_the_smallest_float32_and_the_readers_layers_are_drawn(chosen: Activation, layers: int) -> None:
    figure = product_chart(chosen, layers)
    across, upright = figure.layout.shapes
    assert across.y0 == across.y1 == pytest.approx(TINY) and upright.x0 == upright.x1 == layers
    assert figure.layout.yaxis.range[0] < TINY < figure.layout.yaxis.range[1]
    assert {plain(note.text) for note in figure.layout.annotations} == {"smallest float32", f"L = {layers:,}"}
    assert "weights not counted" in plain(figure.layout.title.text)


@pytest.mark.slow
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


@pytest.mark.slow
@given(st.sampled_from(Activation), LAYERS, st.sampled_from([270, 400, 900]))
@settings(max_examples=100)
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


@given(st.sampled_from(Activation), LAYERS)
def test_the_products_rows_hold_the_readers_own(chosen: Activation, layers: int) -> None:
    rows = {row["layers"]: row for row in product_rows(chosen, layers)}
    assert list(rows) == sorted(rows) and {1, 10, layers} <= rows.keys()
    assert rows[layers]["log10 typical"] == product(chosen, layers).log10_typical
    assert str(rows[layers]["typical"]) in product_alt_text(chosen, layers)


@pytest.mark.parametrize("layers", [0, -5])
def test_no_layers_are_refused(layers: int) -> None:
    with pytest.raises(ValueError, match="whole number from 1"):
        product_chart(Activation.RELU, layers)
