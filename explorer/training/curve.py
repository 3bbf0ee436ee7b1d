"""A run as a curve: one of its measures against steps, epochs or seconds."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from explorer.training.run import TrainingRun, smooth


class Measure(StrEnum):
    """What is drawn upwards."""

    TRAIN_LOSS = "training loss"
    TRAIN_ACCURACY = "training accuracy"
    TEST_ACCURACY = "test accuracy"

    @property
    def axis(self) -> str:
        """The axis's words."""
        if self is Measure.TRAIN_LOSS:
            return "Training loss (nats), log axis"
        return f"{self.capitalize()} (%)"

    def of(self, run: TrainingRun) -> tuple[list[int], list[float]]:
        """Returns the steps after which it is known, and its values there; accuracies in percent.

        Loss and accuracy in training are those of the batches, see ``smooth``.
        """
        if self is Measure.TEST_ACCURACY:
            return [each.step for each in run.evaluations], [100 * each.test_accuracy for each in run.evaluations]
        if self is Measure.TRAIN_LOSS:
            return list(range(run.steps)), smooth(run.losses)
        return list(range(run.steps)), [100 * share for share in smooth(run.accuracies)]


class Axis(StrEnum):
    """What is drawn to the right."""

    STEPS = "steps"
    EPOCHS = "epochs"
    SECONDS = "seconds"

    @property
    def words(self) -> str:
        """The axis's words."""
        return {
            Axis.STEPS: "Steps taken",
            Axis.EPOCHS: "Passes over the training pictures",
            Axis.SECONDS: "Seconds of training, evaluations left out",
        }[self]

    def at(self, run: TrainingRun, step: int, pictures: int) -> float:
        """Returns where ``step`` steps are on this axis; the training set has so many ``pictures``."""
        if self is Axis.STEPS:
            return step
        if self is Axis.EPOCHS:
            return step * run.recipe.batch_size / pictures
        return run.seconds[step - 1] if step else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """The range of several seeds' curves: the steps, the lowest, the middle and the highest value at each."""

    steps: tuple[int, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]

    def __hash__(self) -> int:
        """Hashes little, since figures of it are looked up each time a page is drawn; ``==`` compares everything."""
        return hash((len(self.steps), self.middle[-1:]))

    def until(self, step: int) -> "Spread":
        """Returns the same up to ``step``."""
        count = bisect_right(self.steps, step)
        return Spread(self.steps[:count], self.low[:count], self.middle[:count], self.high[:count])

    @classmethod
    def of(cls, runs: Sequence[TrainingRun], measure: Measure) -> "Spread":
        """Of runs with the same steps; one that stopped earlier counts as far as it came."""
        curves = [dict(zip(*measure.of(run), strict=True)) for run in runs]
        steps = sorted(set().union(*curves))
        values = [[curve[step] for curve in curves if step in curve] for step in steps]
        return cls(
            tuple(steps),
            tuple(min(each) for each in values),
            tuple(median(each) for each in values),
            tuple(max(each) for each in values),
        )
