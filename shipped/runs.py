"""``python -m shipped.runs fashion`` records the training runs that ship with the app, those that are missing.

Each run is written as it ends; started again, the script goes on with the next one. ``fashion`` trains plain and
residual networks of 20 and 56 layers on Fashion-MNIST, ``digits-120`` and ``digits-1000`` the race on scikit-learn's
digits from twenty seeds for so many steps.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.live.training_step import admitted, guarded
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.options import Shortcut
from explorer.training.data import DataSet
from explorer.training.idx import DataError
from explorer.training.racers import racer, racers
from explorer.training.recipe import Recipe, Schedule
from explorer.training.recorded import Recording, read
from explorer.training.recorded_networks import weights_name
from explorer.training.run import TrainingRun
from explorer.training.trainer import Trainer
from shipped import resume
from shipped.record import steps_per_epoch
from shipped.run_files import EACH, card, shrink, write_pictures

SEEDS = 20
FASHION_EPOCHS = 2  # on a processor, where one run of 56 layers takes a quarter of an hour
FASHION_PICTURES = 60_000
EVALUATIONS = 12
AT_THE_END = 10_000  # pictures of each set on which the finished network is tested


@dataclass(frozen=True, slots=True)
class Plan:
    """One run that is to be there; ``weights`` tells whether its weights are kept, too."""

    config: ResNetConfig
    data: DataSet
    recipe: Recipe
    weights: bool = False


def fashion(epochs: int = FASHION_EPOCHS) -> Iterator[Plan]:
    """Plain and residual of 20 layers (one seed) and of 56 (two seeds), and the plain ones at two more rates."""

    def plan(depth: int, shortcut: Shortcut, seed: int = 0, rate: float = 0.1) -> Plan:
        recipe = Recipe(
            legs=(epochs * steps_per_epoch(FASHION_PICTURES),),
            schedule=Schedule.WARM_UP_COSINE,
            learning_rate=rate,
            nesterov=True,
            mirror=True,
            seed=seed,
        )
        return Plan(racer(DataSet.FASHION, depth, shortcut), DataSet.FASHION, recipe, weights=rate == 0.1)

    for depth in (20, 56):
        yield plan(depth, Shortcut.NONE)
        yield plan(depth, Shortcut.A)
    yield plan(56, Shortcut.NONE, seed=1)
    yield plan(56, Shortcut.A, seed=1)
    for rate in (0.03, 0.3):
        yield plan(20, Shortcut.NONE, rate=rate)
        yield plan(56, Shortcut.NONE, rate=rate)


def digits(steps: int) -> Iterator[Plan]:
    """The race on the digits from each of the seeds."""
    for seed in range(SEEDS):
        for config in racers(DataSet.DIGITS):
            yield Plan(config, DataSet.DIGITS, Recipe(legs=(steps,), seed=seed))


PLANS: Mapping[str, Callable[[], Iterator[Plan]]] = {
    "fashion": fashion,
    "digits-120": lambda: digits(120),
    "digits-1000": lambda: digits(1000),
}


def record(plan: Plan, device: str, evaluations: int = EVALUATIONS) -> TrainingRun:
    """Train one network, tested ``evaluations`` times on its way and on 10,000 pictures at the end."""
    place, _ = admitted(plan.config, device, plan.recipe.seed, plan.recipe.batch_size)

    def work() -> TrainingRun:
        trainer = Trainer(plan.config, plan.data.load(), plan.recipe, place.name)
        each = max(plan.recipe.steps // evaluations, 1)
        while not trainer.ended:
            trainer.step()
            if trainer.taken % each == 0 and not trainer.ended:
                trainer.evaluate()
        trainer.evaluate(AT_THE_END)
        return trainer.run(weights=plan.weights)

    return guarded(place, work)


def record_all(name: str, plans: Sequence[Plan], folder: Path, device: str) -> None:
    """Record those of ``plans`` that ``name`` in ``folder`` does not have yet, and say each as it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    there = list(read(path))
    resume.begin(path, there)
    done = {(each.run.config, each.run.recipe) for each in there}
    for plan in plans:
        if (plan.config, plan.recipe) not in done:
            run = record(plan, device)
            if run.weights:
                (folder / f"{weights_name(run)}.safetensors").write_bytes(run.weights)
            resume.add(path, Recording(run, resume.TORCH, torch.get_num_threads(), f"python -m shipped.runs {name}"))
            _say(run)


def finish(folder: Path) -> None:
    """Write the files beside the runs on Fashion-MNIST: weights in 16 bits, 1,000 pictures of each set, the card."""
    data, made = DataSet.FASHION.load(), list(read(folder / "fashion.jsonl"))
    for each in made:
        path = folder / f"{weights_name(each.run)}.safetensors"
        if path.is_file():
            shrink(each.run, path, data)
    write_pictures(data, folder / "pictures")
    (folder / "README.md").write_text(card(made, folder, data.first(EACH)), encoding="utf-8")


def _say(run: TrainingRun) -> None:
    last = run.evaluations[-1]
    print(
        f"{name_of(run.config)}, seed {run.recipe.seed}, rate {run.recipe.learning_rate:g}: training "
        f"{last.train_accuracy:.1%}, test {last.test_accuracy:.1%}, {run.seconds[-1]:.0f} s",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shipped.runs", description=__doc__)
    parser.add_argument("name", choices=PLANS)
    parser.add_argument("--device", default="cpu", help="default: %(default)s")
    asked = resume.options(parser, arguments)
    try:
        record_all(asked.name, tuple(PLANS[asked.name]()), asked.out, asked.device)
        if asked.name == "fashion":
            finish(asked.out)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
