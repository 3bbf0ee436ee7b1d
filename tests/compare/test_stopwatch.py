"""The stopwatch: what it measures, in which order, what it leaves behind, and every way in which it can go wrong."""

import gc
import pickle
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer import ResNetConfig, analyze, build, preset
from explorer.compare import stopwatch
from explorer.compare.stopwatch import MAX_ROUNDS, MIN_ROUNDS, Timing, measure
from explorer.jobs.job import JobCancelled
from explorer.jobs.queue import JobQueue, JobState
from explorer.live import preflight as preflights
from explorer.live.devices import Device, DeviceError, find_device
from explorer.live.preflight import (
    estimated_weight_bytes,
    peak_activation_bytes,
    preflight,
    preflight_training,
    workspace_bytes,
)
from explorer.live.torchinfo_rows import TensorMemory
from explorer.network.model import ResNet
from tests.accelerators import a_tenth_of, accelerators
from tests.network.strategies import configs

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)
PLAIN = replace(SMALL, shortcut="none")
WIDE = replace(SMALL, widths=(32, 64, 128))


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[nn.Module]]:
    """Every network that is built from here on."""
    built: list[weakref.ref[nn.Module]] = []

    def watched(config: ResNetConfig, device: str, seed: int) -> nn.Module:
        net = build(config, device, seed)
        built.append(weakref.ref(net))
        return net

    monkeypatch.setattr(stopwatch, "build", watched)
    return built


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ResNetConfig, str]]:
    """Every pass that is timed from here on takes a second by this clock; nothing of it is computed."""
    run: list[tuple[ResNetConfig, str]] = []

    def timed(work: Callable[[], object], device: Device) -> float:
        one = work.__self__  # type: ignore[attr-defined]
        net = one.trial.loaded.net
        assert all(module.training == one.training for module in net.modules())
        run.append((net.config, "training" if one.training else "forward"))
        return 1.0

    monkeypatch.setattr(stopwatch, "timed", timed)
    return run


# What it measures.


@pytest.mark.slow
def test_every_network_is_measured_in_both_ways() -> None:
    found = measure((SMALL, PLAIN), batch_size=3, seconds=0)
    assert [timing.config for timing in found] == [SMALL, PLAIN]
    for timing in found:
        assert (timing.device, timing.batch_size, timing.note) == ("cpu", 3, "")
        assert timing.macs == analyze(timing.config).macs
        assert timing.forward
        assert timing.training
        for spread in (timing.forward, timing.training):
            assert spread.count == MIN_ROUNDS
            assert 0 < spread.low <= spread.median <= spread.high
        assert timing.images_per_second == pytest.approx(3000 / timing.forward.median)
        assert "in training the gradients, too" in timing.peak_of


def test_a_result_is_plain_data() -> None:
    found = measure((SMALL,), seconds=0)
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(measure)) is measure


@pytest.mark.slow
@settings(max_examples=20)
@given(configs(), st.integers(2, 3))
def test_the_peaks_are_the_tensors_alive_and_within_the_estimates(config: ResNetConfig, batch_size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stopwatch, "timed", lambda work, device: 1.0)
        (timing,) = measure((config,), batch_size=batch_size, seconds=0)
    arch, labels = analyze(config), 8 * batch_size
    counters = 4 * sum(layer.buffers % 2 for layer in arch.layers)  # int64, which analyze counts as one value each
    assert timing.forward_peak_bytes == (
        estimated_weight_bytes(arch) + counters + batch_size * peak_activation_bytes(arch) + labels
    )
    assert timing.training_peak_bytes
    assert timing.training_peak_bytes >= timing.forward_peak_bytes
    needed = preflight_training(config, "cpu", batch_size).bytes_needed - workspace_bytes(arch, batch_size)
    # At the end all the gradients of the weights are there, and at some time whatever the convolutions' inputs are.
    gradients = 4 * arch.params
    assert estimated_weight_bytes(arch) + gradients <= timing.training_peak_bytes <= needed + counters + labels


