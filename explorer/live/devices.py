"""The devices this machine can compute on, and how much memory each has left."""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psutil
import torch


class DeviceError(RuntimeError):
    """A device that is not here or ran out of memory; the message is written for the reader of a page."""


@dataclass(frozen=True, slots=True)
class Device:
    """Something to compute on: torch's name for it ("cuda:0") and what its maker calls it ("NVIDIA H200")."""

    name: str
    title: str

    @property
    def kind(self) -> str:
        """ "cuda", "mps" or "cpu"."""
        return self.name.partition(":")[0]


def devices() -> tuple[Device, ...]:
    """What this machine has, the fastest first; the CPU is always there."""
    threads = torch.get_num_threads()
    return (*_accelerators(), Device("cpu", f"CPU, {threads} thread{'s' if threads > 1 else ''}"))


@lru_cache(maxsize=1)  # PyTorch loads NVIDIA's library again at each question: 0.4 ms of every rerun
def _accelerators() -> tuple[Device, ...]:
    found = [Device(f"cuda:{index}", torch.cuda.get_device_name(index)) for index in range(torch.cuda.device_count())]
    return (*found, Device("mps", "Apple GPU")) if torch.backends.mps.is_available() else tuple(found)


def leave_a_core_free() -> None:
    """Let CPU computations of this process use all cores but one. That one serves pages meanwhile.

    Computing threads wait for each other by spinning: on fully used cores a forward pass takes ten times as long.
    """
    torch.set_num_threads(max((os.cpu_count() or 1) - 1, 1))


def default_device() -> Device:
    """The fastest device."""
    return devices()[0]


def find_device(name: str) -> Device:
    """The device of that name; "cuda" is the first of several.

    Raises:
        DeviceError: this machine has no such device; the message lists what it has.
    """
    here = devices()
    wanted = "cuda:0" if name == "cuda" else name
    for device in here:
        if device.name == wanted:
            return device
    raise DeviceError(f"This machine has no device {name[:40]!r}: choose one of {', '.join(d.name for d in here)}.")


def free_bytes(device: Device) -> int:
    """Bytes that a computation can still take on ``device``.

    Main memory is what the system can hand out without swapping, or what the container this process runs in may
    still take, whichever is less.
    """
    match device.kind:
        case "cuda":
            free, _ = torch.cuda.mem_get_info(device.name)
            # What torch's cache holds without using it counts as taken, yet is ours to use.
            unused = torch.cuda.memory_reserved(device.name) - torch.cuda.memory_allocated(device.name)
            return free + unused
        case "mps":
            return max(torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory(), 0)
        case _:
            return min((psutil.virtual_memory().available, *container_headroom()))


def synchronise(device: Device) -> None:
    """Wait until everything handed to ``device`` is computed: GPUs run behind the program."""
    if device.kind == "cuda":
        torch.cuda.synchronize(device.name)
    elif device.kind == "mps":
        torch.mps.synchronize()


def release_memory(device: Device) -> None:
    """Free the memory that a computation held, after it failed."""
    gc.collect()  # a failed forward pass can leave its tensors in reference cycles
    if device.kind == "cuda":
        torch.cuda.empty_cache()
    elif device.kind == "mps":
        torch.mps.empty_cache()


def container_headroom(
    root: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> tuple[int, ...]:
    """Bytes left under each memory limit that control groups (version 2 or 1) set for this process.

    Empty where there is none. File pages that the kernel drops when asked to do not count as used
    (Linux kernel documentation, admin-guide/cgroup-v2, memory.stat's inactive_file).
    """
    if not membership.is_file():
        return ()
    rooms = (_headroom(folder) for line in membership.read_text().splitlines() for folder in _groups(root, line))
    return tuple(room for room in rooms if room is not None)


def _groups(root: Path, line: str) -> Iterator[Path]:
    """The folders of a line of /proc/self/cgroup, the process's own group first, then those around it."""
    _, controllers, inside = line.split(":", 2)
    if controllers not in ("", "memory"):
        return
    base = root / controllers
    path = base / inside.lstrip("/")
    yield path
    yield from (parent for parent in path.parents if parent.is_relative_to(base))


def _headroom(group: Path) -> int | None:
    for limit_file, usage_file in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            limit, used = (group / limit_file).read_text().strip(), int((group / usage_file).read_text())
            stat = (group / "memory.stat").read_text().split()
        except OSError:
            continue
        if not limit.isdigit():  # "max": no limit here
            continue
        numbers = dict(zip(stat[::2], stat[1::2], strict=True))
        droppable = int(numbers.get("total_inactive_file", numbers.get("inactive_file", 0)))
        return max(int(limit) - used + droppable, 0)
    return None
