"""Both modes against PyTorch's own: hand-sliced batches through a network in train(), F.batch_norm, InstanceNorm2d."""

import copy
import pickle
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.text.errors import Refusal
from explorer.training.modes.measure import batch_statistics, compare_modes
from explorer.training.modes.page_jobs import both_modes, statistics_of
from explorer.training.modes.values import SIZES, BatchOrder, NormStatistics, norm_names
from tests.network.trained import lively
from tests.training.damage.patients import NETWORKS, SMALL, load

RESIDUAL, PLAIN, UNNORMED = NETWORKS
PATIENT = load("residual")
GIVEN = PATIENT.net, PATIENT.images, PATIENT.labels


def trained_mode_logits(order: Tensor, size: int) -> Tensor:
    """Those of hand-sliced batches, by a network whose batch norms are PyTorch's functions, in the pictures' order."""
    net = copy.deepcopy(PATIENT.net).train()
    logits = torch.empty(len(order), 10)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        logits[chosen] = net(PATIENT.images[chosen]).detach()
    return logits


def orders() -> dict[BatchOrder, Tensor]:
    mixed = torch.randperm(len(PATIENT.labels), generator=torch.Generator().manual_seed(0))
    by_class = torch.tensor(sorted(range(len(PATIENT.labels)), key=lambda index: int(PATIENT.labels[index])))
    return {BatchOrder.MIXED: mixed, BatchOrder.SORTED: by_class}


@pytest.mark.parametrize("order", BatchOrder)
def test_every_batch_is_right_as_often_as_hand_sliced_ones(order: BatchOrder) -> None:
    sizes = (1, 4, 7, 128)
    found = compare_modes(*GIVEN, sizes=sizes)
    expected = PATIENT.net(PATIENT.images).argmax(1) == PATIENT.labels
    assert (found.pictures, found.right) == (len(PATIENT.labels), int(expected.sum()))
    for outcome, size in zip(found.of(order), sizes, strict=True):
        right = trained_mode_logits(orders()[order], size).argmax(1) == PATIENT.labels
        assert outcome.size == size and outcome.right == int(right.sum())
        assert outcome.lost == int((expected & ~right).sum()) and outcome.mended == int((right & ~expected).sum())


def test_a_batch_of_one_is_instance_norm() -> None:
    """The same network with each batch norm replaced by PyTorch's instance norm, on all pictures at once."""
    twin = copy.deepcopy(PATIENT.net)
    for name, module in list(twin.named_modules()):
        if isinstance(module, nn.BatchNorm2d):
            instance = nn.InstanceNorm2d(module.num_features, module.eps, affine=True)
            instance.load_state_dict({"weight": module.weight, "bias": module.bias})
            twin.set_submodule(name, instance)
    right = int((twin(PATIENT.images).argmax(1) == PATIENT.labels).sum())
    assert {each.right for each in compare_modes(*GIVEN, sizes=(1,)).batches} == {right}


@pytest.mark.parametrize("order", BatchOrder)
def test_a_norm_alone_in_training_mode_has_these_statistics(order: BatchOrder) -> None:
    """PyTorch leaves the batch's mean in ``running_mean`` with a momentum of 1, the variance divided by one less."""
    size = 8
    for one in batch_statistics(*GIVEN, size, training=False).norms:
        net = copy.deepcopy(PATIENT.net)
        norm = net.get_submodule(one.name).train()
        norm.momentum = 1.0
        net(PATIENT.images[orders()[order][:size]])
        torch.testing.assert_close(torch.tensor(one.of(order).means), norm.running_mean, rtol=1e-4, atol=1e-5)
        unbiased = torch.tensor(one.of(order).variances) * one.values / (one.values - 1)
        torch.testing.assert_close(unbiased, norm.running_var, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("order", BatchOrder)
def test_statistics_are_those_that_normalise(order: BatchOrder) -> None:
    """With them F.batch_norm gives what a norm in training mode gives, for every norm of the network."""
    size = 8
    found = {each.name: each for each in batch_statistics(*GIVEN, size).norms}
    net = copy.deepcopy(PATIENT.net).train()
    checked = []

    def check(norm: nn.Module, given: tuple[Tensor], out: Tensor) -> None:
        (name,) = [name for name, module in net.named_modules() if module is norm]
        one: NormStatistics = found[name]
        mean, variance = torch.tensor(one.of(order).means), torch.tensor(one.of(order).variances)
        expected = functional.batch_norm(given[0], mean, variance, norm.weight, norm.bias, False, 0.0, norm.eps)
        torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-4)
        assert one.values == size * given[0].shape[2] * given[0].shape[3]
        before = PATIENT.net.get_submodule(name)
        assert torch.equal(torch.tensor(one.running.means), before.running_mean)
        assert torch.equal(torch.tensor(one.running.variances), before.running_var)
        checked.append(name)

    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(check)
    net(PATIENT.images[orders()[order][:size]])
    assert sorted(checked) == sorted(found) == sorted(norm_names(PATIENT.net.config))


