"""The live network against the arithmetic: every preset, any configuration, and every way in which it can go wrong."""

import gc
import pickle
import re
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import torchinfo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer import PRESETS, ResNetConfig, analyze, build, inspect_live, preset
from explorer.live import devices, inspect
from explorer.live import preflight as preflights
from explorer.live.devices import Device, DeviceError, container_headroom, default_device, find_device, free_bytes
from explorer.live.inspect import LiveReport, summary
from explorer.live.preflight import peak_activation_bytes, preflight, preflight_training, workspace_bytes
from explorer.live.timing_and_memory import peak_bytes, peak_of
from explorer.live.torchinfo_rows import TensorMemory, read_rows
from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer
from tests.network.strategies import configs

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)


@pytest.fixture(autouse=True, scope="module")
def brisk() -> Iterator[None]:
    """Time every network once, as nothing here looks at how long it took, and on one thread: on a busy machine
    hundreds of tiny networks spend their time waiting for a second one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect, "TIMING_BUDGET_S", 0)
        yield
    torch.set_num_threads(threads)


def check(report: LiveReport) -> None:
    """The report agrees with the arithmetic, said here without the app's own comparison."""
    arch = analyze(report.config)
    assert report.mismatches == ()
    assert report.agrees
    assert [row.name for row in report.rows] == [layer.name for layer in arch.layers]
    for row, layer in zip(report.rows, arch.layers, strict=True):
        assert (row.input_shape, row.output_shape) == (layer.input_shape, layer.output_shape)
        assert (row.params, row.macs) == (layer.params, layer.macs)
    assert report.params == sum(row.params for row in report.rows) == arch.params
    assert report.macs == sum(row.macs for row in report.rows) == arch.macs
    assert report.mult_adds == sum(row.mult_adds for row in report.rows)
    assert report.buffers == arch.buffers
    assert report.weight_bytes == 4 * arch.params
    counters = sum(layer.kind is Kind.NORM for layer in arch.layers)  # one int64 in each norm, the rest float32
    stored = 4 * (arch.params + arch.buffers) + 4 * counters
    if "alive" in report.peak_of:
        assert report.peak_bytes == stored + report.batch_size * peak_activation_bytes(arch)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_agrees(name: str) -> None:
    """Small images run; 224 px ones are built without memory here, and some of them run below."""
    config = PRESETS[name]
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


@settings(max_examples=300)
@given(configs(), st.integers(1, 3))
def test_any_network_agrees_when_it_runs(config: ResNetConfig, batch_size: int) -> None:
    report = inspect_live(config, batch_size=batch_size)
    assert report.ran
    check(report)


@settings(max_examples=25)
@given(configs(small=False))
def test_larger_networks_agree(config: ResNetConfig) -> None:
    check(inspect_live(config, "meta"))


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


# A falsified arithmetic is caught, and named.


def falsified(arch: Architecture, which: str, /, **changes: object) -> Architecture:
    layers = tuple(layer._replace(**changes) if layer.name == which else layer for layer in arch.layers)
    return Architecture(arch.config, layers)


@pytest.mark.parametrize(
    ("layer", "changes", "what", "values"),
    [
        ("layer1.0.conv2", {"params": 2305}, "parameters", ("2,305", "2,304")),
        ("layer2.0.conv1", {"macs": 1}, "multiply-adds", ("1", "294,912")),
        ("layer3.0.add", {"output_shape": (64, 4, 5)}, "output shape", ("64×4×5", "64×4×4")),
        ("layer3.0.bn1", {"input_shape": (1, 1, 1)}, "input shape", ("1×1×1", "64×4×4")),
        ("act1", {"kind": Kind.POOL}, "kind", ("pool", "activation (ReLU)")),
        ("fc", {"bias": False}, "torchinfo's mult-adds", ("640", "650")),
        ("layer2.0.downsample.0", {"name": "layer2.0.shortcut"}, "runs", ("never", "once")),
    ],
)
def test_a_false_layer_is_named(
    layer: str, changes: dict[str, object], what: str, values: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: falsified(analyze(config), layer, **changes))
    report = inspect_live(SMALL)
    assert not report.agrees
    mismatch = next(mismatch for mismatch in report.mismatches if (mismatch.layer, mismatch.what) == (layer, what))
    assert (mismatch.arithmetic, mismatch.live) == values
    assert {mismatch.layer for mismatch in report.mismatches} <= {layer, changes.get("name"), "total"}
    assert mismatch.sentence == f"{layer}: {what} {values[0]} by the arithmetic, {values[1]} in the live network"
    assert "disagrees with the arithmetic in " in summary(report)


