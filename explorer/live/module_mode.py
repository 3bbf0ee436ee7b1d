"""Training or evaluation mode for as long as a piece of work lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def in_mode(net: nn.Module, *, training: bool) -> Iterator[None]:
    """Put every module of ``net`` in training or in evaluation mode, and back in its own mode at the end.

    ``net.train()`` at the end would not do: parts of a network can be frozen in evaluation mode while it trains.
    """
    changed = [module for module in net.modules() if module.training is not training]
    try:
        for module in changed:
            module.training = training
        yield
    finally:
        for module in changed:
            module.training = not training
