"""What damage did: which pictures a network still gets right. Plain values; ``lesion`` beside this file makes them.

Accuracies are shares from 0 to 1. A picture whose logits are no finite numbers has the class ``NO_CLASS``: wrong.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from explorer.network.config import ResNetConfig
from explorer.training.damage.cuts import Damage

NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class Flip:
    """A picture that was right before the damage and is wrong now: its place among the pictures, its class, and the
    class that it is taken for."""

    index: int
    label: int
    taken_for: int


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """One class: how many pictures it has, and how many of them were right before the damage and are right now."""

    label: int
    count: int
    before: int
    after: int


@dataclass(frozen=True)
class Lesion:
    """One damaged network, tested on the same pictures before and after.

    ``labels``, ``before`` and ``after`` hold a class for each picture: the true one, the one that the whole network
    takes it for, and the one that the damaged network takes it for. ``recalibrated`` tells whether the batch norms'
    running statistics were measured anew after the damage.
    """

    config: ResNetConfig
    damage: Damage
    recalibrated: bool
    labels: tuple[int, ...] = field(hash=False)  # thousands of values, which tell no two lesions of a page apart
    before: tuple[int, ...] = field(hash=False)
    after: tuple[int, ...] = field(hash=False)

    @cached_property
    def right_before(self) -> int:
        """Pictures that the whole network gets right."""
        return right(self.labels, self.before)

    @cached_property
    def right(self) -> int:
        """Pictures that the damaged network gets right."""
        return right(self.labels, self.after)

    @property
    def accuracy_before(self) -> float:
        return self.right_before / len(self.labels)

    @property
    def accuracy(self) -> float:
        return self.right / len(self.labels)

    @property
    def cost(self) -> float:
        """The accuracy that the damage takes away; negative where the damaged network is better."""
        return (self.right_before - self.right) / len(self.labels)

    @cached_property
    def flipped(self) -> tuple[Flip, ...]:
        """Pictures that were right and are wrong now."""
        each = enumerate(zip(self.labels, self.before, self.after, strict=True))
        return tuple(Flip(index, label, after) for index, (label, before, after) in each if before == label != after)

    @property
    def mended(self) -> int:
        """Pictures that were wrong and are right now."""
        return len(self.flipped) - self.right_before + self.right

    @cached_property
    def classes(self) -> tuple[ClassOutcome, ...]:
        """Every class among the pictures."""
        counts, before, after = (
            Counter(label for label, found in zip(self.labels, taken, strict=True) if label == found)
            for taken in (self.labels, self.before, self.after)
        )
        return tuple(ClassOutcome(label, counts[label], before[label], after[label]) for label in sorted(counts))

    @cached_property
    def commonest(self) -> tuple[int, int]:
        """The class that the damaged network takes most pictures for, and how many."""
        return Counter(self.after).most_common(1)[0]


def right(labels: tuple[int, ...], taken: tuple[int, ...]) -> int:
    """Pictures whose class they are taken for."""
    return sum(label == found for label, found in zip(labels, taken, strict=True))


@dataclass(frozen=True)
class Band:
    """Accuracies of several random damages of one size: their ``place`` on the axis, median, least and greatest."""

    place: float
    accuracies: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.accuracies)

    @property
    def low(self) -> float:
        return min(self.accuracies)

    @property
    def high(self) -> float:
        return max(self.accuracies)


@dataclass(frozen=True)
class DamageCurve:
    """One network under growing damage, over several seeds: by the number of cuts, or by Kendall's tau.

    The bands are in the order of their places; ``accuracy`` is that of the whole network on the same ``pictures``.
    """

    config: ResNetConfig
    recalibrated: bool
    accuracy: float
    pictures: int
    seeds: tuple[int, ...]
    bands: tuple[Band, ...]


def chance(config: ResNetConfig) -> float:
    """The accuracy of guessing: every class equally often, whatever the picture."""
    return 1 / config.num_classes