@pytest.mark.slow
def test_the_training_estimate_is_not_far_above_what_a_real_network_takes() -> None:
    for name, most in (("resnet18", 2.0), ("resnet20", 2.5), ("resnet50d", 2.0)):
        config = preset(name)
        net, images = build(config).train(), torch.zeros(2, 3, config.image_size, config.image_size)
        with TensorMemory() as memory:
            nn.functional.cross_entropy(net(images), torch.zeros(2, dtype=torch.long)).backward()
        taken = memory.peak_bytes + images.nbytes + estimated_weight_bytes(analyze(config))
        estimate = preflight_training(config, "cpu", 2).bytes_needed - workspace_bytes(analyze(config), 2)
        assert taken <= estimate <= most * taken


def test_rounds_are_interleaved(passes: list[tuple[ResNetConfig, str]]) -> None:
    measure((SMALL, PLAIN, WIDE), seconds=0)
    a_round = [(config, kind) for kind in ("forward", "training") for config in (SMALL, PLAIN, WIDE)]
    assert passes == a_round * MIN_ROUNDS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "rounds"), [(0, MIN_ROUNDS), (4, MIN_ROUNDS), (21, 11), (24, 12), (299, 150), (300, 150)]
)
def test_rounds_go_on_while_there_is_time(seconds: float, rounds: int, passes: list[tuple[ResNetConfig, str]]) -> None:
    """Two passes a round, a second each."""
    (found,) = measure((SMALL,), seconds=seconds)
    assert found.forward
    assert (found.forward.count, len(passes)) == (rounds, 2 * rounds)
    assert (found.forward.low, found.forward.median, found.forward.high) == (1000, 1000, 1000)


@pytest.mark.slow
def test_rounds_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopwatch, "timed", lambda work, device: 1e-9)
    (found,) = measure((SMALL,), seconds=1)
    assert found.training
    assert found.training.count == MAX_ROUNDS


