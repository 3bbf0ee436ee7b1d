"""What happens when a device runs out of memory: everything is freed, and an error says so in words."""

from collections.abc import Callable
from typing import TypeVar

import torch

from explorer.live.devices import Device, DeviceError, release_memory

T = TypeVar("T")
TRY_LESS = "try a smaller image or batch, or another device."


class OutOfMemory(DeviceError):  # noqa: N818  named as torch names it
    """A computation needed more memory than its device had left."""


def memory_guarded(
    device: Device, work: Callable[[], T], *, because: str = "", release: Callable[[], None] = lambda: None
) -> T:
    """Return what ``work`` returns. If it runs out of memory, free all that it held.

    ``because`` is the sentence of the error that says why; by default that other work took the memory. ``release`` is
    called before the memory is freed, to drop what the caller holds.

    Raises:
        OutOfMemory: memory ran out. Anything else that ``work`` raises passes through.
    """
    try:
        return work()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Only here, outside the handler, is the failed pass's traceback gone, and with it the tensors it held.
    release()
    release_memory(device)
    what = f"{device.name} ran out of memory"
    reason = f". {because}" if because else ", where other work took what was missing."
    raise OutOfMemory(f"{what}{reason} All of it is freed again: {TRY_LESS}")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out. The allocators of the CPU and of MPS raise a plain RuntimeError, known by its words."""
    words = str(error)
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "can't allocate memory" in words or "out of memory" in words
    )
