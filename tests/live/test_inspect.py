"""The live network against the arithmetic: every preset, any configuration, and what a measurement leaves behind."""

import gc
import pickle
import weakref
from dataclasses import replace

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer import PRESETS, ResNetConfig, analyze, build, inspect_live, preset
from explorer.live import inspect
from explorer.live import preflight as preflights
from explorer.live.devices import DeviceError
from explorer.live.inspect import summary
from explorer.live.preflight import peak_activation_bytes
from explorer.live.torchinfo_rows import TensorMemory, read_rows
from explorer.network.architecture import Architecture
from explorer.network.options import Block, Norm, Order, Shortcut, Stem
from tests.live.reports import SMALL, check
from tests.network.kinds import SHORT
from tests.network.strategies import configs


@pytest.mark.slow
@pytest.mark.parametrize("config", list(SHORT), ids=list(SHORT.values()))
def test_every_kind_of_preset_agrees(config: ResNetConfig) -> None:
    """Small images run; 224 px ones are built without memory here, and some of them run below."""
    device = "cpu" if config.image_size == 32 else "meta"
    report = inspect_live(config, device)
    check(report)
    assert report.ran == (device == "cpu")


@pytest.mark.parametrize("name", ["resnet18", "plain34", "resnet50", "resnet50d"])
def test_presets_agree_when_they_run(name: str) -> None:
    report = inspect_live(PRESETS[name])
    check(report)
    assert report.ran
    assert report.device == "cpu"
    assert report.repetitions == 1
    assert report.build_ms
    assert report.forward_ms
    assert report.note == ""


@pytest.mark.slow
@settings(max_examples=120)
@given(configs(), st.integers(1, 3))
def test_any_network_agrees_when_it_runs(config: ResNetConfig, batch_size: int) -> None:
    report = inspect_live(config, batch_size=batch_size)
    assert report.ran
    check(report)


@pytest.mark.slow
@settings(max_examples=25)
@given(configs(small=False))
def test_larger_networks_agree(config: ResNetConfig) -> None:
    check(inspect_live(config, "meta"))


@pytest.mark.parametrize("stem", Stem)
@pytest.mark.parametrize("norm", Norm)
def test_the_head_holds_the_last_blocks_output(stem: Stem, norm: Norm) -> None:
    """In a plain pre-activation bottleneck the most is alive in the last activation, behind the last norm."""
    config = replace(SMALL, block=Block.BOTTLENECK, stage_blocks=(1,), widths=(16,), image_size=16)
    check(inspect_live(replace(config, order=Order.PRE, shortcut=Shortcut.NONE, stem=stem, norm=norm), "meta"))


def test_torchinfos_total_is_explained() -> None:
    report = inspect_live(preset("resnet50"), "meta")
    assert (report.macs, report.mult_adds) == (4_089_184_256, 4_089_238_376)
    norms = sum(row.params for row in report.rows if row.class_name == "BatchNorm2d")
    assert report.mult_adds - report.macs == norms + 1000  # 2C a norm, and the classifier's biases


def test_the_report_is_plain_data() -> None:
    report = inspect_live(SMALL, batch_size=2)
    assert pickle.loads(pickle.dumps(report)) == report
    assert hash(report) == hash(pickle.loads(pickle.dumps(report)))


def test_the_batch_size_changes_activations_only() -> None:
    one, four = inspect_live(SMALL), inspect_live(SMALL, batch_size=4)
    assert one.rows == four.rows
    assert four.peak_bytes - one.peak_bytes == 3 * peak_activation_bytes(analyze(SMALL))


# What a measurement must leave behind: nothing.


def test_randomness_is_left_alone() -> None:
    state = torch.get_rng_state()
    inspect_live(SMALL)
    inspect_live(SMALL, "meta")
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_network_is_freed_without_the_garbage_collector(
    device: str, networks: list[weakref.ref[nn.Module]]
) -> None:
    """A server that has frozen its objects collects rarely."""
    gc.disable()
    try:
        inspect_live(SMALL, device)
        assert [network() for network in networks] == [None]
    finally:
        gc.enable()
    assert torchinfo.torchinfo._cached_forward_pass == {}


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[nn.Module]]:
    """Every network that is built from here on."""
    built: list[weakref.ref[nn.Module]] = []

    def watched(config: ResNetConfig, device: str, seed: int) -> nn.Module:
        net = build(config, device, seed)
        built.append(weakref.ref(net))
        return net

    monkeypatch.setattr(inspect, "build", watched)
    return built


