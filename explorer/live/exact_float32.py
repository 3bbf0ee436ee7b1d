"""Single precision without TF32, for measured values.

By default cuDNN convolves in TF32 on an NVIDIA GPU: 10 bits of mantissa instead of 23. That is right for timings, which
should be what a user of PyTorch gets, and wrong for values: gradient ratios of ResNet-56 were 3.5 % off the CPU's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import torch

_EXACT = "ieee"


@dataclass(slots=True)
class _Switch:
    """PyTorch's settings belong to the whole process: the first user turns TF32 off, the last restores it."""

    lock: Lock = field(default_factory=Lock)
    users: int = 0
    before: tuple[str, ...] = ()


_SWITCH = _Switch()


@contextmanager
def exact_float32(device_type: str) -> Iterator[None]:
    """Compute float32 in full precision on a device of this type ("cuda", "cpu", ...), and restore the settings after.

    Calls can be nested and overlap in several threads: TF32 stays off until the last of them ends. Whatever else runs
    on an NVIDIA GPU meanwhile, a timing on a second one for example, goes without TF32 too. Other types of device do
    not use it, so for them nothing changes: work on the CPU never slows a timing on a GPU down.
    """
    if device_type != "cuda":
        yield
        return
    with _SWITCH.lock:
        if not _SWITCH.users:
            _SWITCH.before = tuple(operation.fp32_precision for operation in _operations())
            _set((_EXACT,) * len(_SWITCH.before))
        _SWITCH.users += 1
    try:
        yield
    finally:
        with _SWITCH.lock:
            _SWITCH.users -= 1
            if not _SWITCH.users:
                _set(_SWITCH.before)


def _operations() -> tuple[Any, ...]:
    """The operations that a ResNet is made of and that may use TF32. Their older settings, ``allow_tf32``, are not used
    here: PyTorch raises an error when they are read after these have been set."""
    cudnn: Any = torch.backends.cudnn  # its type stub has no ``conv``
    return torch.backends.cuda.matmul, cudnn.conv


def _set(precisions: tuple[str, ...]) -> None:
    for operation, precision in zip(_operations(), precisions, strict=True):
        operation.fp32_precision = precision
