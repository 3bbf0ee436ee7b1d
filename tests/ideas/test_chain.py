"""Convolution arithmetic: against PyTorch's own layers and against what their gradients reach."""

import re

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.charts.ideas.chain import chain_alt_text, chain_chart, chain_rows
from explorer.charts.ideas.window_grid import grid_alt_text, grid_chart, grid_rows
from explorer.ideas.chain import MOST_LAYERS, ChainSetting, parse_chain
from explorer.ideas.chain_shortcuts import chain_sentence, shortcut_fit
from explorer.ideas.grid import GridSetting, grid_sentence
from explorer.ideas.measure.chain import torch_grid_side, torch_sides
from explorer.ideas.window import Window
from explorer.text.errors import Refusal


@st.composite
def grids(draw: st.DrawFn) -> GridSetting:
    side, kernel = draw(st.integers(1, 16)), draw(st.integers(1, 7))
    stride, padding, dilation = draw(st.integers(1, 5)), draw(st.integers(0, 3)), draw(st.integers(1, 3))
    assume(dilation * (kernel - 1) + 1 <= side + 2 * padding)
    most = Window(kernel, stride, padding, dilation).output(side)
    cell = draw(st.integers(1, most)), draw(st.integers(1, most))
    return GridSetting(side, kernel, stride, padding, dilation, *cell)


@st.composite
def chains(draw: st.DrawFn) -> ChainSetting:
    side = draw(st.integers(1, 300))
    parts = draw(
        st.lists(
            st.builds(
                Window, st.integers(1, 7), st.integers(1, 4), padding=st.integers(0, 3), dilation=st.integers(1, 2)
            ),
            min_size=1,
            max_size=4,
        )
    )
    try:
        return ChainSetting(side, ", ".join(part.text for part in parts))
    except Refusal:
        assume(False)
        raise


def reached(setting: GridSetting) -> torch.Tensor:
    """Which cells of the map the chosen output has a gradient for, and how many it has for any output."""
    conv = nn.Conv2d(1, 1, setting.kernel, setting.stride, setting.padding, setting.dilation, bias=False)
    nn.init.ones_(conv.weight)
    x = torch.zeros(1, 1, setting.side, setting.side, requires_grad=True)
    out = conv(x)
    (one,) = torch.autograd.grad(out[0, 0, setting.row - 1, setting.column - 1], x, retain_graph=True)
    (any_,) = torch.autograd.grad(out.sum(), x)
    return torch.stack([one[0, 0], any_[0, 0]])


@pytest.mark.slow
@settings(max_examples=120)
@given(grids())
def test_a_window_is_pytorchs(setting: GridSetting) -> None:
    assert torch_grid_side(setting) == setting.output
    chosen, ever = reached(setting)
    down, across = (setting.window.reads(place - 1) for place in (setting.row, setting.column))
    expected = torch.zeros(setting.side, setting.side)
    for row in down:
        for column in across:
            if min(row, column) >= 0 and max(row, column) < setting.side:
                expected[row, column] += 1
    assert torch.equal(chosen, expected)
    unread = set(setting.window.unread(setting.side))
    for row in range(setting.side):
        for column in range(setting.side):
            assert bool(ever[row, column] == 0) is (row in unread or column in unread)


@settings(max_examples=120)
@given(grids())
def test_the_grids_sentence(setting: GridSetting) -> None:
    said = grid_sentence(setting)
    chosen, ever = reached(setting)
    read, never = int(chosen.count_nonzero()), int((ever == 0).sum())
    assert f"{setting.side}×{setting.side} becomes {setting.output}×{setting.output}" in said
    assert f"reads {read} cell" in said
    padding = setting.kernel**2 - read
    assert (f"and {padding} of the padding" in said) is bool(padding)
    assert ("Every cell of the map is read" in said) is (never == 0)
    assert never == 0 or f"{never} of {setting.side**2}" in said
    assert said in grid_alt_text(setting)
    formula = re.search(r"⌊\((\d+) \+ 2·(\d+) − (\d+)·\((\d+) − 1\) − 1\)/(\d+)⌋ \+ 1 = (\d+)", said)
    assert formula
    n, p, d, k, s, out = map(int, formula.groups())
    assert (n + 2 * p - d * (k - 1) - 1) // s + 1 == out == setting.output


@settings(max_examples=120)
@given(chains())
def test_a_chain_is_pytorchs(setting: ChainSetting) -> None:
    assert torch_sides(setting).agrees(setting)
    assert parse_chain(", ".join(window.text for window in setting.windows)) == setting.windows


@settings(max_examples=120)
@given(chains())
def test_the_projection_that_fits_is_all_that_fits(setting: ChainSetting) -> None:
    """By trying every stride with PyTorch's own rule."""
    fit = shortcut_fit(setting)
    side, wanted = setting.side, setting.sides[-1]
    fits = [stride for stride in range(1, 2 * side + 2) if (side - 1) // stride + 1 == wanted]
    assert (fit.stride is not None) is bool(fits)
    assert not fits or fit.stride in fits or wanted == 1
    assert fit.identity is (side == wanted)
    if fit.strides and wanted > 1:
        assert fit.strides == (min(fits), max(fits))
    said = chain_sentence(setting)
    assert " → ".join(f"{each:,}" for each in setting.sides) in said
    assert ("no 1×1 projection fits" in said) is (not fits and wanted <= side)
    assert ("can be added as it is" in said) is fit.identity
    assert said in chain_alt_text(setting)
    if fit.pool:
        pool = nn.AvgPool2d(fit.pool.kernel, fit.pool.stride)
        assert pool(torch.empty(1, 1, side, side, device="meta")).shape[-1] == wanted


def test_the_worked_example() -> None:
    setting = ChainSetting()
    assert setting.sides == (312, 156, 78) and shortcut_fit(setting).stride == 4
    assert "The 312×312 input cannot be added" in chain_sentence(setting)


def test_where_none_fits_it_is_explained() -> None:
    said = chain_sentence(ChainSetting(7, "3"))
    assert "no 1×1 projection fits: stride 1 gives ⌈7/1⌉ = 7 and stride 2 gives ⌈7/2⌉ = 4" in said
    assert "An average pool of 3×3 with stride 1 would" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The chain is empty"),
        ("seven", "Layer 1, 'seven', is none"),
        ("3/0", "Stride"),
        ("3 p1 p2", "says the same thing twice"),
        ("3x5", "only square kernels"),
        ("3/2 q4", "cannot be read"),
        (", ".join(["1"] * (MOST_LAYERS + 1)), "are the most"),
        ("1" * 500, "characters"),
        ("999", "Kernel"),
    ],
)
def test_what_is_no_chain_is_said(text: str, said: str) -> None:
    with pytest.raises(Refusal, match=re.escape(said)):
        parse_chain(text)


def test_a_kernel_that_does_not_fit_names_its_layer() -> None:
    with pytest.raises(Refusal, match="Layer 2, 7/1: A 7×7 kernel does not fit into a 3×3 map"):
        ChainSetting(6, "2/2, 7")


@settings(max_examples=25)
@given(grids(), chains())
def test_the_charts_hold_every_number(grid: GridSetting, chain: ChainSetting) -> None:
    assert len(grid_rows(grid)) == grid.output
    (output,) = [trace for trace in grid_chart(grid).data if trace.name == "output"]
    assert len(output.customdata) == grid.output**2
    assert len(chain_rows(chain)) > len(chain.windows)
    assert chain_chart(chain).data
