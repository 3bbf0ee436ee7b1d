"""Norms of any tensor, read at once or kept on the device: right, the same, and transferred together."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.overrides import TorchFunctionMode

from explorer import ResNetConfig, build, preset
from explorer.gradients.amounts import PassResult
from explorer.gradients.hooks import measured_pass
from explorer.gradients.norms import KeptOnDevice, Norms, ReadAtOnce, norms_for, read_all

BOTH = pytest.mark.parametrize("norms", [ReadAtOnce(), KeptOnDevice()], ids=["read at once", "kept on the device"])
SIGMOID = {"activation": "sigmoid", "init": "xavier", "norm": "none"}


def norm_of(x: Tensor, norms: Norms) -> float:
    (norm,) = read_all(norms.of([x]))
    return float(norm)


@BOTH
@given(exponent=st.integers(-60, 60), count=st.integers(1, 400))
def test_norms_are_right_wherever_single_precision_is(norms: Norms, exponent: int, count: int) -> None:
    """Also where its squares are not: 2 ** -120 squared is zero, 2 ** 120 squared infinite."""
    x = torch.randn(2, count, generator=torch.Generator().manual_seed(count)) * 2.0 ** (2 * exponent)
    assert norm_of(x, norms) == pytest.approx(float(x.double().norm()), rel=1e-5)


@BOTH
def test_norms_of_what_is_no_number(norms: Norms) -> None:
    assert norm_of(torch.zeros(3, 2), norms) == 0
    assert norm_of(torch.tensor([[1.0, math.inf]]), norms) == math.inf
    assert math.isnan(norm_of(torch.tensor([[1.0, math.nan, math.inf]]), norms))


@BOTH
@pytest.mark.parametrize("shape", [(16, 64, 64, 64), (16, 16, 32, 32), (2, 16, 64, 64), (1, 4, 256, 256), (64, 8192)])
def test_a_long_sum_keeps_its_digits(shape: tuple[int, ...], norms: Norms) -> None:
    """Of equal values most of them, whose squares all round the same way when they are added."""
    varied, equal = torch.randn(shape, generator=torch.Generator().manual_seed(0)), torch.full(shape, 0.7)
    for x, tolerance in ((varied, 2e-5), (varied.transpose(0, 1), 2e-5), (equal, 1e-4)):
        assert norm_of(x, norms) == pytest.approx(float(x.double().norm()), rel=tolerance)


@BOTH
@given(exponents=st.tuples(st.integers(-60, 60), st.integers(-60, 60)), count=st.integers(2, 100))
def test_the_inner_product_is_right_beyond_single_precision(
    norms: Norms, exponents: tuple[int, int], count: int
) -> None:
    a, b = torch.randn(2, 3, count, generator=torch.Generator().manual_seed(count)).unbind()
    a, b = a * 2.0 ** (2 * exponents[0]), b * 2.0 ** (2 * exponents[1])
    dot, sizes = read_all((norms.dot(a, b, norms.of([a, b])), norms.of([a, b])))
    true = float(torch.dot(a.flatten().double(), b.flatten().double()))
    assert dot == pytest.approx(true, rel=1e-4, abs=1e-6 * sizes[0] * sizes[1])


@BOTH
@pytest.mark.parametrize("power", [-400, -41, -1, 0, 1, 30, 400])
def test_scaling_to_one_divides_by_a_power_of_two(norms: Norms, power: int) -> None:
    x = torch.tensor([3.0, 4.0], dtype=torch.float64) * 2.0**power
    scaled, exponent = norms.scaled_to_one(x, norms.of([x])[0])
    assert scaled.tolist() == [3 / 8, 4 / 8]
    assert read_all((exponent,)) == (power + 3,)


@BOTH
@pytest.mark.parametrize("value", [0.0, math.inf])
def test_nothing_and_infinity_are_not_scaled(norms: Norms, value: float) -> None:
    x = torch.tensor([value], dtype=torch.float64)
    scaled, exponent = norms.scaled_to_one(x, norms.of([x])[0])
    assert scaled.tolist() == [value]
    assert read_all((exponent,)) == (0,)


# The same in both ways.


def passed(config: ResNetConfig, norms: Norms, *, second_look: bool = False) -> PassResult:
    """One pass of two images, or the second look: in double precision and rescaled."""
    dtype = torch.float64 if second_look else torch.float32
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(2, 3, config.image_size, config.image_size, generator=generator, dtype=dtype)
    net = build(config, seed=3).to(dtype)
    return measured_pass(net, images, torch.tensor([3, 7]), rescale=second_look, norms=norms)


@pytest.mark.parametrize("second_look", [False, True])
@pytest.mark.parametrize("fields", [{}, {"shortcut": "B", "order": "pre"}, SIGMOID, {"shortcut": "none", **SIGMOID}])
def test_both_ways_find_the_same(fields: dict[str, Any], second_look: bool) -> None:
    config = replace(preset("resnet20"), image_size=16, **fields)
    one, other = (passed(config, norms, second_look=second_look) for norms in (ReadAtOnce(), KeptOnDevice()))
    assert one.loss == other.loss
    for mine, theirs in zip(one.amounts(), other.amounts(), strict=True):
        assert theirs.values == mine.values
        assert theirs.exponent == mine.exponent
        assert theirs.norm == pytest.approx(mine.norm, rel=1e-5)
        assert theirs.typical_log10 == pytest.approx(mine.typical_log10, abs=1e-5)
        assert theirs.is_below_float32 == mine.is_below_float32
    for name, parts in one.parts.items():
        assert other.parts[name].cosine == pytest.approx(parts.cosine, abs=1e-5)
    assert list(other.weights) == list(one.weights)


def test_a_gradient_below_float32_is_seen_in_both_ways() -> None:
    config = replace(preset("plain56"), image_size=16, **SIGMOID)
    for norms in (ReadAtOnce(), KeptOnDevice()):
        assert passed(config, norms).blocks["stem"].is_below_float32
        assert -60 < passed(config, norms, second_look=True).blocks["stem"].log10 < -30


# Transfers.


class Reads(TorchFunctionMode):
    """Counts what makes the program wait for a GPU: every way in which a tensor becomes a number of Python's."""

    WAYS = frozenset({"item", "tolist", "numpy", "cpu", "__float__", "__int__", "__bool__", "__index__"})

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.count += getattr(func, "__name__", "") in self.WAYS
        return func(*args, **(kwargs or {}))


def reads(config: ResNetConfig, norms: Norms, *, second_look: bool) -> int:
    with Reads() as counted:
        passed(config, norms, second_look=second_look)
    return counted.count


@pytest.mark.parametrize("second_look", [False, True])
@pytest.mark.parametrize("fields", [{}, {"shortcut": "none"}, {"shortcut": "B", "order": "pre"}])
def test_kept_on_the_device_all_numbers_are_transferred_at_once(fields: dict[str, Any], second_look: bool) -> None:
    shallow, deep = (replace(preset(f"resnet{depth}"), image_size=8, **fields) for depth in (8 + 12, 8 + 24))
    assert [reads(config, KeptOnDevice(), second_look=second_look) for config in (shallow, deep)] == [1, 1]
    at_once = [reads(config, ReadAtOnce(), second_look=second_look) for config in (shallow, deep)]
    assert at_once[1] > at_once[0] + 12  # so the counter counts


def test_only_an_nvidia_gpu_keeps_them() -> None:
    assert isinstance(norms_for("cuda"), KeptOnDevice)
    assert all(isinstance(norms_for(kind), ReadAtOnce) for kind in ("cpu", "mps"))
