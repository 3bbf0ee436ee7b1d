"""Training as the pages and the library ask for it: one network, or several side by side on the same batches."""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Protocol

from explorer.live.training_step import admitted, guarded
from explorer.network.config import ResNetConfig
from explorer.text.errors import Refusal
from explorer.training.data import Data, DataSet
from explorer.training.recipe import Recipe
from explorer.training.run import TrainingRun
from explorer.training.trainer import Trainer, check_fit

EVALUATE_EVERY = 20  # steps
TOLD_SECONDS = 0.5  # between two reports of the curves so far
MAX_RACERS = 4


class RaceProgress(Protocol):
    """How far the race is: the fraction done, what happens next, and the runs so far, of which each call may be the
    last, for it may raise to stop the work."""

    def __call__(self, fraction: float, message: str = "", so_far: Any = None) -> None: ...


def train(
    config: ResNetConfig,
    data: Data | DataSet | str = DataSet.DIGITS,
    recipe: Recipe | None = None,
    *,
    device: str = "cpu",
    weights: bool = True,
    progress: RaceProgress | None = None,
) -> TrainingRun:
    """The network of ``config`` trained on ``data`` ("digits", "Fashion-MNIST" or your own) by ``recipe``.

    Returns the losses, accuracies and, if ``weights``, the weights, which ``run.network()`` puts into a network. The
    same arguments give the same run, bit for bit, on one thread of the same processor.

    Raises:
        Refusal: the network does not take such pictures. DeviceError: it has not the memory, or there is no such
        device. DataError: the pictures are not installed and cannot be downloaded.
    """
    (run,) = race((config,), data, recipe, device=device, weights=weights, progress=progress)
    return run


def race(
    configs: Sequence[ResNetConfig],
    data: Data | DataSet | str = DataSet.DIGITS,
    recipe: Recipe | None = None,
    *,
    device: str = "cpu",
    weights: bool = False,
    progress: RaceProgress | None = None,
) -> tuple[TrainingRun, ...]:
    """Networks trained side by side, step by step, on the same batches from the same seed; else as ``train``.

    One whose loss is no number any more stops, and the others go on.
    """
    if not 1 <= len(configs) <= MAX_RACERS:
        raise Refusal(f"{len(configs)} networks cannot race: give 1 to {MAX_RACERS}.")
    recipe, pictures = recipe or Recipe(), data if isinstance(data, Data) else DataSet(data).load()
    for config in configs:
        check_fit(config, pictures)
        place, _ = admitted(config, device, recipe.seed, recipe.batch_size)

    named = not isinstance(data, Data)

    def work() -> tuple[TrainingRun, ...]:
        trainers = [
            (named and _KEPT.take(config, pictures, recipe, place.name))
            or Trainer(config, pictures, recipe, place.name)
            for config in configs
        ]
        _run(trainers, progress)
        runs = tuple(trainer.run(weights=weights) for trainer in trainers)
        if named:
            for trainer in trainers:
                _KEPT.put(trainer)
        return runs

    return guarded(place, work)


def _run(trainers: Sequence[Trainer], progress: RaceProgress | None) -> None:
    """Take all steps of all networks in turn, from where the slowest is."""
    steps, told = trainers[0].recipe.steps, time.monotonic()
    for step in range(min(trainer.taken for trainer in trainers), steps):
        message = f"step {step + 1:,} of {steps:,}"
        for trainer in trainers:
            if progress:
                progress(step / steps, message)
            if not trainer.ended and trainer.taken == step:
                trainer.step()
                if trainer.taken % EVALUATE_EVERY == 0 or trainer.ended:
                    trainer.evaluate()
        if progress and time.monotonic() - told >= TOLD_SECONDS:
            told = time.monotonic()
            progress((step + 1) / steps, message, tuple(trainer.run() for trainer in trainers))


@dataclass(slots=True)
class _Kept:
    """The last trainers, so that "go on" does not begin at the beginning again; a lost one only costs time."""

    most_bytes: int = 64_000_000
    trainers: "OrderedDict[Any, Trainer]" = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, config: ResNetConfig, data: Data, recipe: Recipe, device: str) -> Trainer | None:
        """Take out the trainer that has done all legs of ``recipe`` but the last, if it is kept."""
        before = replace(recipe, legs=recipe.legs[:-1]) if len(recipe.legs) > 1 else None
        with self.lock:
            found = self.trainers.pop((config, data.name, before, device), None)
        if found:
            found.go_on(recipe)
        return found

    def put(self, trainer: Trainer) -> None:
        """Keep a trainer, and as many of those before it as there is room for."""
        trainer.drop_gradients()
        with self.lock:
            key = trainer.config, trainer.data.name, trainer.recipe, str(trainer.device)
            self.trainers[key] = trainer
            while sum(each.bytes for each in self.trainers.values()) > self.most_bytes:
                self.trainers.popitem(last=False)


_KEPT = _Kept()
