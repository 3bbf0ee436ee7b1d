"""TF32 is off while values are measured on a GPU, and as before afterwards. The settings exist without a GPU, too."""

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
import torch

from explorer.live.exact_float32 import exact_float32

EXACT = ("ieee", "ieee")


def settings() -> tuple[str, ...]:
    return torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.conv.fp32_precision


@pytest.fixture(params=[("none", "tf32"), ("tf32", "tf32"), ("tf32", "ieee"), EXACT])
def before(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """The process's settings: PyTorch's own, and what a user may have chosen."""
    matmul, conv, own = torch.backends.cuda.matmul, torch.backends.cudnn.conv, settings()
    matmul.fp32_precision, conv.fp32_precision = request.param
    yield request.param
    matmul.fp32_precision, conv.fp32_precision = own


def test_pytorchs_own_settings_are_what_the_timings_keep() -> None:
    assert settings() == ("none", "tf32")


def test_tf32_is_off_inside_and_restored_after(before: tuple[str, ...]) -> None:
    with exact_float32("cuda"):
        assert settings() == EXACT
    assert settings() == before


def test_it_is_restored_after_an_exception(before: tuple[str, ...]) -> None:
    with pytest.raises(KeyboardInterrupt), exact_float32("cuda"):
        raise KeyboardInterrupt
    assert settings() == before


def test_it_nests(before: tuple[str, ...]) -> None:
    with exact_float32("cuda"):
        with pytest.raises(ValueError, match="inside"), exact_float32("cuda"):
            raise ValueError("inside")
        assert settings() == EXACT
    assert settings() == before


@pytest.mark.parametrize("device_type", ["cpu", "mps", "meta"])
def test_devices_without_tf32_leave_the_settings_alone(device_type: str, before: tuple[str, ...]) -> None:
    with exact_float32(device_type):
        assert settings() == before


def test_with_two_threads_the_last_one_restores_it(before: tuple[str, ...]) -> None:
    """The first to come is the first to go: TF32 stays off for the other, and comes back after both."""
    turn, seen = Barrier(2, timeout=10), []

    def first() -> None:
        with exact_float32("cuda"):
            turn.wait()
            turn.wait()
        turn.wait()

    def second() -> None:
        turn.wait()
        with exact_float32("cuda"):
            turn.wait()
            turn.wait()
            seen.append(settings())

    threads = [Thread(target=first), Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == [EXACT]
    assert settings() == before
