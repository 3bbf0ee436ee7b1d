"""Training or evaluation mode for as long as a piece of work lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from explorer.live.module_kinds import KINDS
from explorer.network.layer import Kind


@contextmanager
def in_mode(net: nn.Module, *, training: bool, dropping: bool = True) -> Iterator[None]:
    """Put every module of ``net`` in training or in evaluation mode, and back in its own mode at the end.

    Without ``dropping``, dropout and stochastic depth drop nothing: what is measured is the network and no random draw
    from it. ``net.train()`` at the end would not do: parts of a network can be frozen in evaluation mode while it
    trains.
    """
    modes = {module: training and (dropping or not _drops(module)) for module in net.modules()}
    changed = [module for module, mode in modes.items() if module.training is not mode]
    try:
        for module in changed:
            module.training = modes[module]
        yield
    finally:
        for module in changed:
            module.training = not modes[module]


def _drops(module: nn.Module) -> bool:
    """Whether it drops values at random. By name, since importing torchvision takes seconds."""
    return KINDS.get(type(module).__name__) is Kind.DROPOUT