class Breaks(nn.Module):
    """A layer that does not work."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def forward(self, x: Tensor) -> Tensor:
        raise self.error


@pytest.mark.parametrize("error", [None, RuntimeError("no"), ValueError("no"), torch.OutOfMemoryError("no")])
def test_hooks_and_modes_are_as_before(error: Exception | None) -> None:
    net = build(SMALL).train()
    net.layer2.eval()
    if error is not None:
        net.layer3.append(Breaks(error))
    modes = [module.training for module in net.modules()]
    images = torch.zeros(2, 3, 16, 16)
    if error is None:
        assert len(read_rows(net, images)) == len(analyze(SMALL).layers)
    else:
        with pytest.raises(type(error), match=r"^no$"):  # itself, not torchinfo's wrapping of it
            read_rows(net, images)
    assert [module.training for module in net.modules()] == modes
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert torchinfo.torchinfo._cached_forward_pass == {}


def test_reading_rows_does_not_train_the_norms() -> None:
    net = build(SMALL).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    read_rows(net, torch.ones(2, 3, 16, 16))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_memory_counts_what_is_alive() -> None:
    with TensorMemory() as memory:
        first = torch.zeros(100)
        second = first + 1
        del first
        view = second[:10].reshape(2, 5)
        third = view * 2
    assert memory.peak_bytes == 800
    assert third.shape == (2, 5)


def test_progress_is_told_and_never_goes_back() -> None:
    told: list[tuple[float, str]] = []
    inspect_live(SMALL, progress=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert 0.7 < fractions[-1] <= 1
    assert list(dict.fromkeys(message for _, message in told)) == [
        "building the network",
        "running every layer once",
        "timing",
    ]


# The sentence.


def test_the_sentence_of_a_network_that_ran() -> None:
    report = replace(inspect_live(preset("resnet18")), build_ms=310.0, forward_ms=58.3)
    assert summary(report) == (
        "Built on cpu in 0.31 s, forward 58 ms, 44.6 MiB of weights, 11,689,512 parameters: "
        "agrees with the arithmetic in every layer."
    )
    several = summary(replace(report, batch_size=8, build_ms=12_345, forward_ms=4.26))
    assert several.startswith("Built on cpu in 12 s, forward of 8 images 4.3 ms, ")


def test_the_sentence_names_at_most_three_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(config: ResNetConfig) -> Architecture:
        return Architecture(config, tuple(layer._replace(output_shape=(0, 0, 0)) for layer in analyze(config).layers))

    monkeypatch.setattr(inspect, "analyze", wrong)
    assert summary(inspect_live(SMALL)).endswith(
        "disagrees with the arithmetic in conv1, bn1, act1 and 25 more. "
        "First: conv1: output shape 0×0×0 by the arithmetic, 16×16×16 in the live network."
    )


def test_the_sentence_of_a_network_that_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**20)
    report = inspect_live(preset("resnet18"))
    check(report)
    assert (report.ran, report.build_ms, report.forward_ms, report.device) == (False, None, None, "cpu")
    assert summary(report) == (
        "Not run. It would need about 76.4 MiB on cpu for one image, and of the 1 MiB free there it may take 819 KiB. "
        "Take a smaller image, smaller widths or fewer blocks, or run the Python file on a bigger machine. "
        "Checked without running: 44.6 MiB of weights, 11,689,512 parameters: "
        "agrees with the arithmetic in every layer."
    )


# Out of memory.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 2.00 GiB"),
        (RuntimeError, "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
        (RuntimeError, "MPS backend out of memory (MPS allocated: 9.00 GB)"),
        (MemoryError, ""),
    ],
)
def test_out_of_memory_becomes_a_message_and_frees_everything(
    kind: type[Exception], words: str, networks: list[weakref.ref[nn.Module]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs_out(net: nn.Module, images: Tensor, watch: TensorMemory) -> None:
        net.cycle = [net]  # as tracebacks make them
        raise kind(words)

    monkeypatch.setattr(inspect, "read_rows", runs_out)
    with pytest.raises(DeviceError, match=r"^cpu ran out of memory\. .* expected to need about \d.* KiB") as caught:
        inspect_live(SMALL)
    assert caught.value.__context__ is None  # nothing of the failed pass hangs on the message
    assert [network() for network in networks] == [None]


def test_other_failures_are_not_called_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(net: nn.Module, images: Tensor, watch: TensorMemory) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(inspect, "read_rows", breaks)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        inspect_live(SMALL)
