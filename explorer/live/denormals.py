"""Computing without denormals: numbers below 1.18e-38, which make a CPU's convolutions five to ten times as slow."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar("T")


def flushed(work: Callable[[], T]) -> T:
    """What ``work`` returns or raises, computed with denormal results replaced by zero.

    It runs in a thread that ends with it. Whether denormals are flushed is a setting of each thread, handed on to
    those it starts: torch's helper threads take it over from a new thread, but where there are helpers already
    they would go on computing their part with denormals. And the caller's own setting stays as it is, on every error.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="flushed") as thread:
        return thread.submit(_flush_and, work).result()


def _flush_and(work: Callable[[], T]) -> T:
    torch.set_flush_denormal(True)  # False where the processor has no such setting: then denormals are computed with
    return work()
