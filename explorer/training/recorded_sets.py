"""The recorded runs as they are shown: which belong on one chart, what they are called, which differ in depth alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from explorer.text.quantities import counted
from explorer.training.racers import racer_name
from explorer.training.recipe import Recipe
from explorer.training.recorded import Recording, recordings
from explorer.training.repeated import Pair, middle_seed, told_best_rates, told_often, told_seed
from explorer.training.run import TrainingRun
from explorer.training.verdict import Result

SEEDS = 20  # of each network on the digits


class Shown(StrEnum):
    """The charts of recorded runs."""

    FASHION = "Fashion-MNIST"
    RATES = "three learning rates"
    DIGITS = "digits, 1,000 steps"


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """Runs for one chart, their names, and the places (shallow, deep) of those that differ in depth alone.

    ``over_all`` are sentences about all seeds or rates that were recorded.
    """

    recordings: tuple[Recording, ...]
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    over_all: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[TrainingRun, ...]:
        """The runs alone."""
        return tuple(each.run for each in self.recordings)

    @property
    def made(self) -> str:
        """How they were made, in a sentence."""
        first = self.recordings[0]
        minutes = sum(run.seconds[-1] for run in self.runs) / 60
        return (
            f"Recorded with PyTorch {first.torch} on {first.run.device} ({counted(first.threads, 'thread')}): "
            f"{counted(first.run.recipe.steps, 'step')} of {counted(first.run.recipe.batch_size, 'picture')} each, "
            f"{minutes:,.0f} minutes together, beside other work on the same machine, so they tell nothing about "
            f"speed. Again: {first.command}"
        )

    def with_first_seed(self) -> "RecordedSet":
        """Returns the runs with seed 0 alone."""
        return _set([each for each in self.recordings if each.run.recipe.seed == 0])


def recorded_set(shown: Shown, seed: int | None = None) -> RecordedSet | None:
    """The runs of one chart; None where none of them were recorded.

    Those of the digits are from one of ``SEEDS`` seeds; without ``seed`` from the middle one.
    """
    made = recordings("digits-1000" if shown is Shown.DIGITS else "fashion")
    if not made:
        return None
    if shown is Shown.DIGITS:
        return _one_of_many_seeds(made, seed)
    if shown is Shown.FASHION:
        return _set([each for each in made if each.run.recipe.learning_rate == Recipe().learning_rate])
    return _several_rates([each for each in made if each.run.config.is_plain and each.run.recipe.seed == 0])


def _set(made: Sequence[Recording], over_all: Sequence[str] = ()) -> RecordedSet:
    found = sorted(
        made, key=lambda each: (not each.run.config.is_plain, each.run.config.depth, each.run.recipe.learning_rate)
    )
    return RecordedSet(tuple(found), _names(found), _pairs(found), tuple(over_all))


def _one_of_many_seeds(made: Sequence[Recording], seed: int | None) -> RecordedSet:
    """The runs of one seed, or of the seed with the median loss of the deepest plain network, which differs most."""
    by_seed: dict[int, list[Recording]] = {}
    for each in made:
        by_seed.setdefault(each.run.recipe.seed, []).append(each)
    sets = {seed: _set(found) for seed, found in by_seed.items()}
    deepest = max((run for run in (each.run for each in made) if run.config.is_plain), key=lambda run: run.config.depth)
    results = [_result(each.run) for each in made if each.run.config == deepest.config]
    often = (told_often(pairs, "seed") for pairs in zip(*map(_result_pairs, sets.values()), strict=True))
    if seed is not None:
        return replace(sets[seed], over_all=tuple(often))
    return replace(sets[middle_seed(results)], over_all=(told_seed(results), *often))


def _several_rates(made: Sequence[Recording]) -> RecordedSet:
    found = _set(made)
    pairs = _result_pairs(found)
    return replace(found, over_all=(told_often(pairs, "learning rate"), told_best_rates(pairs)))


def _result_pairs(found: RecordedSet) -> list[Pair]:
    return [(_result(found.runs[shallow]), _result(found.runs[deep])) for shallow, deep in found.pairs]


def _result(run: TrainingRun) -> Result:
    return Result(run, racer_name(run.config))


def _names(found: Sequence[Recording]) -> tuple[str, ...]:
    """Each network's name, with the rate or the seed where they differ."""
    rates, seeds = ({getattr(each.run.recipe, field) for each in found} for field in ("learning_rate", "seed"))
    return tuple(
        racer_name(each.run.config)
        + (f", rate {each.run.recipe.learning_rate:g}" if len(rates) > 1 else "")
        + (f", seed {each.run.recipe.seed}" if len(seeds) > 1 and each.run.recipe.seed else "")
        for each in found
    )


def _pairs(found: Sequence[Recording]) -> tuple[tuple[int, int], ...]:
    """Each deep network beside the shallow one of its rate; of several seeds, each beside the first shallow one."""
    runs = [each.run for each in found]

    def only_deeper(shallow: TrainingRun, deep: TrainingRun) -> bool:
        depths = shallow.config.depth, deep.config.depth
        same_kind = replace(deep.config, stage_blocks=shallow.config.stage_blocks) == shallow.config
        return depths[0] < depths[1] and same_kind and replace(deep.recipe, seed=0) == replace(shallow.recipe, seed=0)

    places = range(len(runs))
    return tuple((one, other) for one, other in product(places, places) if only_deeper(runs[one], runs[other]))
