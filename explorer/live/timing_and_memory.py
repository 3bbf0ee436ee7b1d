"""Running a network on a device: input images, the time a pass takes, and the most memory it uses."""

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from explorer.live.devices import Device, synchronise
from explorer.network.config import ResNetConfig


def noise(config: ResNetConfig, device: Device, seed: int, batch_size: int) -> Tensor:
    """Standard normal images (N, C, H, W), made where they are used: main memory may have no room for a GPU's batch."""
    shape = (batch_size, config.in_channels, config.image_size, config.image_size)
    if device.kind == "meta":
        return torch.empty(shape, device="meta")
    return torch.randn(shape, generator=torch.Generator(device.name).manual_seed(seed), device=device.name)


def timed(work: Callable[[], object], device: Device) -> float:
    """Seconds that ``work`` takes on ``device``, from an idle device to an idle one, with PyTorch's own settings."""
    synchronise(device)
    started = time.perf_counter()
    work()
    synchronise(device)
    return time.perf_counter() - started


def bytes_of_tensors(net: nn.Module) -> int:
    """Bytes of the parameters and buffers."""
    return sum(tensor.nbytes for tensor in (*net.parameters(), *net.buffers()))


def allocated_before(device: Device) -> int:
    """Bytes in use on a CUDA device; the count of its peak starts anew here. 0 on other devices."""
    if device.kind != "cuda":
        return 0
    torch.cuda.reset_peak_memory_stats(device.name)
    return torch.cuda.memory_allocated(device.name)


def peak_bytes(device: Device, allocated: int, tensors: int) -> int:
    """The most bytes in use at one time since ``allocated_before`` returned ``allocated``.

    CUDA counts them itself. Elsewhere they are the bytes that the caller counted in ``tensors``.
    """
    if device.kind == "cuda":
        return torch.cuda.max_memory_allocated(device.name) - allocated
    return tensors


def peak_of(device: Device) -> str:
    """In words, what exactly ``peak_bytes`` measures."""
    if device.kind == "cuda":
        return "all that PyTorch allocated on the GPU: weights, activations and workspace"
    return "weights, buffers, images and activations alive at once, without the convolutions' own workspace"
