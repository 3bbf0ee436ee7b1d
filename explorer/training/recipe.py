"""How a network is trained: one frozen value, and the learning rate at each step."""

import math
from dataclasses import dataclass, fields
from enum import StrEnum

from explorer.live.progress import check_seed
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import quoted

WARM_UP = 0.2  # the share of the steps in which the rate rises, where the schedule has a rise
MAX_STEPS = 100_000
MAX_BATCH = 4_096
MAX_PADDING = 8


class Optimizer(StrEnum):
    """What turns gradients into steps."""

    SGD = "sgd"  # with momentum
    ADAM = "adam"


class Schedule(StrEnum):
    """How the learning rate changes from step to step."""

    CONSTANT = "constant"
    COSINE = "cosine"
    WARM_UP_COSINE = "warm-up cosine"

    def share(self, step: int, steps: int) -> float:
        """Returns the part of the peak learning rate at ``step``, counted from 0, of ``steps``: above 0, at most 1.

        The cosine falls as PyTorch's ``CosineAnnealingLR`` does (Loshchilov and Hutter 2017, equation 5).
        """
        if self is Schedule.CONSTANT:
            return 1.0
        rise = max(round(WARM_UP * steps), 1) if self is Schedule.WARM_UP_COSINE else 1
        if step < rise:
            return (step + 1) / rise
        return (1 + math.cos(math.pi * (step + 1 - rise) / (steps + 1 - rise))) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. The defaults are He et al. 2015's (section 4.2), but for the number of steps and the schedule.

    ``legs`` are numbers of steps: the schedule runs once over each, so that training goes on with another leg after
    it has ended (warm restarts: Loshchilov and Hutter 2017). ``learning_rate`` is the highest one. ``momentum`` is
    SGD's, Nesterov's if ``nesterov``, and Adam's beta 1. ``weight_decay`` is added to the gradient by both. Pictures
    are shifted by up to ``padding`` pixels each way and, if ``mirror``, mirrored in half of the cases. ``seed``
    decides the initial weights, the order of the pictures, their shifts, and what dropout drops.

    Raises:
        Refusal: a value is out of bounds; the message says what is allowed.
    """

    legs: tuple[int, ...] = (120,)
    batch_size: int = 128
    optimizer: Optimizer = Optimizer.SGD
    learning_rate: float = 0.1
    schedule: Schedule = Schedule.COSINE
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 1e-4
    padding: int = 0
    mirror: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "optimizer", Optimizer(self.optimizer))
        object.__setattr__(self, "schedule", Schedule(self.schedule))
        object.__setattr__(self, "legs", tuple(self.legs))
        check_seed(self.seed)
        if not self.legs or any(not _whole(leg) or leg < 1 for leg in self.legs) or self.steps > MAX_STEPS:
            raise Refusal(f"legs is {quoted(self.legs)}: give numbers of steps, each from 1, {MAX_STEPS:,} in all.")
        self._check("batch_size", self.batch_size, 1, MAX_BATCH)
        self._check("padding", self.padding, 0, MAX_PADDING)
        for name, most in (("learning_rate", 1e30), ("momentum", 0.999), ("weight_decay", 1.0)):
            self._check(name, getattr(self, name), 0, most)
        if not self.learning_rate:
            raise Refusal("learning_rate is 0, which changes nothing: give a number above 0, for example 0.1.")

    @property
    def steps(self) -> int:
        """The number of steps of all legs."""
        return sum(self.legs)

    def rate(self, step: int) -> float:
        """Returns the learning rate at ``step``, counted from 0."""
        for leg in self.legs:
            if step < leg:
                return self.learning_rate * self.schedule.share(step, leg)
            step -= leg
        raise ValueError(f"There are {self.steps} steps.")

    def _check(self, name: str, value: float, least: float, most: float) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = next(field.type for field in fields(self) if field.name == name) is int
        if not number or (whole and not _whole(value)) or not least <= value <= most:
            kind = "whole number" if whole else "number"
            raise Refusal(f"{name} is {quoted(value)}: it must be a {kind} from {least:g} to {most:,.10g}.")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