Rewrite = Callable[[tuple[Layer, ...]], tuple[Layer, ...]]


@pytest.mark.parametrize(
    ("rewrite", "sentence"),
    [
        (lambda layers: layers[1:], "conv1: runs never by the arithmetic, once in the live network"),
        (lambda layers: (*layers, layers[-1]), "fc: runs 2 times by the arithmetic, once in the live network"),
        (lambda layers: (layers[1], layers[0], *layers[2:]), "bn1: runs at place 1 by the arithmetic, 2 in the live"),
    ],
)
def test_a_false_order_is_named(rewrite: Rewrite, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: Architecture(config, rewrite(analyze(config).layers)))
    report = inspect_live(SMALL)
    assert report.mismatches[0].sentence.startswith(sentence)


def test_false_totals_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: falsified(analyze(config), "bn1", buffers=0))
    assert [mismatch.sentence for mismatch in inspect_live(SMALL).mismatches] == [
        "total: buffers 454 by the arithmetic, 487 in the live network"
    ]


def test_a_network_that_is_not_its_arithmetics_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way round: the live side is wrong."""
    monkeypatch.setattr(
        inspect, "build", lambda config, device, seed: build(replace(config, shortcut="B"), device, seed)
    )
    names = {mismatch.layer for mismatch in inspect_live(SMALL).mismatches}
    assert names == {f"layer{stage}.0.downsample.{slot}" for stage in (2, 3) for slot in (0, 1)} | {"total"}


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
        "Not run. It would need about 60.5 MiB on cpu for one image, and of the 1 MiB free there it may take 819 KiB. "
        "Take a smaller image, smaller widths or fewer blocks, or run the Python file on a bigger machine. "
        "Checked without running: 44.6 MiB of weights, 11,689,512 parameters: "
        "agrees with the arithmetic in every layer."
    )


# The preflight.


def test_the_estimate_has_four_parts() -> None:
    arch, found = analyze(preset("resnet50")), preflight(preset("resnet50"), batch_size=3)
    stored = 4 * (arch.params + arch.buffers)
    assert found.bytes_needed == stored + 3 * peak_activation_bytes(arch) + workspace_bytes(arch, 3)
    assert found.fits
    assert found.reason == ""
    assert found.macs == 3 * arch.macs


def test_the_peak_of_resnet50_by_hand() -> None:
    """At the last activation of layer1.1: its input and output, the branch, the block's input (256x56x56 each), the
    stage's input (64x56x56) and the image."""
    values = 4 * 256 * 56 * 56 + 64 * 56 * 56 + 3 * 224 * 224
    assert peak_activation_bytes(analyze(preset("resnet50"))) == 4 * values


def test_too_much_memory_is_refused_with_numbers() -> None:
    config = replace(preset("resnet50"), image_size=2048)
    found = preflight(config, batch_size=4096)
    assert not found.fits
    assert found.bytes_needed > found.bytes_free
    assert found.reason.startswith("It would need about 5.94 TiB on cpu for 4,096 images")
    assert "Take a smaller batch, a smaller image" in found.reason


def test_too_much_work_is_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    report = inspect_live(replace(preset("resnet152"), image_size=2048))
    check(report)
    assert not report.ran
    assert report.note.startswith("One forward pass of one image takes 962 G multiply-adds, and on cpu this shared")
    assert "at most 150 G at a time" in report.note


def test_too_many_weights_are_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    config = replace(preset("resnet50"), widths=(4096,) * 4, image_size=32, stem="cifar")
    found = preflight(config)
    assert found.reason.startswith("It has 5.4 G parameters and this server draws at most 500 M random weights")


def test_the_estimate_of_a_training_step_by_hand() -> None:
    """Weights, buffers and gradients; all outputs, the max pool's indices (8 bytes each), the batch statistics and
    the images; three of the largest maps (64x112x112); and the workspace."""
    arch, found = analyze(preset("resnet50")), preflight_training(preset("resnet50"), batch_size=2)
    stored = 4 * (2 * arch.params + arch.buffers)
    kept = 2 * (arch.activation_bytes + 8 * 64 * 56 * 56 + 4 * 3 * 224 * 224) + 4 * arch.buffers
    assert found.bytes_needed == stored + kept + 2 * 3 * 4 * 64 * 112 * 112 + workspace_bytes(arch, 2)
    assert found.macs == 2 * 3 * arch.macs
    assert found.fits


