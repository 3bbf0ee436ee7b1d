"""The progress of long work, reported to whoever asked for it, and the seeds that such work takes."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and what happens next; it may raise to stop the work."""


def no_progress(fraction: float, message: str) -> None:
    """Do nothing: for work whose progress nobody asked for."""


def between(tell: Progress, start: float, end: float, prefix: str = "") -> Progress:
    """The progress of one part of the work, which lasts from ``start`` to ``end`` of the whole."""
    return lambda fraction, message: tell(start + (end - start) * fraction, prefix + message)


def part_of(tell: Progress, number: int, count: int, prefix: str = "") -> Progress:
    """The progress of part ``number``, counted from 0, of ``count`` equal parts."""
    return lambda fraction, message: tell((number + fraction) / count, prefix + message)


class StepCounter:
    """Reports the progress of work that is made of ``count`` steps: call it before each step."""

    def __init__(self, count: int, progress: Progress | None) -> None:
        self.count, self.progress, self.done = count, progress or no_progress, 0

    def __call__(self, message: str) -> None:
        self.progress(min(self.done / self.count, 1.0), message)
        self.done += 1


MAX_SEED = 2**32 - 1


def check_seed(seed: int) -> None:
    """Raise a ValueError unless ``seed`` is one that every generator here takes."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"seed is {str(seed)[:60]}: it must be a whole number from 0 to {MAX_SEED:,}.")
