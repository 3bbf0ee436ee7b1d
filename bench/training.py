"""The training loop against a bare one, and whether a recorded run comes out again.

On one thread, with denormals flushed, as the app trains.
"""

from collections.abc import Iterator
from itertools import islice

import torch
from torch.nn import functional

from bench.result import Result, interleaved, seconds
from explorer import ResNetConfig, build
from explorer.live.denormals import flushed
from explorer.training.batches import PixelScale, endless_batches
from explorer.training.data import Data, DataSet
from explorer.training.racers import racer_name, racers
from explorer.training.recipe import Recipe
from explorer.training.recorded import Recording, recordings
from explorer.training.trainer import Trainer

GOAL = 0.9
NETWORKS = racers(DataSet.DIGITS)
POINTS = 2.0  # percent
_LONGEST = 500  # steps that are run again


def run(steps: int = 20, repeats: int = 5, recorded_steps: int = _LONGEST) -> Iterator[Result]:
    """Images a second of each racer, and the first part of a recorded run again, of ``recorded_steps`` at most."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for config in NETWORKS:
            yield _compare(config, DataSet.DIGITS.load(), steps, repeats)
        found = [each for each in recordings("fashion") if not each.run.config.is_plain]
        if found and recorded_steps:
            yield _again(min(found, key=lambda each: each.run.config.depth), recorded_steps)
    finally:
        torch.set_num_threads(threads)


def _compare(config: ResNetConfig, data: Data, steps: int, repeats: int) -> Result:
    recipe = Recipe(legs=(10_000,))
    trainer, bare = Trainer(config, data, recipe), _bare(config, data, recipe)

    def ours() -> None:
        for _ in range(steps):
            trainer.step()

    def theirs() -> None:
        for _ in islice(bare, steps):
            pass

    mine, other = flushed(lambda: interleaved(lambda: seconds(ours), lambda: seconds(theirs), repeats=repeats))
    pictures = steps * recipe.batch_size
    return Result(
        name=f"training {racer_name(config)} on digits",
        measured=other / mine,
        goal=GOAL,
        unit="×",
        at_least=True,
        ours=f"{pictures / mine:,.0f} images a second",
        theirs=f"a bare loop, {pictures / other:,.0f}",
    )


def _bare(config: ResNetConfig, data: Data, recipe: Recipe) -> Iterator[float]:
    """The loop as one writes it who wants nothing but the weights; yields after each step."""
    net, scale = build(config).to(memory_format=torch.channels_last), PixelScale.of(data.train_images)
    optimizer = torch.optim.SGD(net.parameters(), recipe.learning_rate, recipe.momentum, weight_decay=1e-4)
    for images, labels in endless_batches(data, recipe):
        optimizer.zero_grad()
        loss = functional.cross_entropy(net(scale(images)), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield loss.item()


def _again(recording: Recording, most: int) -> Result:
    """The last evaluation within ``most`` steps of the recorded run, and of the same steps taken again."""
    recorded = max((each for each in recording.run.evaluations if each.step <= most), key=lambda each: each.step)
    trainer = Trainer(recording.run.config, DataSet(recording.run.data).load(), recording.run.recipe)

    def steps() -> None:
        for _ in range(recorded.step):
            trainer.step()

    flushed(steps)
    again = trainer.evaluate(recorded.pictures)
    return Result(
        name=f"{racer_name(recording.run.config)} on Fashion-MNIST again, {recorded.step} steps",
        measured=100 * abs(again.test_accuracy - recorded.test_accuracy),
        goal=POINTS,
        unit="points",
        at_least=False,
        ours=f"test accuracy {again.test_accuracy:.1%}",
        theirs=f"recorded with PyTorch {recording.torch} on {recording.run.device}, {recorded.test_accuracy:.1%}",
    )