def test_a_training_step_that_is_too_much_is_refused_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    config = preset("resnet50")
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    assert preflight(config, batch_size=20).fits
    work = preflight_training(config, batch_size=20)
    assert work.reason.startswith("One training step of 20 images takes 245 G multiply-adds, and on cpu this shared")
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**28)
    assert preflight(config).fits
    memory = preflight_training(config)
    assert memory.reason.startswith("A training step would need about ")
    assert "on cpu for one image, and of the 256 MiB free there it may take 205 MiB" in memory.reason


def test_what_others_hold_counts_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = preflight(SMALL).bytes_needed
    monkeypatch.setattr(preflights, "free_bytes", lambda device: int(1.5 * needed))
    assert preflight(SMALL).fits
    crowded = preflight(SMALL, beside=needed)
    assert crowded.bytes_needed == needed
    assert re.search(r"on cpu for one image beside \d.* of the other networks, and of the \d", crowded.reason)


@settings(max_examples=100)
@given(configs(), st.integers(1, 2))
def test_a_single_value_a_channel_is_known_beforehand(config: ResNetConfig, batch_size: int) -> None:
    """PyTorch's batch norm refuses to train on it; here it says so itself."""
    config = replace(config, image_size=8 if config.image_size > 20 else config.image_size)
    try:
        reason = preflight_training(config, batch_size=batch_size).reason
    except ValueError:  # too small an image for this network
        return
    net, images = build(config).train(), torch.zeros(batch_size, config.in_channels, *[config.image_size] * 2)
    if reason:
        assert "at least 2 images" in reason
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            net(images)
    else:
        assert net(images).shape == (batch_size, config.num_classes)


@pytest.mark.parametrize("batch_size", [0, -1, 4097, 10**6])
def test_a_senseless_batch_is_an_error(batch_size: int) -> None:
    with pytest.raises(ValueError, match=rf"batch_size is {batch_size}: it must be a whole number from 1 to 4,096"):
        inspect_live(SMALL, batch_size=batch_size)


def test_a_network_that_cannot_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map"):
        inspect_live(replace(preset("resnet50"), image_size=16))


# Devices.


def test_the_cpu_is_always_there() -> None:
    cpu = devices.devices()[-1]
    assert cpu.name == "cpu"
    assert f"{torch.get_num_threads()} thread" in cpu.title
    assert default_device() in devices.devices()
    assert find_device("cpu").kind == "cpu"


def test_cuda_is_the_first_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"GPU {index}")
    assert [device.name for device in devices.devices()][:2] == ["cuda:0", "cuda:1"]
    assert find_device("cuda") == Device("cuda:0", "GPU 0") == default_device()
    assert find_device("cuda:1").kind == "cuda"


@pytest.mark.parametrize("name", ["cuda:77", "tpu", "", "x" * 10_000])
def test_an_unknown_device_is_named(name: str) -> None:
    with pytest.raises(DeviceError, match=r"^This machine has no device '.{0,40}': choose one of .*cpu\.$"):
        inspect_live(SMALL, name)


def test_free_memory_of_a_gpu_includes_torchs_own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda name: (1000, 5000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda name: 300)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda name: 100)
    assert free_bytes(Device("cuda:0", "")) == 1200


def test_free_memory_of_the_cpu_honours_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.psutil, "virtual_memory", lambda: SimpleNamespace(available=5000))
    for headroom, free in (((), 5000), ((7000,), 5000), ((7000, 300), 300)):
        monkeypatch.setattr(devices, "container_headroom", lambda found=headroom: found)
        assert free_bytes(Device("cpu", "CPU")) == free


@pytest.fixture
def pretended_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU of 1 GiB on paper: enough to test what is said about it."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "GPU on paper")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda name: (2**30, 2**30))
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda name: 5000)


