"""A network that many threads share: one thread at a time runs it, in evaluation mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock, get_ident
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.network.model import ResNet

_LOCKS: WeakKeyDictionary[nn.Module, RLock] = WeakKeyDictionary()
_FINDING = Lock()
_PIXELS = 4 * 224 * 224  # of one pass, after which others have their turn: half a second of ResNet-50 on a core
_SMALL_PICTURES = 64  # of one pass: their maps stay in a processor's cache, 256 take a third longer


@contextmanager
def borrowed(net: nn.Module) -> Iterator[None]:
    """Use ``net`` alone, in evaluation mode; others who borrow it wait.

    Borrow it for the forward pass only, so that others wait no longer: a backward pass needs nothing of the network but
    what its forward pass saved.
    """
    with _lock_of(net), in_mode(net, training=False):
        yield


def _lock_of(net: nn.Module) -> RLock:
    """One reentrant lock for each network, for as long as the network lives."""
    with _FINDING:
        return _LOCKS.setdefault(net, RLock())


def outputs(net: nn.Module, images: Tensor) -> Tensor:
    """The logits (N, K) of pictures (N, C, H, W) in evaluation mode, without a graph."""
    with exact_float32(images.device.type), torch.inference_mode(False), torch.no_grad(), borrowed(net):
        logits: Tensor = net(images)
    return logits


@contextmanager
def features_of(net: ResNet) -> Iterator[list[Tensor]]:
    """The features (N, D) that the last layer gets in each pass that this thread makes meanwhile."""
    mine, found = get_ident(), list[Tensor]()

    def note(_: nn.Module, given: tuple[Tensor, ...]) -> None:
        if get_ident() == mine:
            found.append(given[0].detach())

    with borrowed(net):  # nobody's pass runs while a hook comes or goes
        hook = net.fc.register_forward_pre_hook(note)
    try:
        yield found
    finally:
        with borrowed(net):
            hook.remove()


def at_once(images: Tensor) -> int:
    """How many pictures of this size (N, C, H, W) a pass should take, so that others soon have their turn."""
    return min(max(_PIXELS // (images.shape[-2] * images.shape[-1]), 1), _SMALL_PICTURES)
