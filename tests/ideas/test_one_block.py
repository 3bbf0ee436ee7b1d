"""The block against PyTorch, and its sentences against its numbers."""

from itertools import pairwise

import pytest
import torch
from torch.nn import functional

from explorer.ideas.one_block import OneBlock, X, distance, sentence
from explorer.text.errors import Refusal

SCALES = [tenth / 10 for tenth in range(11)]


def by_torch(scale: float) -> torch.Tensor:
    """``scale`` times two convolutions with ReLU between them; the kernels are written here once more."""
    x = torch.tensor([[X]], dtype=torch.float64)
    first, second = (torch.tensor([[each]], dtype=torch.float64) for each in ([-1, 0, 1], [0.5, 0, -1]))
    hidden = functional.conv1d(x, first, padding=1).relu()
    return scale * functional.conv1d(hidden, second, padding=1)[0, 0]


@pytest.mark.parametrize("scale", SCALES)
def test_the_block_is_pytorchs(scale: float) -> None:
    block, branch = OneBlock(scale), by_torch(scale)
    torch.testing.assert_close(torch.tensor(block.branch, dtype=torch.float64), branch)
    torch.testing.assert_close(torch.tensor(block.output, dtype=torch.float64), torch.tensor(X).double() + branch)
    away = (torch.tensor(block.output).double() - torch.tensor(X).double()).norm() / torch.tensor(X).double().norm()
    assert distance(block.output) == pytest.approx(float(away))


def test_without_f_the_shortcut_passes_x_on_and_nothing_else_does() -> None:
    nothing = OneBlock(0)
    assert nothing.output == X and not any(nothing.branch)
    assert (distance(nothing.output), distance(nothing.branch)) == (0, 1)
    assert "x comes out as it went in" in sentence(nothing) and "nothing comes out" in sentence(nothing)


def test_with_the_shortcut_less_of_f_is_nearer_to_x_and_without_it_is_always_farther_away() -> None:
    blocks = [OneBlock(scale) for scale in SCALES]
    for less, more in pairwise(blocks):
        assert distance(less.output) < distance(more.output)
    assert all(distance(block.output) < distance(block.branch) for block in blocks)


@pytest.mark.parametrize("scale", SCALES[1:])
def test_the_sentence_has_both_distances(scale: float) -> None:
    block = OneBlock(scale)
    kept, alone = (round(100 * distance(each)) for each in (block.output, block.branch))
    assert f"by {kept} % of its length. Without it, by {alone} %." in sentence(block)


@pytest.mark.parametrize("scale", [-0.1, 1.1, float("nan")])
def test_other_scales_are_refused(scale: float) -> None:
    with pytest.raises(Refusal, match="Scale of F"):
        OneBlock(scale)
