"""The charts of activations read back from their traces."""

import math

import numpy as np
import pytest
import torch

from explorer.charts.gradients.activations import (
    CHOSEN,
    activation_curve_rows,
    activations_alt_text,
    activations_chart,
    activations_rows,
)
from explorer.charts.palette import MUTED, NETWORKS, ROLE_COLOURS
from explorer.gradients.activation_functions import peak, typical_factor
from explorer.network.blocks import ACTIVATIONS
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation
from tests.charts import test_palette as ruler
from tests.charts.reading import plain

every_activation = pytest.mark.parametrize("chosen", Activation)


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


def test_the_rows_hold_what_is_drawn() -> None:
    assert [row["activation"] for row in activations_rows()] == [OPTION_LABELS[each] for each in Activation]
    assert [row["typical factor"] for row in activations_rows()] == [typical_factor(each) for each in Activation]
    rows = activation_curve_rows()
    assert [row["z"] for row in rows] == [-4 + step / 2 for step in range(17)]
    for activation, make in ACTIVATIONS.items():
        heights = make()(torch.tensor([row["z"] for row in rows], dtype=torch.float64)).numpy()
        np.testing.assert_allclose([row[f"{OPTION_LABELS[activation]} f"] for row in rows], heights, atol=1e-12)
        assert max(row[f"{OPTION_LABELS[activation]} f′"] for row in rows) <= peak(activation).size


def test_the_colour_is_no_networks_and_no_roles() -> None:
    taken = {MUTED, *ROLE_COLOURS.values(), *(style.colour for style in NETWORKS)}
    for matrix in ruler.SIGHT.values():
        seen = {colour: ruler.lab(ruler.times(matrix, ruler.linear(colour))) for colour in (CHOSEN, *taken)}
        assert min(math.dist(seen[CHOSEN], seen[other]) for other in taken) >= ruler.APART
    assert min(ruler.contrast(CHOSEN, background) for background in ruler.BACKGROUNDS) >= 3
