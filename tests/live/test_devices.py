"""The devices of this machine, and the memory they have left."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from explorer import inspect_live, preset
from explorer.live import devices
from explorer.live import preflight as preflights
from explorer.live.devices import Device, DeviceError, container_headroom, default_device, find_device, free_bytes
from explorer.live.preflight import preflight
from explorer.live.timing_and_memory import peak_bytes, peak_of
from tests.live.reports import SMALL, check


@pytest.fixture(autouse=True)
def _accelerators_are_counted_anew() -> Iterator[None]:
    """A process counts them once, and these tests pretend that it has others."""
    devices._accelerators.cache_clear()
    yield
    devices._accelerators.cache_clear()


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
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda name: 0)  # on a real one, other tests' cached memory
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda name: 0)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda name: 5000)


@pytest.mark.slow
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


def test_a_core_stays_free_for_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        for cores, threads in ((1, 1), (2, 1), (4, 3)):
            monkeypatch.setattr(devices.os, "cpu_count", lambda cores=cores: cores)
            devices.leave_a_core_free()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
