"""What a measurement leaves behind: nothing. Its progress, and running out of memory."""

import gc
import weakref
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer import ResNetConfig, build
from explorer.gradients import measure
from explorer.gradients.amounts import PassResult
from explorer.gradients.hooks import measured_pass
from explorer.gradients.measure import gradient_flow
from explorer.gradients.values import ReadingState
from explorer.jobs.job import JobCancelled
from explorer.live.denormals import flushed
from explorer.live.devices import DeviceError
from explorer.network.model import ResNet
from tests.gradients.small import SMALL, batch
from tests.network.strategies import configs


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[ResNet]]:
    """Every network that is built from here on."""
    built: list[weakref.ref[ResNet]] = []

    def watched(config: ResNetConfig, device: str, seed: int) -> ResNet:
        net = build(config, device, seed)
        built.append(weakref.ref(net))
        return net

    monkeypatch.setattr(measure, "build", watched)
    return built


def hooks(net: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in net.modules() for kind in kinds)


@pytest.mark.slow
@settings(max_examples=25)
@given(configs(), st.booleans(), st.booleans())
def test_a_network_is_as_it_was(config: ResNetConfig, training: bool, stopped: bool) -> None:
    """Hooks, modes and gradients, after a pass that ended and one that was stopped on its way back."""
    net, (images, labels) = build(config).train(training), batch(config, 2)
    left = 1 + sum(config.stage_blocks) + 1

    def step() -> None:
        nonlocal left
        left -= 1
        if stopped and left == 0:
            raise JobCancelled("Nobody waits for this any more.")

    weights = {name: parameter.clone() for name, parameter in net.named_parameters()}
    if stopped:
        with pytest.raises(JobCancelled):
            measured_pass(net, images, labels, step=step)
    else:
        measured_pass(net, images, labels, step=step)
    assert hooks(net) == 0
    assert all(module.training is training for module in net.modules())
    for name, parameter in net.named_parameters():
        assert parameter.grad is None
        assert torch.equal(parameter, weights[name])


@pytest.mark.slow
def test_no_tensor_outlives_the_call(networks: list[weakref.ref[ResNet]]) -> None:
    gradient_flow(SMALL, batch_size=2)  # what libraries load once
    gc.collect()
    before = {id(thing) for thing in gc.get_objects() if issubclass(type(thing), Tensor)}
    flow = gradient_flow(replace(SMALL, zero_init_residual=True), batch_size=2)  # with a second look
    left = [thing for thing in gc.get_objects() if issubclass(type(thing), Tensor) and id(thing) not in before]
    assert left == []
    assert [network() for network in networks] == [None, None]
    assert ReadingState.ZERO in flow.states


@pytest.mark.slow
@pytest.mark.parametrize("fields", [{}, {"order": "pre"}, {"shortcut": "C", "order": "pre"}])
def test_no_tensor_outlives_a_pass_that_fails(fields: dict[str, str]) -> None:
    """Between the two paths of a block, where the shortcut waits for the branch; and on the way back."""
    net, (images, labels) = build(replace(SMALL, **fields)), batch(SMALL, 2)
    measured_pass(net, images, labels)  # what libraries load once
    gc.collect()
    before = {id(thing) for thing in gc.get_objects() if issubclass(type(thing), Tensor)}

    def breaks(*args: object) -> None:
        raise MemoryError("no room for a map")

    def breaks_on_the_way_back(module: nn.Module, inputs: object, output: Tensor) -> None:
        output.register_hook(breaks)

    for hook in (breaks, breaks_on_the_way_back):
        handle = net.get_submodule("layer2.0.conv2").register_forward_hook(hook)
        with pytest.raises(MemoryError):
            measured_pass(net, images, labels)
        handle.remove()
        assert hooks(net) == 0
        gc.collect()
        left = [thing for thing in gc.get_objects() if issubclass(type(thing), Tensor) and id(thing) not in before]
        assert left == []


def flushes() -> bool:
    """Whether this thread replaces denormals by zero."""
    return bool((torch.full((1,), torch.finfo(torch.float32).tiny) / 2 == 0).all())


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("when", ["", "building", "running"])
def test_denormals_are_flushed_for_the_measurement_only(before: bool, when: str) -> None:
    inside: list[bool] = []

    def progress(fraction: float, message: str) -> None:
        inside.append(flushes())
        if when and message.startswith(when):
            raise JobCancelled("Nobody waits for this any more.")

    torch.set_flush_denormal(before)
    try:
        if when:
            with pytest.raises(JobCancelled):
                gradient_flow(SMALL, batch_size=2, progress=progress)
        else:
            gradient_flow(SMALL, batch_size=2, progress=progress)
        assert all(inside)
        assert inside
        assert flushes() is before
    finally:
        torch.set_flush_denormal(False)


def test_denormals_are_flushed_in_every_helping_thread() -> None:
    """Threads that were started before keep their own setting, and would compute a part of every map."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        big = torch.full((1_000_000,), 1.2e-38)
        assert bool((big / 2 != 0).all())  # and now there are helpers
        assert flushed(lambda: bool((big / 2 == 0).all()))
    finally:
        torch.set_num_threads(threads)


def test_it_measures_inside_no_grad_too() -> None:
    with torch.no_grad():
        inside = gradient_flow(SMALL, batch_size=2)
    assert inside == gradient_flow(SMALL, batch_size=2)


def test_progress_is_told_before_every_block_and_never_goes_back() -> None:
    for config in (SMALL, replace(SMALL, zero_init_residual=True)):
        told: list[tuple[float, str]] = []
        gradient_flow(config, batch_size=2, progress=lambda *one, told=told: told.append(one))
        fractions = [fraction for fraction, _ in told]
        assert fractions == sorted(fractions)
        assert told[0] == (0, "building the network")
        assert len(told) >= 1 + 2 * 4
        assert 0.6 < fractions[-1] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", [torch.OutOfMemoryError, RuntimeError, MemoryError])
def test_out_of_memory_is_said_and_frees_what_it_held(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, networks: list[weakref.ref[ResNet]]
) -> None:
    def runs_out(*args: object, **kwargs: object) -> PassResult:
        raise kind("out of memory")

    monkeypatch.setattr(measure, "measured_pass", runs_out)
    with pytest.raises(DeviceError, match=r"^cpu ran out of memory, where other work took what was missing"):
        gradient_flow(SMALL)
    gc.collect()
    assert [network() for network in networks] == [None]


def test_other_failures_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object, **kwargs: object) -> PassResult:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(measure, "measured_pass", breaks)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        gradient_flow(SMALL)