def test_progress_is_told_before_every_pass_and_never_goes_back() -> None:
    told: list[tuple[float, str]] = []
    measure((SMALL, PLAIN), seconds=0, progress=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert 0.9 < fractions[-1] <= 1
    messages = [message for _, message in told]
    assert messages[0] == "building ResNet-8 (CIFAR), 16 px"
    warming = [message for message in messages if message.startswith("warming up")]
    assert len(warming) > 2 * len(analyze(SMALL).layers)  # before every operation
    rounds = [message for message in messages if message.startswith("round ")]
    assert len(rounds) == 4 * MIN_ROUNDS
    assert rounds[-1] == f"round {MIN_ROUNDS}: training step of Plain-8 (CIFAR), 16 px"


# What it leaves behind: nothing.


@pytest.mark.slow
def test_no_tensor_outlives_the_call(networks: list[weakref.ref[nn.Module]]) -> None:
    gc.collect()
    before = {id(thing) for thing in gc.get_objects() if issubclass(type(thing), Tensor)}
    found = measure((SMALL, PLAIN), seconds=0)
    left = [thing for thing in gc.get_objects() if issubclass(type(thing), Tensor) and id(thing) not in before]
    assert left == []
    assert [network() for network in networks] == [None, None]
    assert len(found) == 2


@pytest.mark.slow
def test_gradients_do_not_outlive_their_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the next network would be timed with less memory."""
    nets: list[ResNet] = []

    def checked(work: Callable[[], object], device: Device) -> float:
        trial = work.__self__.trial  # type: ignore[attr-defined]
        nets.append(trial.loaded.net)
        assert all(parameter.grad is None for net in nets for parameter in net.parameters())
        work()
        return 1.0

    monkeypatch.setattr(stopwatch, "timed", checked)
    measure((SMALL, PLAIN), seconds=0)
    assert len(nets) == 4 * MIN_ROUNDS


def test_a_training_pass_computes_every_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def checked(work: Callable[[], object], device: Device) -> float:
        one = work.__self__  # type: ignore[attr-defined]
        work()
        seen.append(
            all((parameter.grad is not None) == one.training for parameter in one.trial.loaded.net.parameters())
        )
        return 1.0

    monkeypatch.setattr(stopwatch, "timed", checked)
    measure((SMALL,), seconds=0)
    assert seen == [True] * 2 * MIN_ROUNDS


def test_randomness_and_threads_are_left_alone() -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    measure((SMALL,), seconds=0)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()


# Cancelling.


@pytest.mark.slow
@pytest.mark.parametrize("when", ["building", "warming up: forward", "warming up: training", "round 2: training"])
def test_a_cancel_goes_through_and_frees_everything(when: str, networks: list[weakref.ref[nn.Module]]) -> None:
    told: list[str] = []

    def progress(fraction: float, message: str) -> None:
        told.append(message)
        # The last of several words while warming up: in the middle of a pass, its tensors alive.
        if message.startswith(when) and told.count(message) == (30 if "warming" in when else 1):
            raise JobCancelled("Nobody waits for this any more.")

    def cancelled() -> bool:
        try:
            measure((SMALL, PLAIN), seconds=0, progress=progress)
        except JobCancelled:
            return True
        return False

    assert cancelled()
    gc.collect()
    assert told[-1].startswith(when)
    assert [network() for network in networks] == [None] * len(networks)
    assert len(networks) == (0 if when == "building" else 2)


@pytest.mark.slow
def test_as_a_job_it_stops_soon_after_its_cancel() -> None:
    jobs, started = JobQueue(), threading.Event()
    try:
        handle = jobs.submit(measure, (SMALL, WIDE), owner="me", seconds=120.0)
        while jobs.status(handle).progress < 0.2:
            started.wait(0.01)
        jobs.cancel(handle)
        done = jobs.submit(measure, (SMALL,), owner="me", seconds=0.0)  # runs once the other has made room
        (timing,) = jobs.result(done, timeout=60)
        assert timing.forward
        assert jobs.status(handle).state is JobState.CANCELLED
    finally:
        jobs.close()


# Refused, and out of memory.


def test_a_refused_network_gets_a_note_and_the_others_are_measured() -> None:
    huge = replace(preset("resnet152"), image_size=2048)
    refused, measured = measure((huge, SMALL), batch_size=2, seconds=0)
    assert (refused.forward, refused.training, refused.forward_peak_bytes, refused.training_peak_bytes) == (None,) * 4
    assert refused.images_per_second is None
    assert refused.note == preflight(huge, "cpu", 2).reason != ""
    assert measured.forward
    assert measured.training
    assert measured.note == ""


def test_a_network_that_cannot_train_is_timed_forward() -> None:
    """One image whose last maps are 1×1."""
    config = replace(SMALL, image_size=4)
    (found,) = measure((config,), seconds=0)
    assert found.forward
    assert (found.training, found.training_peak_bytes) == (None, None)
    assert "a batch of at least 2 images" in found.note


def test_networks_share_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each alone would fit, and two; the third's weights would not, beside the others' and one training step."""
    config = replace(preset("resnet18"), image_size=32)
    alone = preflight_training(config, "cpu", 2).bytes_needed
    weights = estimated_weight_bytes(analyze(config)) + 4 * 2 * 3 * 32 * 32
    monkeypatch.setattr(preflights, "free_bytes", lambda device: int((alone + 1.5 * weights) / preflights.USABLE))
    trials = stopwatch._admitted([config] * 3, find_device("cpu"), 2)
    refusals = [[one.refusal for one in trial.passes] for trial in trials]
    assert refusals[:2] == [["", ""]] * 2
    assert all("of the other networks, and of the" in refusal for refusal in refusals[2])


def test_later_weights_fit_beside_earlier_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first network's pass takes nearly all: the second has little work but many weights."""
    busy, heavy = replace(SMALL, image_size=256), replace(SMALL, widths=(64, 128, 256))
    free = int(1.01 * preflight_training(busy, "cpu", 4).bytes_needed / preflights.USABLE)
    monkeypatch.setattr(preflights, "free_bytes", lambda device: free)
    assert preflight_training(heavy, "cpu", 4).fits
    first, second = stopwatch._admitted([busy, heavy], find_device("cpu"), 4)
    assert [one.refusal for one in first.passes] == ["", ""]
    assert all("of the other networks" in one.refusal for one in second.passes)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [torch.OutOfMemoryError, RuntimeError, MemoryError])
