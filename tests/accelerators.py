"""The GPUs of this machine, for the tests marked ``gpu``."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from explorer.live.devices import Device, devices


def accelerators() -> list[Device]:
    """Every device but the CPU; there is one at least."""
    found = [device for device in devices() if device.kind != "cpu"]
    assert found
    return found


@contextmanager
def a_tenth_of(device: Device) -> Iterator[None]:
    """Let this process have a tenth of a CUDA device's memory: it runs out early, and other tests' work goes on."""
    torch.cuda.set_per_process_memory_fraction(0.1, device.name)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device.name)
