"""A network that many threads share, lent for one pass at a time: in evaluation mode, and given back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode

_LOCKS: WeakKeyDictionary[nn.Module, RLock] = WeakKeyDictionary()
_FINDING = Lock()
_PIXELS = 4 * 224 * 224  # of one pass, after which others have their turn: half a second of ResNet-50 on a core


@contextmanager
def borrowed(net: nn.Module) -> Iterator[None]:
    """Nobody else who borrows ``net`` runs it meanwhile; every module is in evaluation mode, and afterwards in its own.

    For a forward pass only, so that others wait no longer than that: a backward pass reads what its forward pass kept.
    """
    with _lock_of(net), in_mode(net, training=False):
        yield


def _lock_of(net: nn.Module) -> RLock:
    """One for each network, as long as that lives; a thread that has it may take it again."""
    with _FINDING:
        return _LOCKS.setdefault(net, RLock())


def outputs(net: nn.Module, images: Tensor) -> Tensor:
    """The logits (N, K) of pictures (N, C, H, W) in evaluation mode, without a graph."""
    with exact_float32(images.device.type), torch.inference_mode(False), torch.no_grad(), borrowed(net):
        logits: Tensor = net(images)
    return logits


def at_once(images: Tensor) -> int:
    """How many pictures of the size of these (N, C, H, W) one pass should take, where work is made of many passes."""
    return max(_PIXELS // (images.shape[-2] * images.shape[-1]), 1)
