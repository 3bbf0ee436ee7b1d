"""Time that tests move."""

from collections.abc import Callable


class Clock:
    """Returns ``now``, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.tell: Callable[[float], object] = lambda _: None  # a clock elsewhere that goes with this one

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.tell(seconds)
