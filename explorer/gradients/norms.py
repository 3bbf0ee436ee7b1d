"""Euclidean norms of gradients and signals, right for every value that single precision can hold.

There are two ways to take them. On the CPU each norm is read at once, while its tensor is still in the processor's
caches. On an NVIDIA GPU, reading a number waits until everything queued before it is computed: there norms stay on the
device, as tensors () in double precision, until ``read_all`` transfers all of them together.
"""

import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

# Squares of numbers in this range neither leave float32 nor lose digits in it, however many are summed.
_SAFE = (1e-15, 1e15)
# The most squares whose sum in float32 is right to 1e-5, even where all are the same and each rounds the same way.
_LONGEST = 2**17

Number = float | Tensor
T = TypeVar("T")


class Norms(Protocol):
    """A way to take norms; each method returns numbers that ``read_all`` turns into floats."""

    def of(self, tensors: Sequence[Tensor]) -> list[Number]:
        """The Euclidean norm of each tensor's values."""

    def value(self, scalar: Tensor) -> Number:
        """A tensor () as a number."""

    def dot(self, a: Tensor, b: Tensor, norms: Sequence[Number]) -> Number:
        """The inner product of two tensors of one shape, whose ``norms`` are known."""

    def scaled_to_one(self, x: Tensor, norm: Number) -> tuple[Tensor, Number]:
        """``x`` with a norm of about 1, and the power of two by which it was divided. 0 and infinity stay."""


class ReadAtOnce:
    """Norms as floats."""

    def of(self, tensors: Sequence[Tensor]) -> list[Number]:
        """Where squares would leave float32's range, values are scaled first."""
        return [_norm(x) for x in tensors]

    def value(self, scalar: Tensor) -> Number:
        """Its value."""
        return float(scalar)

    def dot(self, a: Tensor, b: Tensor, norms: Sequence[Number]) -> Number:
        """NaN where a norm is zero or no finite number."""
        first, second = map(float, norms)
        if not (0 < first < math.inf and 0 < second < math.inf):
            return math.nan
        if all(_SAFE[0] < norm < _SAFE[1] for norm in (first, second)):
            return float(torch.dot(a.reshape(-1), b.reshape(-1)))
        return float(torch.dot((a / first).reshape(-1), (b / second).reshape(-1))) * first * second

    def scaled_to_one(self, x: Tensor, norm: Number) -> tuple[Tensor, Number]:
        """In two halves, since the power of two alone may be out of range."""
        if not 0 < norm < math.inf:
            return x, 0
        power = math.frexp(norm)[1]
        half = power // 2
        return x * 2.0**-half * 2.0 ** (half - power), power


class KeptOnDevice:
    """Norms as tensors () of float64 on the device of what they measure; nothing here waits for the device."""

    def of(self, tensors: Sequence[Tensor]) -> list[Number]:
        """One call for many tensors, which starts few kernels. All that float32 holds has its square in float64."""
        return list(torch._foreach_norm(list(tensors), 2, dtype=torch.float64))

    def value(self, scalar: Tensor) -> Number:
        """Still the tensor."""
        return scalar

    def dot(self, a: Tensor, b: Tensor, norms: Sequence[Number]) -> Number:
        """In double precision, so that no product underflows."""
        return torch.dot(a.reshape(-1).double(), b.reshape(-1).double())

    def scaled_to_one(self, x: Tensor, norm: Number) -> tuple[Tensor, Number]:
        """As ``ReadAtOnce``."""
        norm = torch.as_tensor(norm)
        power = torch.where((norm > 0) & norm.isfinite(), torch.frexp(norm).exponent, 0).double()
        half = (power / 2).floor()
        return x * torch.exp2(-half) * torch.exp2(half - power), power


def norms_for(device_type: str) -> Norms:
    """The way that is fast on a device of this type ("cpu", "cuda", ...)."""
    return KeptOnDevice() if device_type == "cuda" else ReadAtOnce()


def read_all(tree: T) -> T:
    """Nested tuples, lists and dictionaries with every tensor () in them replaced by its value, in one transfer."""
    leaves, shape = tree_flatten(tree)
    tensors = [leaf.double() for leaf in leaves if isinstance(leaf, Tensor)]
    values = iter(torch.stack(tensors).tolist() if tensors else ())
    read: T = tree_unflatten([next(values) if isinstance(leaf, Tensor) else leaf for leaf in leaves], shape)
    return read


def _norm(x: Tensor) -> float:
    norm = _sum_of_squares_root(x)
    if _SAFE[0] < norm < _SAFE[1]:
        return norm
    largest = float(torch.linalg.vector_norm(x, math.inf))
    if not 0 < largest < math.inf:  # nothing, or no number to scale by
        return largest
    return largest * _sum_of_squares_root(x / largest)


def _sum_of_squares_root(x: Tensor) -> float:
    """Of many values by rows, and then over the rows in double precision: one long sum in float32 is off by 1e-4."""
    if x.numel() <= _LONGEST:
        flat = x.reshape(-1)
        return math.sqrt(float(torch.dot(flat, flat)))  # faster than vector_norm, most of all on what no cache holds
    rows = x.flatten(1)
    if rows.shape[1] > _LONGEST // 2 and x.dim() == 4:  # vector_norm has half as many partial sums as dot
        rows = x.flatten(0, 1).flatten(1)
    return math.hypot(*torch.linalg.vector_norm(rows, dim=1).tolist())
