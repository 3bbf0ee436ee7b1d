"""The class that a map is made for, for each picture, and the class that it may be held against."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.cam.input_checks import checked_logits
from explorer.live.shared_network import outputs
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

Classes = int | Sequence[int] | Tensor


def class_indices(name: str, given: Classes, count: int, logits: Tensor) -> Tensor:
    """The class of each of ``count`` pictures as a tensor (count,), from one for all or one for each.

    Raises:
        Refusal: it is no class of a network with these ``logits`` (N, K), or not one for each picture.
    """
    indices = whole_numbers(name, given)
    if len(indices) == 1:
        indices *= count
    if len(indices) != count:
        raise Refusal(f"{name} has {len(indices):,} classes for {counted(count, 'image')}: give one, or one for each.")
    check_classes(name, indices, logits.shape[1])
    return torch.tensor(indices, device=logits.device)


def whole_numbers(name: str, given: Classes) -> list[int]:
    """Class indices as a list, whatever holds them.

    Raises:
        Refusal: they are no whole numbers.
    """
    values = given.flatten().tolist() if isinstance(given, Tensor) else given
    try:
        several = list(values) if isinstance(values, Sequence) and not isinstance(values, str) else [values]
        if any(isinstance(value, bool) for value in several):
            raise TypeError
        return [operator.index(value) for value in several]
    except TypeError:
        raise Refusal(f"{name} is {str(given)[:60]}: it must be a class index, a whole number from 0.") from None


def check_classes(name: str, indices: Sequence[int], classes: int) -> None:
    """Raise a Refusal if an index is not below the number of ``classes``."""
    for index in indices:
        if not 0 <= index < classes:
            raise Refusal(
                f"{name} is {str(index)[:60]}: this network has {counted(classes, 'class')}, so it must be a whole "
                f"number from 0 to {classes - 1:,}."
            )


@dataclass(frozen=True, slots=True)
class TargetClasses:
    """The class of each picture (N,), and the one that it is held against, if any."""

    targets: Tensor
    against: Tensor | None

    def scores(self, logits: Tensor) -> Tensor:
        """Of logits (N, K) those of the classes, less those of the others: (N,)."""
        found = logits.gather(1, self.targets[:, None])[:, 0]
        return found if self.against is None else found - logits.gather(1, self.against[:, None])[:, 0]

    @property
    def pairs(self) -> list[tuple[int, int | None]]:
        """For each picture its class and the other as plain numbers."""
        targets: list[int] = self.targets.tolist()
        others = [None] * len(targets) if self.against is None else self.against.tolist()
        return list(zip(targets, others, strict=True))


def checked_classes(target: Classes, against: Classes | None, logits: Tensor) -> TargetClasses:
    """What is asked of a network that gave ``logits`` (N, K).

    Raises:
        Refusal: a class that the network has not, not one for each picture, or one held against itself.
    """
    targets = class_indices("target", target, len(logits), logits)
    if against is None:
        return TargetClasses(targets, None)
    others = class_indices("against", against, len(logits), logits)
    same = targets[targets == others].tolist()
    if same:
        raise Refusal(
            f"target and against are both {same[0]}: choose two different classes to hold against each other."
        )
    return TargetClasses(targets, others)


def classes_for(
    net: nn.Module, images: Tensor, target: Classes, against: Classes | None = None
) -> list[tuple[int, int | None]]:
    """The class of each picture (N, C, H, W), and the one that it is held against. How many there are only the network
    can tell: a pass of one picture.

    Raises:
        Refusal: as ``checked_classes``.
    """
    logits = checked_logits(net, outputs(net, images[:1]), 1)
    return checked_classes(target, against, logits.expand(len(images), -1)).pairs
