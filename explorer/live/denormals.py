"""Computing without denormals: numbers below 1.18e-38, which slow a CPU's convolutions down five to ten times."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar("T")


def flushed(work: Callable[[], T]) -> T:
    """Return what ``work`` returns, computed with denormal results replaced by zero.

    It runs in a new thread, because the setting belongs to each thread and is inherited only by threads started later.
    torch's helper threads of a new thread inherit it; those that the caller already has would go on without it. The
    caller's own setting never changes.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="flushed") as thread:
        return thread.submit(_flush_and, work).result()


def _flush_and(work: Callable[[], T]) -> T:
    torch.set_flush_denormal(True)  # False where the processor has no such setting: then denormals are computed with
    return work()
