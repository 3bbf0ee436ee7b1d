"""The measurements of the Gradient-flow page as one question each: plain arguments in, plain values out.

A question holds networks, seeds and input; its answers are what ``measure`` and ``measure_first_steps`` measure,
 network by network. Functions for the queue: module-level, with picklable arguments and results.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.gradients.first_steps import measure_first_steps
from explorer.gradients.measure import check_seeds, gradient_flow
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.values import GradientFlow, InputSource
from explorer.jobs.job import Attachment
from explorer.live.preflight import MAX_BATCH_SIZE
from explorer.live.progress import Progress, no_progress, part_of
from explorer.live.training_step import admitted
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.pictures.crops import crops
from explorer.pictures.decode import read_picture
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

__all__ = ["Question", "study", "study_steps"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is measured: each of ``configs`` for each of ``seeds``, from ``batch_size`` images of ``source``.

    With the source "images" they are crops of one picture, which is given beside the question.
    """

    configs: tuple[ResNetConfig, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    batch_size: int = 16
    source: InputSource = InputSource.NOISE


def study(
    question: Question, device: str = "cpu", *, picture: Attachment | None = None, progress: Progress | None = None
) -> tuple[FlowBand, ...]:
    """The gradient flow of every network over all seeds; with one seed, they share every weight that both have.

    Raises:
        ValueError: no networks, or as ``over_seeds`` and ``read_picture``. DeviceError: as ``gradient_flow``.
    """
    _check(question)
    check_seeds(question.seeds)
    tell, count = progress or no_progress, len(question.configs) * len(question.seeds)
    bands, number = [], 0
    for config in question.configs:
        flows: list[GradientFlow] = []
        for seed in question.seeds:
            flows.append(
                gradient_flow(
                    config,
                    seed=seed,
                    batch_size=question.batch_size,
                    device=device,
                    images=_images(question, config, device, seed, picture),
                    source=question.source,
                    progress=part_of(tell, number, count, f"{name_of(config)}: "),
                )
            )
            number += 1
        bands.append(FlowBand(tuple(flows)))
    return tuple(bands)


def study_steps(
    question: Question,
    device: str = "cpu",
    *,
    steps: int,
    learning_rate: float,
    picture: Attachment | None = None,
    progress: Progress | None = None,
) -> tuple[FirstSteps, ...]:
    """The first steps of SGD of every network, from the first seed alone.

    Raises:
        ValueError: no networks, or as ``measure_first_steps`` and ``read_picture``. DeviceError: as the former.
    """
    _check(question)
    tell, seed = progress or no_progress, question.seeds[0]
    return tuple(
        measure_first_steps(
            config,
            steps=steps,
            learning_rate=learning_rate,
            seed=seed,
            batch_size=question.batch_size,
            device=device,
            images=_images(question, config, device, seed, picture),
            source=question.source,
            progress=part_of(tell, number, len(question.configs), f"{name_of(config)}: "),
        )
        for number, config in enumerate(question.configs)
    )


def _check(question: Question) -> None:
    if not question.configs:
        raise Refusal("configs is empty: give at least one network to measure.")
    if not 1 <= question.batch_size <= MAX_BATCH_SIZE:
        raise Refusal(
            f"A batch of {counted(question.batch_size, 'image')} is out of range: take 1 to {MAX_BATCH_SIZE:,}, for "
            "example 16."
        )


def _images(
    question: Question, config: ResNetConfig, device: str, seed: int, picture: Attachment | None
) -> Tensor | None:
    """Crops of the picture as (N, C, H, W), where the question is about a picture."""
    if question.source is not InputSource.IMAGES:
        return None
    if picture is None:
        raise Refusal("There is no picture yet: upload one, or take noise or digits.")
    admitted(config, device, seed, question.batch_size)  # before the crops themselves fill the memory
    return torch.from_numpy(
        crops(read_picture(picture.data), question.batch_size, config.image_size, config.in_channels, seed)
    )
