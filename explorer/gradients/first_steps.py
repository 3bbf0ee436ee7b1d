"""The gradient flow over the first steps of training: whether what initialisation did lasts."""

import math

import torch
from torch import Tensor

from explorer.gradients.input_batch import batch_for, check_given
from explorer.gradients.measure import measure_flow
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.values import GradientFlow, InputSource
from explorer.live.progress import Progress, no_progress, part_of
from explorer.live.training_step import admitted, guarded
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.text.quantities import counted

__all__ = ["FirstSteps", "measure_first_steps"]

MAX_STEPS = 50
MAX_LEARNING_RATE = 1e30


def measure_first_steps(
    config: ResNetConfig,
    *,
    steps: int = 10,
    learning_rate: float = 0.1,
    seed: int = 0,
    batch_size: int = 16,
    device: str = "cpu",
    images: Tensor | None = None,
    labels: Tensor | None = None,
    source: InputSource | str = InputSource.NOISE,
    progress: Progress | None = None,
) -> FirstSteps:
    """The flow before each of ``steps`` steps of plain SGD on one batch, and after the last.

    One batch for all steps, so that nothing but the weights changes. The rest is as in ``gradient_flow``. A loss that
    is no number ends it; the result says so.

    Raises:
        ValueError: steps or learning rate out of bounds, or as ``gradient_flow``. DeviceError: as ``gradient_flow``.
    """
    _check(steps, learning_rate)
    place, count = admitted(config, device, seed, check_given(config, batch_size, source, images, labels))
    tell = progress or no_progress

    def work() -> FirstSteps:
        tell(0.0, "building the network")
        net = build(config, place.name, seed)
        batch = batch_for(config, place, seed=seed, batch_size=count, source=source, images=images, labels=labels)
        flows: list[GradientFlow] = []
        for step in range(steps + 1):
            flow, gradients = measure_flow(net, batch, seed, part_of(tell, step, steps + 1))
            flows.append(flow)
            if not math.isfinite(flow.loss):
                break
            if step < steps:
                _descend(net, gradients, learning_rate)
        return FirstSteps(learning_rate, steps, tuple(flows), _stopped(flows, learning_rate))

    return guarded(place, work)


def _check(steps: int, learning_rate: float) -> None:
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MAX_STEPS:
        raise ValueError(f"steps is {str(steps)[:60]}: it must be a whole number from 1 to {MAX_STEPS}.")
    number = isinstance(learning_rate, int | float) and not isinstance(learning_rate, bool)
    if not number or not 0 < learning_rate <= MAX_LEARNING_RATE:
        raise ValueError(
            f"learning_rate is {str(learning_rate)[:60]}: it must be a number above 0 and at most "
            f"{MAX_LEARNING_RATE:g}. 0.1 is the paper's for networks with batch norm."
        )


@torch.no_grad()
def _descend(net: ResNet, gradients: tuple[Tensor, ...], learning_rate: float) -> None:
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        parameter.sub_(gradient, alpha=learning_rate)


def _stopped(flows: list[GradientFlow], learning_rate: float) -> str:
    loss, after = flows[-1].loss, len(flows) - 1
    if math.isfinite(loss):
        return ""
    became = "is not a number (NaN)" if math.isnan(loss) else "is infinite"
    if after == 0:
        return f"The loss {became} before the first step: the signal leaves float32 already at initialisation."
    return (
        f"After {counted(after, 'step')} with learning rate {learning_rate:g} the loss {became}: training diverged, "
        "and further steps would change nothing. Take a smaller learning rate."
    )
