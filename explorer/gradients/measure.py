"""How the gradient flows through a network: measured in one forward and backward pass in training mode.

In evaluation mode a batch norm is nearly the identity at initialisation, and would hide what it does to gradients (Yang
et al. 2019, arXiv:1902.08129). ``values`` has what is returned, ``hooks`` the instruments.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypedDict, TypeVar, Unpack

import torch
from torch import Tensor

from explorer.gradients.amounts import PassResult
from explorer.gradients.flow_of_passes import flow_of
from explorer.gradients.hooks import measured_pass
from explorer.gradients.input_batch import Batch, batch_for, check_given
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import GradientFlow, InputSource
from explorer.live.progress import Progress, StepCounter, between, check_seed, no_progress, part_of
from explorer.live.training_step import admitted, guarded
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build, build_like
from explorer.text.quantities import counted

__all__ = ["GradientFlow", "gradient_flow", "over_seeds"]

MAX_SEEDS = 32
T = TypeVar("T")


class FlowOptions(TypedDict, total=False):
    """The options of ``gradient_flow`` beside the network and the seed."""

    batch_size: int
    device: str
    images: Tensor | None
    labels: Tensor | None
    source: InputSource | str


def gradient_flow(
    config: ResNetConfig,
    *,
    seed: int = 0,
    batch_size: int = 16,
    device: str = "cpu",
    images: Tensor | None = None,
    labels: Tensor | None = None,
    source: InputSource | str = InputSource.NOISE,
    progress: Progress | None = None,
) -> GradientFlow:
    """Norms of the gradient at every weighted layer and block, of the signal, and how it parts at every residual add.

    The network is fresh from ``seed``. Its input is noise, or digits (``source``), or ``images`` (N, C, H, W) where
    they are given, which then say the batch size; ``labels`` (N,) default to the digits' own or to random classes.
    Where a number is zero or below float32 a second pass tells the two apart: half of the images in double precision.
    ``progress`` is called before each block and may raise to stop. PyTorch's random state and its treatment of
    denormals are unchanged. On an NVIDIA GPU it computes without TF32, so that the numbers are those of the CPU.

    Raises:
        ValueError: the network cannot exist (see ``analyze``), or batch size, seed, images or labels are out of bounds.
        DeviceError: there is no such device, or the pass does not fit on it; the message says why.
    """
    place, count = admitted(config, device, seed, check_given(config, batch_size, source, images, labels))
    tell = progress or no_progress

    def work() -> GradientFlow:
        tell(0.0, "building the network")
        net = build(config, place.name, seed)
        batch = batch_for(config, place, seed=seed, batch_size=count, source=source, images=images, labels=labels)
        flow, _ = measure_flow(net, batch, seed, tell)
        return flow

    return guarded(place, work)


def over_seeds(
    config: ResNetConfig, seeds: Sequence[int], *, progress: Progress | None = None, **options: Unpack[FlowOptions]
) -> FlowBand:
    """The flow for each of ``seeds``, which change weights, images and labels. ``options`` are ``gradient_flow``'s.

    Raises:
        ValueError: no seeds, too many, one twice, or as ``gradient_flow``. DeviceError: as ``gradient_flow``.
    """
    check_seeds(seeds)
    tell = progress or no_progress
    flows = (
        gradient_flow(config, seed=seed, progress=part_of(tell, number, len(seeds)), **options)
        for number, seed in enumerate(seeds)
    )
    return FlowBand(tuple(flows))


def check_seeds(seeds: Sequence[int]) -> None:
    """Raise a ValueError unless there are 1 to 32 different seeds."""
    if not 1 <= len(seeds) <= MAX_SEEDS:
        raise ValueError(f"There are {counted(len(seeds), 'seed')}: give 1 to {MAX_SEEDS}.")
    for seed in seeds:
        check_seed(seed)
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds {tuple(seeds)} hold one twice: the same seed gives the same numbers again.")


# What first steps and depth sweeps need as well.


def measure_flow(net: ResNet, batch: Batch, seed: int, tell: Progress) -> tuple[GradientFlow, tuple[Tensor, ...]]:
    """The flow of ``batch`` through ``net``, and dL/dp of every parameter; call it under ``guarded``."""

    def steps(start: float, end: float) -> Callable[[], None]:
        both_ways = 2 * (1 + sum(net.config.stage_blocks))
        return partial(StepCounter(both_ways, between(tell, start, end)), "running forward and backward")

    first = measured_pass(net, batch.images, batch.labels, step=steps(0.1, 0.8))
    second = None
    if any(amount.is_below_float32 for amount in first.amounts()):
        second = _second_look(net, batch, steps(0.8, 1.0))
    return flow_of(net.config, batch, seed, first, second), first.gradients


def _second_look(net: ResNet, batch: Batch, step: Callable[[], None]) -> PassResult:
    """Measure again so that nothing gets lost: in double precision, and rescaled on the way back.

    It takes half of the images, which then need no more memory than all of them did before, and at least two, for the
    batch norms. Apple's GPUs have no double precision: there a signal can still be lost.
    """
    half = max(len(batch.images) // 2, min(2, len(batch.images)))
    images, labels = batch.images[:half], batch.labels[:half]
    dtype = torch.float32 if images.device.type == "mps" else torch.float64
    in_double = build_like(net).to(dtype)
    return measured_pass(in_double, images.to(dtype), labels, rescale=True, step=step)
