"""Trains a map and its residual twin with gradient descent, from the same weights on the same data."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from explorer.ideas.identity import HIDDEN, SAMPLES, SIDE, Form, IdentityRun, IdentitySetting, Learner, Target
from explorer.ideas.limits import Matrix

_EXPLODED = 1e6  # times the first loss, or 1 where that is less


def identity_run(setting: IdentitySetting) -> IdentityRun:
    """Trains both forms on ``SAMPLES`` standard normal inputs, in double precision.

    The loss is half of the squared distance between answer and wanted answer, averaged over the samples.
    """
    generator = torch.Generator().manual_seed(setting.seed)
    normal = partial(torch.randn, generator=generator, dtype=torch.float64)
    inputs = normal(SAMPLES, SIDE)
    random = normal(SIDE, SIDE)
    eye = torch.eye(SIDE, dtype=torch.float64)
    sign = 1 if setting.target is Target.IDENTITY else -1
    wanted = sign * eye + setting.distance * random / torch.linalg.matrix_norm(random, ord=2)
    weights = _initial(setting, normal)
    answers = inputs @ wanted.T  # (SAMPLES, SIDE)
    variances, directions = torch.linalg.eigh(inputs.T @ inputs / SAMPLES)
    return IdentityRun(
        setting,
        plain=_trained(setting, weights, inputs, answers, wanted),
        # What is left for F when x is added to its answer: the same as fitting F to H(x) - x.
        residual=_trained(setting, weights, inputs, answers, wanted - eye, skip=True),
        zero_loss=float(answers.square().sum(1).mean() / 2),
        variances=tuple(variances.tolist()),
        directions=_rows(directions.T),
    )


def _initial(setting: IdentitySetting, normal: Callable[..., Tensor]) -> list[Tensor]:
    """Returns the weights of each layer, (outputs, inputs)."""
    shapes = [(SIDE, SIDE)] if setting.form is Form.LINEAR else [(HIDDEN, SIDE), (SIDE, HIDDEN)]
    return [setting.scale / math.sqrt(inputs) * normal(outputs, inputs) for outputs, inputs in shapes]


def _branch(form: Form, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    """F(x), (N, SIDE) -> (N, SIDE)."""
    for layer, weight in enumerate(weights):
        x = functional.linear(functional.relu(x) if layer and form is Form.TWO_RELU else x, weight)
    return x


def _trained(
    setting: IdentitySetting, start: Sequence[Tensor], x: Tensor, answers: Tensor, wanted: Tensor, *, skip: bool = False
) -> Learner:
    weights = [weight.clone().requires_grad_() for weight in start]
    losses: list[float] = []
    diverged = False
    for step in range(setting.steps + 1):
        branch = _branch(setting.form, weights, x)
        loss = ((x + branch if skip else branch) - answers).square().sum(1).mean() / 2
        losses.append(float(loss.detach()))
        diverged = not losses[-1] <= _EXPLODED * max(losses[0], 1)
        if diverged or step == setting.steps:
            break
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.sub_(setting.learning_rate * gradient)
    before, after = (_nearest_map(setting.form, each, x) for each in (start, weights))
    return Learner(_rows(wanted), before, after, tuple(losses), diverged)


def _nearest_map(form: Form, weights: Sequence[Tensor], x: Tensor) -> Matrix:
    """Returns the linear map nearest to F on the data, by least squares."""
    with torch.no_grad():
        if form is Form.LINEAR:
            return _rows(weights[0])
        return _rows(torch.linalg.lstsq(x, _branch(form, weights, x)).solution.T)


def _rows(matrix: Tensor) -> Matrix:
    return tuple(map(tuple, matrix.tolist()))
