"""What a race showed, in sentences computed from its numbers, and no more than they say.

Two numbers are called a tie unless they differ by more than twice their standard error: a loss is a mean over batches,
an accuracy a share of the tested pictures.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from statistics import fmean, stdev

from explorer.text.quantities import listed, percent, three_digits
from explorer.training.racers import CLASSES
from explorer.training.run import LAST, TrainingRun, last_batches

HARDLY = 0.5  # of the loss of a uniform guess: above it, a network has hardly started
SETTLED = 0.1  # of its loss at most that a settled network loses from one fifth of its steps to the next
_STANDARD_ERRORS = 2.0


class Stage(StrEnum):
    """How far a network has come."""

    DIVERGED = "diverged"
    HARDLY_STARTED = "has hardly started"
    LEARNING = "is still learning"
    SETTLED = "has settled"


@dataclass(frozen=True)
class Result:
    """A run's end: ``loss`` (nats, training mode) is the mean over its last batches, ``error`` its standard error."""

    run: TrainingRun
    name: str

    @cached_property
    def loss(self) -> float:
        return self.run.loss

    @cached_property
    def error(self) -> float:
        last = self.run.losses[-LAST:]
        return stdev(last) / math.sqrt(len(last)) if len(last) > 1 else 0.0

    @cached_property
    def stage(self) -> Stage:
        if self.run.stopped:
            return Stage.DIVERGED
        if self.loss > HARDLY * math.log(CLASSES):
            return Stage.HARDLY_STARTED
        fifth = max(len(self.run.losses) // 5, 1)
        before, last = fmean(self.run.losses[-2 * fifth : -fifth] or [math.inf]), fmean(self.run.losses[-fifth:])
        return Stage.SETTLED if before - last <= SETTLED * before else Stage.LEARNING

    @property
    def train_accuracy(self) -> float:
        return self.run.evaluations[-1].train_accuracy

    @property
    def test_accuracy(self) -> float:
        return self.run.evaluations[-1].test_accuracy

    @property
    def pictures(self) -> int:
        return self.run.evaluations[-1].pictures


def lowest(results: Sequence[Result]) -> list[Result]:
    """The network with the lowest training loss, and those that tie with it; none where all diverged."""
    there = [each for each in results if not each.run.stopped and each.run.losses]
    if not there:
        return []
    best = min(there, key=lambda each: each.loss)
    return [each for each in there if not loss_differs(each, best)]


def loss_differs(one: Result, other: Result) -> bool:
    """Whether two training losses differ by more than chance."""
    return abs(one.loss - other.loss) > _STANDARD_ERRORS * math.hypot(one.error, other.error)


def accuracy_differs(one: Result, other: Result) -> bool:
    """Whether two test accuracies differ by more than chance (the normal approximation to the binomial)."""
    variances = (each.test_accuracy * (1 - each.test_accuracy) / each.pictures for each in (one, other))
    return abs(one.test_accuracy - other.test_accuracy) > _STANDARD_ERRORS * math.sqrt(sum(variances))


def reply(guess: str, results: Sequence[Result]) -> str:
    """What to say to a reader who expected ``guess`` to have the lowest training loss."""
    best = [each.name for each in lowest(results)]
    if not best:
        return ""
    right = "Yes" if guess in best else "No"
    if len(best) == 1:
        return f"{right}: {best[0]} has the lowest training loss."
    return f"{right}: {listed(best)} tie for the lowest training loss."


def told(results: Sequence[Result], pairs: Sequence[tuple[int, int]]) -> list[str]:
    """The sentences: each network that did not learn, then each pair (shallow, deep) by its place in ``results``.

    Where they have losses, the last one says which batches those are of.
    """
    compared = list(chain.from_iterable(_compared(results[shallow], results[deep]) for shallow, deep in pairs))
    said = [*_alone(results), *compared]
    if compared or any(each.stage is Stage.HARDLY_STARTED for each in results):
        said.append(_told_mean(results))
    return said


def _told_mean(results: Sequence[Result]) -> str:
    runs = [each.run for each in results]
    return f"Each loss is the mean of {last_batches(runs)}, in training mode: the end of its curve."


def _alone(results: Sequence[Result]) -> Iterator[str]:
    for each in results:
        if each.stage is Stage.DIVERGED:
            yield f"{each.name}: {each.run.stopped}"
        elif each.stage is Stage.HARDLY_STARTED:
            yield (
                f"{each.name} has hardly started: after {each.run.steps:,} steps its training loss is "
                f"{three_digits(each.loss)}, and a uniform guess among {CLASSES} classes has {math.log(CLASSES):.2f}."
            )


def _compared(shallow: Result, deep: Result) -> Iterator[str]:
    """What more layers did to training, and then to the test pictures."""
    if Stage.DIVERGED not in (shallow.stage, deep.stage):
        yield fitted(shallow, deep)
        yield _tested(shallow, deep)


def fitted(shallow: Result, deep: Result) -> str:
    """Says what more layers did to training; neither of the two diverged."""
    numbers = f"loss {three_digits(deep.loss)} against {three_digits(shallow.loss)}"
    shares = f"{percent(deep.train_accuracy, 1)} against {percent(shallow.train_accuracy, 1)} right"
    if not loss_differs(shallow, deep):
        return f"{deep.name} fits its training pictures as well as {shallow.name} ({numbers}: a tie; {shares})."
    if deep.loss < shallow.loss:
        return f"{deep.name} fits its training pictures better than {shallow.name} ({numbers}; {shares})."
    worse = f"{deep.name} fits its own training pictures worse than {shallow.name} ({numbers}; {shares})."
    return f"{worse} {_why(shallow, deep)}"


def _why(shallow: Result, deep: Result) -> str:
    """What a deeper network that fits worse may be called."""
    if deep.stage is Stage.SETTLED and shallow.stage is Stage.SETTLED:
        return (
            "Both have settled under this schedule: this is degradation, and no overfitting, which would show as a "
            "lower training loss."
        )
    if deep.stage is Stage.HARDLY_STARTED:
        return "So far it is only slower: more steps can tell whether it catches up."
    return "Its loss is still falling, so more steps can tell whether it catches up."


def _tested(shallow: Result, deep: Result) -> str:
    shares = f"{percent(deep.test_accuracy, 1)} against {percent(shallow.test_accuracy, 1)} of {deep.pictures:,}"
    if not accuracy_differs(shallow, deep):
        return f"On test pictures they tie ({shares})."
    if deep.test_accuracy > shallow.test_accuracy:
        return f"On test pictures {deep.name} is right more often ({shares})."
    overfits = deep.loss < shallow.loss and loss_differs(shallow, deep)
    end = ": it fits the training pictures better and these worse, which is overfitting" if overfits else ""
    return f"On test pictures {deep.name} is right less often ({shares}){end}."
