"""Noise of known kinds in closed form, one layer in closed form, and gradients by finite differences."""

import math
import pickle

import pytest
import torch
from torch import nn

from explorer.training.shattered import sentences
from explorer.training.shattered.measure import (
    autocorrelation,
    circle_gradients,
    draw,
    right_angles,
    shattered_gradients,
)
from explorer.training.shattered.sentences import told_better, told_neighbours, told_study, told_theory
from explorer.training.shattered.values import LAG, POINTS, Alike, Branches, Shattering, ShatteringStudy, theory

STUDY = shattered_gradients(True, depths=(1, 4, 10), seeds=(0, 1, 2), width=100)


@pytest.mark.parametrize("lag", [1, 5, 30])
def test_white_noise(lag: int) -> None:
    noise = torch.randn(POINTS, 20_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert autocorrelation(noise, lag) == pytest.approx(-1 / (POINTS - 1), abs=0.003)


@pytest.mark.parametrize("lag", [1, 5, 30, 60])
def test_brown_noise(lag: int) -> None:
    """A random walk that returns to its start: its steps' mean is subtracted."""
    steps = torch.randn(POINTS, 20_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    walk = (steps - steps.mean(0)).cumsum(0)
    expected = 1 - 6 * lag * (POINTS - lag) / (POINTS**2 - 1)
    assert autocorrelation(walk, lag) == pytest.approx(expected, abs=0.01)


def test_what_never_changes_is_all_alike() -> None:
    assert autocorrelation(torch.ones(POINTS, 3), LAG) == right_angles(torch.ones(POINTS, 3)) == 1


@pytest.mark.parametrize("normed", [True, False])
@pytest.mark.parametrize("branches", Branches)
def test_one_layer_in_closed_form(branches: Branches, normed: bool) -> None:
    """Each neuron is active on one half of the circle, so its gradient is a square wave: 1 − 4 lag / points."""
    found = circle_gradients(branches, 1, draw(3, 1), normed=normed)
    for lag in (1, LAG, 30):
        assert autocorrelation(found, lag) == pytest.approx(1 - 4 * lag / POINTS, abs=1e-9)


@pytest.mark.parametrize("branches", [Branches.PLAIN, Branches.FULL])
def test_one_layer_at_right_angles_is_the_theorems(branches: Branches) -> None:
    found = [right_angles(circle_gradients(branches, 1, draw(seed, 1, 1000), normed=False)) for seed in range(3)]
    assert sum(found) / 3 == pytest.approx(theory(branches, 1, normed=False), abs=0.02)


@pytest.mark.parametrize("normed", [True, False])
@pytest.mark.parametrize("branches", Branches)
def test_gradients_are_those_of_a_network_of_modules(branches: Branches, normed: bool) -> None:
    """The same weights in nn.Linear and nn.BatchNorm1d: training mode once for the statistics, then evaluation mode."""
    width, depth, points = 12, 4, 16
    random = torch.Generator().manual_seed(5)
    ends, readout = (torch.randn(size, generator=random, dtype=torch.float64) for size in ((2, width), (width,)))
    angles = torch.tensor([2 * math.pi * (point + 0.5) / points for point in range(points)], dtype=torch.float64)
    inputs = (torch.stack([angles.cos(), angles.sin()], 1) @ ends).requires_grad_()
    layers = []
    for _ in range(depth):
        linear = nn.Linear(width, width, bias=False, dtype=torch.float64)
        linear.weight.data = torch.randn(width, width, generator=random, dtype=torch.float64).T * (2 / width) ** 0.5
        norm = nn.BatchNorm1d(width, momentum=1.0, affine=False, dtype=torch.float64) if normed else nn.Identity()
        layers.append((norm, linear))
    h, skip = inputs, 0 if branches is Branches.PLAIN else 1
    for norm, linear in layers:
        if normed:
            norm.train()(h)
            norm.running_var *= (points - 1) / points  # PyTorch keeps the unbiased one
        h = skip * h + branches.factor * linear(norm.eval()(h).relu())
    (expected,) = torch.autograd.grad((h @ readout).sum(), inputs)
    found = circle_gradients(branches, depth, draw(5, depth, width), normed=normed, points=points)
    torch.testing.assert_close(found, expected)


def test_deep_plain_networks_shatter_and_small_branches_do_not() -> None:
    """The paper's finding, in the order of its figure 1 and 2."""
    plain, full, tenth = (STUDY.of(branches)[-1].median(Alike.NEIGHBOURS) for branches in Branches)
    assert plain < 0.2 < full < tenth and tenth > 0.7


def test_it_is_said_from_the_numbers() -> None:
    said = told_neighbours(STUDY)
    assert "15° apart" in said and "at 10 layers" in said and "median of 3 seeds" in said
    assert told_better(STUDY).startswith("For every seed they are more alike in residual ones and")
    assert "2⁻ᴸ is 0.06 for plain networks of 4 layers; " in told_theory(STUDY)
    assert "(3/4)ᴸ" not in told_theory(STUDY)  # which is not about norms
    without = shattered_gradients(False, depths=(2,), seeds=(0,), width=20)
    assert "(3/4)ᴸ is 0.56 for residual ones of 2 layers" in told_theory(without)


def test_noise_and_overlap_are_called_that() -> None:
    def study(plain: tuple[float, ...], other: tuple[float, ...]) -> ShatteringStudy:
        each = {Branches.PLAIN: plain, Branches.FULL: other, Branches.TENTH: other}
        return ShatteringStudy(True, 9, tuple(Shattering(name, 2, value, value) for name, value in each.items()))

    assert "In plain networks the seeds lie on both sides of 0" in told_neighbours(study((-0.1, 0.1), (0.5, 0.6)))
    assert "noise" not in told_neighbours(study((0.1, 0.2), (0.5, 0.6)))
    assert "measured, more for every seed" in told_theory(study((0.3, 0.4), (0.1, 0.1)))
    assert "measured, less for every seed" in told_theory(study((0.1, 0.2), (0.1, 0.1)))
    assert "measured, the seeds on both sides" in told_theory(study((0.1, 0.4), (0.1, 0.1)))
    assert "overlap" in told_better(study((0.1, 0.5), (0.4, 0.6)))
    assert sentences.is_noise(Shattering(Branches.PLAIN, 1, (-0.1, 0.1), (1.0, 1.0)))


def test_the_job_travels_tells_its_progress_and_repeats_itself() -> None:
    told: list[float] = []
    state = torch.get_rng_state()
    again = shattered_gradients(
        True, depths=(1, 4, 10), seeds=(0, 1, 2), width=100, progress=lambda f, _: told.append(f)
    )
    assert again == STUDY and pickle.loads(pickle.dumps(again)) == STUDY
    assert pickle.loads(pickle.dumps(shattered_gradients)) is shattered_gradients
    assert told == sorted(told) and told[0] == 0 and 0.8 < told[-1] <= 1
    assert torch.equal(torch.get_rng_state(), state) and len(told_study(STUDY)) == 3
