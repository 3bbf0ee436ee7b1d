"""A network lent for one pass: to one at a time, in evaluation mode, given back as it was."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from explorer import build, preset
from explorer.live import shared_network
from explorer.live.progress import StepCounter
from explorer.live.shared_network import at_once, borrowed, features_of, outputs


def network() -> nn.Module:
    """Its modes differ from module to module, and its output tells whether it is in training mode."""
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    net[1].eval()
    return net


def test_it_is_in_evaluation_mode_and_then_as_before() -> None:
    net = network()
    before = [module.training for module in net.modules()]
    assert before == [True, True, False, True, True, True]
    with borrowed(net):
        assert not any(module.training for module in net.modules())
        with borrowed(net):
            assert not any(module.training for module in net.modules())
        assert not any(module.training for module in net.modules())
    assert [module.training for module in net.modules()] == before


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_an_error_gives_it_back(kind: type[BaseException]) -> None:
    net = network()
    with pytest.raises(kind), borrowed(net):
        raise kind
    assert net.training
    with ThreadPoolExecutor(1) as thread:  # or this would wait for ever
        assert thread.submit(outputs, net, torch.zeros(1, 3, 2, 2)).result(60).shape == (1, 4)


def test_one_at_a_time_borrows_a_network_and_others_borrow_others() -> None:
    net, other = network(), network()
    inside, most, counting = 0, 0, threading.Lock()

    def borrow(_: int) -> None:
        nonlocal inside, most
        with borrowed(net):
            with counting:
                inside += 1
                most = max(most, inside)
            outputs(net, torch.zeros(1, 3, 8, 8))
            with counting:
                inside -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(borrow, range(100)))
        with borrowed(net):
            assert threads.submit(outputs, other, torch.zeros(1, 3, 2, 2)).result(60).shape == (1, 4)
    assert most == 1


def test_a_lock_ends_with_its_network() -> None:
    gc.collect()
    before = len(shared_network._LOCKS)
    net = network()
    outputs(net, torch.zeros(1, 3, 2, 2))
    assert len(shared_network._LOCKS) == before + 1
    del net
    gc.collect()
    assert len(shared_network._LOCKS) == before


def test_outputs_have_no_graph_and_leave_nothing() -> None:
    net, images = network(), torch.rand(2, 3, 4, 4)
    state = torch.get_rng_state()
    found = outputs(net, images)
    assert not found.requires_grad
    assert torch.equal(torch.get_rng_state(), state)
    with torch.inference_mode():
        assert torch.equal(outputs(net, images), found)
    net.eval()
    assert torch.equal(net(images), found)


def test_passes_take_fewer_of_larger_pictures() -> None:
    sizes = [at_once(torch.empty(1, 3, side, side, device="meta")) for side in (28, 224, 448, 4000)]
    assert sizes == [64, 4, 1, 1]


def test_progress_is_told_before_each_pass() -> None:
    told: list[tuple[float, str]] = []
    tell = StepCounter(4, lambda *one: told.append(one))
    for message in "abcde":
        tell(message)
    assert told == [(0, "a"), (0.25, "b"), (0.5, "c"), (0.75, "d"), (1, "e")]
    StepCounter(1, None)("untold")


def test_features_are_what_the_last_layer_reads() -> None:
    net = build(preset("resnet20"), seed=1)
    images = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with features_of(net) as found:
        logits = outputs(net, images)
    (features,) = found
    assert features.shape == (3, 64) and not features.requires_grad
    assert torch.equal(logits, outputs(net, images))
    assert torch.allclose(net.fc(features), logits)
    assert net.training and not net.fc._forward_pre_hooks


def test_features_of_another_threads_pass_are_not_collected() -> None:
    net, images = build(preset("resnet20"), seed=1), torch.zeros(1, 3, 32, 32)
    with features_of(net) as mine, ThreadPoolExecutor(1) as thread:
        thread.submit(outputs, net, images).result(60)
        assert not mine
        outputs(net, images)
    assert len(mine) == 1


def test_the_hook_for_features_goes_with_an_error() -> None:
    net = build(preset("resnet20"), seed=1)
    with pytest.raises(MemoryError), features_of(net):
        raise MemoryError
    assert not net.fc._forward_pre_hooks
