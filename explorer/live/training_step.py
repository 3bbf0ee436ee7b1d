"""What stands around every training step: whether it may run on a device, and how its numbers stay exact."""

from collections.abc import Callable
from typing import TypeVar

from explorer.live.denormals import flushed
from explorer.live.devices import Device, DeviceError, find_device
from explorer.live.exact_float32 import exact_float32
from explorer.live.out_of_memory import memory_guarded
from explorer.live.preflight import preflight_training
from explorer.live.progress import check_seed
from explorer.network.config import ResNetConfig

T = TypeVar("T")


def admitted(config: ResNetConfig, device: str, seed: int, batch_size: int) -> tuple[Device, int]:
    """The device and the batch size, if a training step of the network may run there.

    Raises:
        ValueError: the seed or the batch size is out of bounds. DeviceError: there is no such device, or it has not the
            memory or the time for such a step; the message is for a reader.
    """
    check_seed(seed)
    check = preflight_training(config, device, batch_size)
    if not check.fits:
        raise DeviceError(check.reason)
    return find_device(device), batch_size


def guarded(device: Device, work: Callable[[], T]) -> T:
    """Return what ``work`` returns, computed without TF32 and without denormals.

    Raises:
        DeviceError: memory ran out; the message is for a reader.
    """
    with exact_float32(device.kind):
        return memory_guarded(device, lambda: flushed(work))