@pytest.mark.usefixtures("pretended_gpu")
def test_a_gpu_has_its_own_bounds() -> None:
    fits = preflight(preset("resnet152"), "cuda", 20)
    assert (fits.device, fits.bytes_free, fits.reason) == ("cuda:0", 2**30, "")
    assert fits.macs > preflights.MAX_MACS["cpu"]
    too_large = inspect_live(preset("resnet152"), "cuda", batch_size=64)
    assert (too_large.device, too_large.device_title, too_large.ran) == ("cuda:0", "GPU on paper", False)
    assert "on cuda:0 for 64 images, and of the 1 GiB free there" in too_large.note
    check(too_large)


@pytest.mark.usefixtures("pretended_gpu")
def test_the_peak_of_a_gpu_is_what_was_allocated_meanwhile() -> None:
    gpu = Device("cuda:0", "")
    assert peak_bytes(gpu, allocated=2000, tensors=1) == 3000
    assert "allocated on the GPU" in peak_of(gpu)


def group(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def test_limits_of_cgroups_version_2(tmp_path: Path) -> None:
    membership = tmp_path / "cgroup"
    membership.write_text("0::/app.slice/app.service\n")
    root = tmp_path / "sys"
    stat = "anon 5\ninactive_file 50\nactive_file 9\n"
    group(root / "app.slice/app.service", {"memory.max": "max\n", "memory.current": "700\n", "memory.stat": stat})
    group(root / "app.slice", {"memory.max": "1000\n", "memory.current": "700\n", "memory.stat": stat})
    group(root, {"memory.stat": stat})  # the root has no limit files
    assert container_headroom(root, membership) == (350,)


def test_limits_of_cgroups_version_1(tmp_path: Path) -> None:
    membership = tmp_path / "cgroup"
    membership.write_text("3:cpu,cpuacct:/docker/1\n2:memory:/docker/1\n1:name=systemd:/a:b\n")
    files = {
        "memory.limit_in_bytes": "1000",
        "memory.usage_in_bytes": "1200",
        "memory.stat": "total_inactive_file 300\n",
    }
    group(tmp_path / "sys/memory", files)  # inside a container the group's own folder is the root
    assert container_headroom(tmp_path / "sys", membership) == (100,)


def test_a_system_without_cgroups_has_no_limits(tmp_path: Path) -> None:
    assert container_headroom(tmp_path, tmp_path / "nothing") == ()
    membership = tmp_path / "cgroup"
    membership.write_text("0::/gone\n")
    assert container_headroom(tmp_path / "sys", membership) == ()


# Out of memory.


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
        net.itself = [net]  # a cycle, as tracebacks make them
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


# Where there is a GPU.


def accelerators() -> list[Device]:
    found = [device for device in devices.devices() if device.kind != "cpu"]
    assert found
    return found


@pytest.mark.gpu
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(configs())
def test_any_network_agrees_on_the_gpu(config: ResNetConfig) -> None:
    for device in accelerators():
        report = inspect_live(config, device.name, batch_size=2)
        check(report)
        assert report.ran


@pytest.mark.gpu
def test_the_peak_on_the_gpu_is_within_the_estimate() -> None:
    config = preset("resnet50")
    for device in accelerators():
        inspect_live(config, device.name)  # the libraries load their kernels into memory the first time
        report, estimate = inspect_live(config, device.name, batch_size=16), preflight(config, device.name, 16)
        assert report.weight_bytes < report.peak_bytes < 2 * estimate.bytes_needed


@pytest.mark.gpu
def test_a_gpu_that_runs_out_says_so_and_is_empty_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**60)
    monkeypatch.setattr(preflights, "MAX_MACS", dict.fromkeys(("cuda", "mps"), 2**70))
    config = replace(preset("resnet18"), widths=(1024,) * 4, in_channels=1, image_size=2048)  # 4 GiB an image
    for device in (device for device in accelerators() if device.kind == "cuda"):
        before, size = torch.cuda.memory_allocated(device.name), torch.cuda.mem_get_info(device.name)[1]
        with pytest.raises(DeviceError, match="ran out of memory"):
            inspect_live(config, device.name, batch_size=size // 2**32 + 1)
        assert torch.cuda.memory_allocated(device.name) == before
        assert inspect_live(SMALL, device.name).agrees


def test_a_core_stays_free_for_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        for cores, threads in ((1, 1), (2, 1), (4, 3)):
            monkeypatch.setattr(devices.os, "cpu_count", lambda cores=cores: cores)
            devices.leave_a_core_free()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
