"""The network measured: built and run on a device, read by torchinfo, and held against the arithmetic row by row.

Everything in a report is plain data: it can be pickled, cached and sent between processes.
"""

import statistics
import time
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from explorer.live.crosscheck import Mismatch, crosscheck
from explorer.live.devices import Device, DeviceError, default_device, devices, find_device, synchronise
from explorer.live.out_of_memory import memory_guarded
from explorer.live.preflight import Preflight, preflight
from explorer.live.progress import Progress, StepCounter, between, no_progress
from explorer.live.timing_and_memory import (
    allocated_before,
    bytes_of_tensors,
    noise,
    peak_bytes,
    peak_of,
    timed,
)
from explorer.live.torchinfo_rows import LiveRow, TensorMemory, read_rows
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.text.quantities import first_few, size

__all__ = [
    "Device",
    "DeviceError",
    "LiveReport",
    "LiveRow",
    "Mismatch",
    "Preflight",
    "default_device",
    "devices",
    "inspect_live",
    "preflight",
    "summary",
]

TIMING_BUDGET_S = 0.5
MAX_REPETITIONS = 20
_META = Device("meta", "PyTorch's meta device: shapes without memory")


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What a network showed when it was built and run.

    ``ran`` tells whether numbers flowed through it; where it did not fit, it was built on PyTorch's meta device
    (shapes without memory), ``note`` says why and the times are None. ``params``, ``buffers`` (values) and
    ``weight_bytes`` (of the parameters) are the live network's own. ``mult_adds`` and ``macs`` are for one image, as
    torchinfo and as this app count them (see ``LiveRow``). ``peak_bytes`` is for the whole batch; ``peak_of`` says what
    exactly it is. ``forward_ms`` is the median of ``repetitions`` passes of the whole batch after a warm-up.
    """

    config: ResNetConfig
    device: str
    device_title: str
    seed: int
    batch_size: int
    ran: bool
    note: str
    params: int
    buffers: int
    macs: int
    mult_adds: int
    weight_bytes: int
    peak_bytes: int
    peak_of: str
    build_ms: float | None
    forward_ms: float | None
    repetitions: int
    rows: tuple[LiveRow, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def agrees(self) -> bool:
        """Whether every layer and every total equals the arithmetic's."""
        return not self.mismatches


def inspect_live(
    config: ResNetConfig,
    device: str = "cpu",
    *,
    seed: int = 0,
    batch_size: int = 1,
    progress: Progress | None = None,
) -> LiveReport:
    """Build ``config``, run a batch of noise through it in evaluation mode, and compare it with ``analyze``.

    What the device has no room for, and ``device="meta"``, is built without memory instead: layers, shapes,
    parameters and MACs are compared, times are not measured. Times are what PyTorch's own settings give, TF32 in
    convolutions on an NVIDIA GPU: no value that this changes is read. ``progress`` gets the fraction done before
    every operation and may raise to stop. PyTorch's global random state is unchanged.

    Raises:
        ValueError: the network cannot exist (see ``analyze``) or the batch size is out of bounds.
        DeviceError: there is no such device, or it ran out of memory after all.
    """
    if device == "meta":
        note = "It was built on PyTorch's meta device, as asked: layers and shapes without memory."
        return replace(_measure(config, _META, seed, batch_size, progress), note=note)
    check, where = preflight(config, device, batch_size), find_device(device)
    if not check.fits:
        report = _measure(config, _META, seed, batch_size, progress)
        return replace(report, device=where.name, device_title=where.title, note=check.reason)
    needed = f"The network was expected to need about {size(check.bytes_needed)}; other work took what was missing."
    return memory_guarded(where, lambda: _measure(config, where, seed, batch_size, progress), because=needed)


def _measure(config: ResNetConfig, device: Device, seed: int, batch_size: int, progress: Progress | None) -> LiveReport:
    """Build, read, compare and, on a real device, time."""
    tell, arch = progress or no_progress, analyze(config)
    tell(0.0, "building the network")
    allocated = allocated_before(device)
    net, build_ms = _timed_build(config, device, seed)
    images = noise(config, device, seed, batch_size)
    step = StepCounter(len(arch.layers), between(tell, 0.1, 0.8))  # there is about one operation a layer
    memory = TensorMemory(partial(step, "running every layer once"))
    rows = read_rows(net, images, memory)  # warms the device up, too
    params = sum(parameter.numel() for parameter in net.parameters())
    buffers = sum(buffer.numel() for buffer in net.buffers())
    peak = peak_bytes(device, allocated, memory.peak_bytes + bytes_of_tensors(net) + images.nbytes)
    forward_ms, repetitions = _timed_forward(net, images, device, tell)
    return LiveReport(
        config=config,
        device=device.name,
        device_title=device.title,
        seed=seed,
        batch_size=batch_size,
        ran=device != _META,
        note="",
        params=params,
        buffers=buffers,
        macs=sum(row.macs for row in rows),
        mult_adds=sum(row.mult_adds for row in rows),
        weight_bytes=sum(parameter.nbytes for parameter in net.parameters()),
        peak_bytes=peak,
        peak_of=peak_of(device),
        build_ms=None if device == _META else build_ms,
        forward_ms=forward_ms,
        repetitions=repetitions,
        rows=rows,
        mismatches=crosscheck(arch, rows, params=params, buffers=buffers),
    )


def _timed_build(config: ResNetConfig, device: Device, seed: int) -> tuple[ResNet, float]:
    started = time.perf_counter()
    net = build(config, device.name, seed).eval()
    synchronise(device)
    return net, 1000 * (time.perf_counter() - started)


def _timed_forward(net: nn.Module, images: Tensor, device: Device, tell: Progress) -> tuple[float | None, int]:
    """Median milliseconds of a forward pass, and of how many; the warm-up is the caller's."""
    if device == _META:
        return None, 0
    seconds: list[float] = []
    with torch.inference_mode():
        while not seconds or (len(seconds) < MAX_REPETITIONS and sum(seconds) < TIMING_BUDGET_S):
            tell(0.8 + 0.01 * len(seconds), "timing")
            seconds.append(timed(lambda: net(images), device))
    return 1000 * statistics.median(seconds), len(seconds)


def summary(report: LiveReport) -> str:
    """The report in one or two sentences."""
    counts = f"{size(report.weight_bytes)} of weights, {report.params:,} parameters"
    verdict = _verdict(report)
    if report.build_ms is None or report.forward_ms is None:
        return f"Not run. {report.note} Checked without running: {counts}: {verdict}"
    built = f"Built on {report.device} in {_duration(report.build_ms)}"
    batch = "" if report.batch_size == 1 else f" of {report.batch_size:,} images"
    return f"{built}, forward{batch} {_duration(report.forward_ms)}, {counts}: {verdict}"


def _duration(milliseconds: float) -> str:
    """``5.83`` -> "5.8 ms", ``58.3`` -> "58 ms", ``310`` -> "0.31 s"."""
    if milliseconds < 99.5:
        return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.2g} s" if milliseconds < 9950 else f"{milliseconds / 1000:,.0f} s"


def _verdict(report: LiveReport) -> str:
    if report.agrees:
        return "agrees with the arithmetic in every layer."
    where = list(dict.fromkeys(mismatch.layer for mismatch in report.mismatches))
    return f"disagrees with the arithmetic in {first_few(where, 3)}. First: {report.mismatches[0].sentence}."