@pytest.mark.parametrize("training", [False, True])
def test_out_of_memory_is_a_note_and_frees_what_it_held(
    kind: type[Exception], training: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the second round, with results there already."""
    real, held = stopwatch._Pass.run, []

    def runs_out(one: stopwatch._Pass) -> None:
        real(one)
        if one.trial.config == PLAIN and one.training == training and one.seconds:
            tensor = torch.zeros(10)
            held.append(weakref.ref(tensor))
            raise kind("out of memory")

    monkeypatch.setattr(stopwatch._Pass, "run", runs_out)
    before, broken = measure((SMALL, PLAIN), seconds=0)
    assert before.forward
    assert before.training
    assert before.note == ""
    kinds = (broken.training, broken.forward) if training else (broken.forward, broken.training)
    assert kinds[0] is None
    assert kinds[1]
    assert kinds[1].count == MIN_ROUNDS
    what = "training step" if training else "forward pass"
    assert broken.note == (
        f"The {what} ran out of memory on cpu, where other work took what was missing: try a smaller image or batch, "
        "or another device."
    )
    assert len(held) == 1  # not tried again
    assert held[0]() is None


@pytest.mark.slow
def test_out_of_memory_while_building_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def runs_out(config: ResNetConfig, device: str, seed: int) -> nn.Module:
        if config == PLAIN:
            raise MemoryError
        return build(config, device, seed)

    monkeypatch.setattr(stopwatch, "build", runs_out)
    broken, fine = measure((PLAIN, SMALL), seconds=0)
    assert (broken.forward, broken.training) == (None, None)
    assert broken.note.count("ran out of memory") == 2
    assert fine.forward


@pytest.mark.slow
def test_other_failures_are_raised(monkeypatch: pytest.MonkeyPatch, networks: list[weakref.ref[nn.Module]]) -> None:
    def breaks(one: stopwatch._Pass) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(stopwatch._Pass, "run", breaks)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        measure((SMALL,), seconds=0)
    gc.collect()
    assert [network() for network in networks] == [None]


# Bad input.


@pytest.mark.parametrize("seconds", [-1.0, 301.0, float("nan"), float("inf")])
def test_a_senseless_time_is_an_error(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"^seconds is .*: it must be a number from 0 to 300\.$"):
        measure((SMALL,), seconds=seconds)


def test_other_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="configs is empty: give at least one network"):
        measure(())
    with pytest.raises(ValueError, match="batch_size is 0: it must be a whole number from 1"):
        measure((SMALL,), batch_size=0)
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map"):
        measure((SMALL, replace(preset("resnet50"), image_size=16)))
    with pytest.raises(DeviceError, match="no device 'tpu'"):
        measure((SMALL,), "tpu")


# Where there is a GPU.


@pytest.mark.gpu
def test_a_gpu_is_measured_and_empty_again() -> None:
    for device in accelerators():
        measure((SMALL,), device.name, seconds=0)  # the libraries load their kernels into memory the first time
        before = torch.cuda.memory_allocated(device.name) if device.kind == "cuda" else 0
        found: tuple[Timing, ...] = measure(
            (preset("resnet34"), preset("resnet50")), device.name, batch_size=8, seconds=1
        )
        for timing in found:
            arch = analyze(timing.config)
            assert timing.note == ""
            assert timing.forward
            assert timing.training
            assert timing.forward.count == timing.training.count >= MIN_ROUNDS
            assert timing.forward_peak_bytes
            assert timing.training_peak_bytes
            assert estimated_weight_bytes(arch) < timing.forward_peak_bytes < timing.training_peak_bytes
            estimate = preflight_training(timing.config, device.name, 8).bytes_needed
            assert timing.training_peak_bytes < 2 * estimate
        if device.kind == "cuda":
            assert torch.cuda.memory_allocated(device.name) == before


@pytest.mark.gpu
def test_a_gpu_that_runs_out_says_so_and_measures_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**60)
    monkeypatch.setattr(preflights, "MAX_MACS", dict.fromkeys(("cuda", "mps"), 2**70))
    config = replace(preset("resnet18"), widths=(1024,) * 4, in_channels=1, image_size=2048)  # 4 GiB an image
    for device in (device for device in accelerators() if device.kind == "cuda"):
        size = torch.cuda.mem_get_info(device.name)[1]
        with a_tenth_of(device):
            broken, fine = measure((config, SMALL), device.name, batch_size=size // 2**32 + 1, seconds=0)
        assert broken.forward is None
        assert "ran out of memory on" in broken.note
        assert fine.forward
        assert fine.training
