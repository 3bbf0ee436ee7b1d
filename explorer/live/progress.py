"""The progress of long work, told to whoever asked for it, and the seeds that such work takes."""

from collections.abc import Callable

Progress = Callable[[float, str], None]


def untold(fraction: float, message: str) -> None:
    """The progress nobody asked for."""


def part_of(tell: Progress, number: int, count: int) -> Progress:
    """The progress of the ``number``-th of ``count`` equal parts, told as progress of the whole."""
    return lambda fraction, message: tell((number + fraction) / count, message)


class Passes:
    """Tells the progress of work that is made of ``count`` passes: to be called before each."""

    def __init__(self, count: int, progress: Progress | None) -> None:
        self.count, self.progress, self.done = count, progress or untold, 0

    def __call__(self, message: str) -> None:
        self.progress(min(self.done / self.count, 1.0), message)
        self.done += 1


MAX_SEED = 2**32 - 1


def check_seed(seed: int) -> None:
    """Raise a ValueError unless ``seed`` is one that every generator here takes."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"seed is {str(seed)[:60]}: it must be a whole number from 0 to {MAX_SEED:,}.")