def test_the_network_and_the_random_state_are_left_alone() -> None:
    net = lively(SMALL["residual"])
    net.layer1.train()  # a mode of its own
    before, modes = copy.deepcopy(net.state_dict()), [module.training for module in net.modules()]
    state = torch.get_rng_state()
    compare_modes(net, PATIENT.images, PATIENT.labels, sizes=(1, 8))
    batch_statistics(net, PATIENT.images, PATIENT.labels, 8)
    assert torch.equal(torch.get_rng_state(), state)
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not any(module._forward_pre_hooks for module in net.modules())


def test_where_pytorch_refuses_it_is_said_in_its_words() -> None:
    """Two stages: a corner of 2 x 2 pixels has maps of 1 x 1 in the last one."""
    found = compare_modes(*GIVEN, sizes=(2,)).refusal
    assert found.side == 2
    net = copy.deepcopy(PATIENT.net).train()
    with pytest.raises(ValueError, match="Expected more than 1 value per channel") as error:
        net(PATIENT.images[:1, :, :2, :2])
    assert found.words == str(error.value)
    net(PATIENT.images[:1, :, :3, :3])
    net(PATIENT.images[:2, :, :2, :2])


def test_a_size_that_is_refused_has_no_outcome() -> None:
    tiny = PATIENT.images[:, :, :2, :2]
    found = compare_modes(PATIENT.net, tiny, PATIENT.labels, sizes=(1, 2))
    assert found.refused == (1,) and [each.size for each in found.batches] == [2, 2]
    with pytest.raises(Refusal, match="PyTorch refuses a batch of 1: Expected more than 1 value"):
        batch_statistics(PATIENT.net, tiny, PATIENT.labels, 1)


@pytest.mark.parametrize("key", ["images", "labels", "size", "norms"])
def test_what_cannot_be_measured_is_refused(key: str) -> None:
    net, images, labels = GIVEN
    cases = {
        "images": (lambda: compare_modes(net, images[:0], labels[:0]), "at least one picture"),
        "labels": (lambda: compare_modes(net, images, labels[1:]), "each its class"),
        "size": (lambda: compare_modes(net, images, labels, sizes=(0,)), "a batch of 0|A batch of 0"),
        "norms": (lambda: compare_modes(lively(SMALL["unnormed"]), images, labels), "no batch norms"),
    }
    run, said = cases[key]
    with pytest.raises(Refusal, match=said):
        run()
    with pytest.raises(Refusal, match="cannot be taken from"):
        batch_statistics(net, images, labels, len(images) + 1)


def test_jobs_are_the_library_and_travel_with_progress() -> None:
    told: list[float] = []
    found = both_modes(RESIDUAL, progress=lambda fraction, _: told.append(fraction))
    assert found == compare_modes(*GIVEN) and pickle.loads(pickle.dumps(found)) == found
    assert [each.size for each in found.of(BatchOrder.SORTED)] == list(SIZES)
    assert told == sorted(told) and told[0] < 0.1 and 0.9 < told[-1] <= 1
    one = statistics_of(PLAIN, 4, False)
    patient = load("plain")
    assert one == batch_statistics(patient.net, patient.images, patient.labels, 4, training=False)
    assert pickle.loads(pickle.dumps(statistics_of)) is statistics_of and replace(one) == one


def test_a_cancelled_comparison_leaves_the_network_alone() -> None:
    def stop(fraction: float, message: str) -> None:
        if fraction > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compare_modes(*GIVEN, progress=stop)
    assert not any(module.training for module in PATIENT.net.modules())
