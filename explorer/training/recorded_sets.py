"""The recorded runs as they are shown: which belong on one chart, what they are called, which differ in depth alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from explorer.text.quantities import counted
from explorer.training.racers import racer_name
from explorer.training.recipe import Recipe
from explorer.training.recorded import Recording, recordings
from explorer.training.run import TrainingRun


class Shown(StrEnum):
    """The charts of recorded runs."""

    FASHION = "Fashion-MNIST"
    RATES = "three learning rates"
    DIGITS = "digits, 1,000 steps"


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """Runs for one chart, their names, and the places (shallow, deep) of those that differ in depth alone."""

    recordings: tuple[Recording, ...]
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]

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


def recorded_set(shown: Shown) -> RecordedSet | None:
    """The runs of one chart; None where none of them were recorded."""
    found = list(recordings("digits-1000" if shown is Shown.DIGITS else "fashion"))
    if shown is Shown.DIGITS:
        found = [each for each in found if each.run.recipe.seed == 0]
    if shown is Shown.FASHION:
        found = [each for each in found if each.run.recipe.learning_rate == Recipe().learning_rate]
    if shown is Shown.RATES:
        found = [each for each in found if each.run.config.is_plain and each.run.recipe.seed == 0]
    found.sort(key=lambda each: (not each.run.config.is_plain, each.run.config.depth, each.run.recipe.learning_rate))
    return RecordedSet(tuple(found), _names(found), _pairs(found)) if found else None


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
    """The best of the rates of each depth; of several seeds, each deep one beside the first shallow one."""
    runs = [each.run for each in found]

    def only_deeper(shallow: TrainingRun, deep: TrainingRun) -> bool:
        depths = shallow.config.depth, deep.config.depth
        same_kind = replace(deep.config, stage_blocks=shallow.config.stage_blocks) == shallow.config
        return depths[0] < depths[1] and same_kind and replace(deep.recipe, seed=0) == replace(shallow.recipe, seed=0)

    places = range(len(runs))
    return tuple((one, other) for one, other in product(places, places) if only_deeper(runs[one], runs[other]))
