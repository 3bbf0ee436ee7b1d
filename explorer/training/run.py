"""What came of training a network, as plain values; no torch is needed to read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from statistics import fmean
from typing import TYPE_CHECKING

from explorer.network.config import ResNetConfig
from explorer.training.recipe import Recipe

if TYPE_CHECKING:
    from explorer.network.model import ResNet

LAST = 20  # batches that a loss is the mean of, on a curve, in a table and in a sentence: batches differ


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Mean cross-entropy (nats) and share of right answers after ``step`` steps, in evaluation mode.

    They are of the first ``pictures`` of the training set, unshifted, and of as many of the test set.
    """

    step: int
    pictures: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """One network's training: ``losses`` (nats) and ``accuracies`` (0 to 1) of the batch of each step, before it.

    They are those of training mode, as the step itself saw them; ``evaluations`` are taken now and then, and at the
    end. ``seconds`` is the time that the steps took so far, step by step, without the evaluations. ``stopped`` says
    why fewer steps were taken than the recipe has, if the loss left the numbers. ``weights`` are a safetensors file,
    if they were to be kept.
    """

    config: ResNetConfig
    recipe: Recipe
    data: str
    losses: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    stopped: str = ""
    device: str = "cpu"
    weights: bytes = field(default=b"", repr=False)

    def __hash__(self) -> int:
        """Hashes little, since figures of a run are looked up each time a page is drawn; ``==`` compares everything."""
        return hash((self.data, len(self.losses), self.losses[-1:]))

    @property
    def steps(self) -> int:
        """The steps taken so far."""
        return len(self.losses)

    @property
    def loss(self) -> float:
        """The mean training loss of the last batches: where its curve ends. Not a number before the first step."""
        return fmean(self.losses[-LAST:]) if self.losses else nan

    @property
    def ended(self) -> bool:
        """Whether all steps of the recipe were taken, or it stopped before."""
        return bool(self.stopped) or self.steps >= self.recipe.steps

    def until(self, step: int) -> "TrainingRun":
        """Returns the run as it was after ``step`` steps."""
        if step >= self.steps:
            return self
        return replace(
            self,
            losses=self.losses[:step],
            accuracies=self.accuracies[:step],
            seconds=self.seconds[:step],
            evaluations=tuple(each for each in self.evaluations if each.step <= step),
            stopped="",
            weights=b"",
        )

    def network(self) -> "ResNet":
        """The trained network, in training mode, on the CPU.

        Raises:
            ValueError: the weights were not kept.
        """
        from safetensors.torch import load  # noqa: PLC0415  torch is slow to load

        from explorer.network.model import build  # noqa: PLC0415

        if not self.weights:
            raise ValueError("This run has no weights: train with weights=True.")
        net = build(self.config, "cpu")
        net.load_state_dict(load(self.weights))
        return net


def smooth(values: Sequence[float]) -> list[float]:
    """Returns each step's value replaced by the mean of the last ``LAST`` up to it, of fewer in the first steps."""
    return [fmean(values[max(end - LAST, 0) : end]) for end in range(1, len(values) + 1)]


def last_batches(runs: Iterable[TrainingRun]) -> str:
    """Returns which batches the losses of these runs are the mean of: "the last 20 batches"."""
    count = min(LAST, max(run.recipe.steps for run in runs))
    return f"the last {count} batches" if count > 1 else "the only batch"
