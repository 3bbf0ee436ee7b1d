"""Networks against the clock: latency, training step, throughput and peak memory, interleaved and repeated.

Every round runs each network once forward and once forward + backward, so a slow moment of the machine falls on all of
them alike. ``measure`` is made for ``explorer.jobs.queue``: plain arguments and results, progress between all steps.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from explorer.compare.timings import Spread, Timing, remark, spread_of
from explorer.live.devices import Device, find_device, release_memory
from explorer.live.out_of_memory import TRY_LESS, OutOfMemory, memory_guarded
from explorer.live.preflight import Preflight, estimated_weight_bytes, preflight, preflight_training
from explorer.live.progress import Progress, no_progress
from explorer.live.timing_and_memory import (
    allocated_before,
    bytes_of_tensors,
    noise,
    peak_bytes,
    peak_of,
    timed,
)
from explorer.live.torchinfo_rows import TensorMemory
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import BYTES_PER_VALUE
from explorer.network.model import ResNet, build
from explorer.network.names import name_of

__all__ = ["Spread", "Timing", "measure", "remark"]

MIN_ROUNDS, MAX_ROUNDS = 5, 200
DEFAULT_SECONDS, MAX_SECONDS = 10.0, 300.0
_PREPARED = 0.2  # of the progress: building and warming up


def measure(
    configs: tuple[ResNetConfig, ...],
    device: str = "cpu",
    *,
    batch_size: int = 1,
    seed: int = 0,
    seconds: float = DEFAULT_SECONDS,
    progress: Progress | None = None,
) -> tuple[Timing, ...]:
    """Time ``configs`` on ``device`` with a batch of noise, in their order, for about ``seconds``.

    After a warm-up, in which the peak of memory is taken, there are at least 5 and at most 200 rounds, more than 5 only
    until the passes together took ``seconds``. A network that does not fit, or runs out of memory, gets a note and
    None; the others are still measured. PyTorch's own settings decide the precision: TF32 in convolutions on an NVIDIA
    GPU, as in anybody's training. ``progress`` gets the fraction done before every pass (while warming up,
    before every operation) and may raise to stop. PyTorch's global random state stays as it was, and no network
    outlives the call.

    Raises:
        ValueError: no networks, one that cannot exist (see ``analyze``), or a batch size or time out of bounds.
        DeviceError: there is no such device.
    """
    if not configs:
        raise ValueError("configs is empty: give at least one network to measure.")
    if not (math.isfinite(seconds) and 0 <= seconds <= MAX_SECONDS):
        raise ValueError(f"seconds is {seconds!r}: it must be a number from 0 to {MAX_SECONDS:.0f}.")
    where, tell = find_device(device), progress or no_progress
    trials = _admitted(configs, where, batch_size)
    passes = [trial.passes[index] for index in range(2) for trial in trials]  # all forward, then all training
    try:
        _prepare(trials, passes, seed, tell)
        _run_rounds(passes, seconds, tell)
        return tuple(trial.timing() for trial in trials)
    finally:
        for trial in trials:
            trial.close()
        release_memory(where)


@dataclass(eq=False, slots=True)
class _Pass:
    """One kind of pass of one network; ``refusal`` says why it is not, or no longer, measured."""

    trial: "_Trial"
    training: bool
    refusal: str
    seconds: list[float] = field(default_factory=list)
    peak: int | None = None

    @property
    def title(self) -> str:
        return f"{'training step' if self.training else 'forward pass'} of {name_of(self.trial.config)}"

    def set_mode(self) -> None:
        """Outside the measurement: it visits every module."""
        self.trial.loaded.net.train(self.training)

    def run(self) -> None:
        """The pass itself. Training leaves gradients, as a step of an optimizer would find them."""
        net, images, labels = self.trial.loaded
        if self.training:
            functional.cross_entropy(net(images), labels).backward()  # type: ignore[no-untyped-call]
        else:
            with torch.inference_mode():
                net(images)

    def refuse(self, reason: str) -> None:
        """Measured until now or not: half a measurement is none."""
        self.refusal, self.peak = reason, None
        self.seconds.clear()

    def spread(self) -> Spread | None:
        return spread_of([1000 * seconds for seconds in self.seconds]) if self.seconds else None


class _Loaded(NamedTuple):
    """On the device: the network, its images (N, C, H, W) and the classes (N,) it is trained towards."""

    net: ResNet
    images: Tensor
    labels: Tensor


class _Trial:
    """One network while it is measured; on the device from ``load`` to ``close``."""

    def __init__(self, config: ResNetConfig, device: Device, batch_size: int, refusals: tuple[str, str]) -> None:
        self.config, self.device, self.batch_size = config, device, batch_size
        self.passes = [
            _Pass(self, training, refusal) for training, refusal in zip((False, True), refusals, strict=True)
        ]
        self._loaded: _Loaded | None = None

    @property
    def loaded(self) -> "_Loaded":
        assert self._loaded is not None
        return self._loaded

    @property
    def own_bytes(self) -> int:
        """What it holds between passes."""
        net, images, labels = self.loaded
        return bytes_of_tensors(net) + images.nbytes + labels.nbytes

    def load(self, seed: int) -> None:
        net = build(self.config, self.device.name, seed)
        images = noise(self.config, self.device, seed, self.batch_size)
        generator = torch.Generator(self.device.name).manual_seed(seed)
        size, where = (self.batch_size,), self.device.name
        labels = torch.randint(self.config.num_classes, size, generator=generator, device=where)
        self._loaded = _Loaded(net, images, labels)

    def drop_gradients(self) -> None:
        if self._loaded is not None:
            self._loaded.net.zero_grad(set_to_none=True)

    def close(self) -> None:
        self._loaded = None

    def timing(self) -> Timing:
        forward, training = self.passes
        return Timing(
            config=self.config,
            device=self.device.name,
            batch_size=self.batch_size,
            forward=forward.spread(),
            training=training.spread(),
            forward_peak_bytes=forward.peak,
            training_peak_bytes=training.peak,
            peak_of=f"{peak_of(self.device)}; in training the gradients, too",
            macs=analyze(self.config).macs,
            note=" ".join(dict.fromkeys(one.refusal for one in self.passes if one.refusal)),
        )


def _admitted(configs: Sequence[ResNetConfig], device: Device, batch_size: int) -> list[_Trial]:
    """The networks, each pass with the reason for which it will not run beside the networks before it, if any."""
    trials: list[_Trial] = []
    kept = working = 0  # bytes that all admitted ones hold at all times, and the most that one pass adds to them
    for config in configs:
        arch = analyze(config)
        own = estimated_weight_bytes(arch) + BYTES_PER_VALUE * batch_size * math.prod(arch.layers[0].input_shape)
        checks = []
        for check in (preflight, preflight_training):
            extra = check(config, device.name, batch_size).bytes_needed - own
            # Its pass must fit beside the others' weights, and its weights beside the others' passes.
            checks.append(check(config, device.name, batch_size, beside=kept + max(working - extra, 0)))
        if checks[0].fits:
            kept += own
            working = max(working, *(found.bytes_needed - own for found in checks if found.fits))
        trials.append(_Trial(config, device, batch_size, _refusals(*checks)))
    return trials


def _refusals(forward: Preflight, training: Preflight) -> tuple[str, str]:
    """What is too much for the forward pass is too much for the training step, for the same reason."""
    return forward.reason, forward.reason or training.reason


def _prepare(trials: Sequence[_Trial], passes: Sequence[_Pass], seed: int, tell: Progress) -> None:
    """Build, and run every pass once unmeasured: libraries choose and load their kernels, and memory is watched."""
    steps = len(trials) + len(passes)
    for number, trial in enumerate(trials):
        tell(_PREPARED * number / steps, f"building {name_of(trial.config)}")
        if not trial.passes[0].refusal:
            _survives(trial, trial.passes, partial(trial.load, seed))
    for number, one in enumerate(passes, start=len(trials)):
        step = partial(tell, _PREPARED * number / steps, f"warming up: {one.title}")
        step()
        if not one.refusal:
            _survives(one.trial, [one], partial(_watch, one, step))


def _watch(one: _Pass, step: Callable[[], None]) -> None:
    """Take the peak of memory; ``step`` is called before every operation where torch lets us see it."""
    device, own, memory = one.trial.device, one.trial.own_bytes, TensorMemory(step)
    one.set_mode()
    if device.kind == "cuda":  # the first pass loads the libraries' own workspaces, which belong to no network
        one.run()
        one.trial.drop_gradients()
    before = allocated_before(device) - own
    with nullcontext() if device.kind == "cuda" else memory:
        one.run()
    one.peak = peak_bytes(device, before, memory.peak_bytes + own)
    one.trial.drop_gradients()


def _run_rounds(passes: Sequence[_Pass], seconds: float, tell: Progress) -> None:
    number, spent = 0, 0.0
    while number < MIN_ROUNDS or (spent < seconds and number < MAX_ROUNDS):
        for index, one in enumerate(passes):
            done = number + index / len(passes)
            share = max(spent / seconds if seconds else 1.0, done / MAX_ROUNDS)
            tell(_PREPARED + (1 - _PREPARED) * min(share, done / MIN_ROUNDS, 1.0), f"round {number + 1}: {one.title}")
            if not one.refusal and _survives(one.trial, [one], partial(_time, one)):
                spent += one.seconds[-1]
        number += 1
        if all(one.refusal for one in passes):
            return


def _time(one: _Pass) -> None:
    one.set_mode()
    one.seconds.append(timed(one.run, one.trial.device))
    one.trial.drop_gradients()


def _survives(trial: _Trial, concerned: Sequence[_Pass], work: Callable[[], None]) -> bool:
    """Do ``work``; where memory runs out, say so in the passes concerned and free what it held."""
    try:
        memory_guarded(trial.device, work, release=trial.drop_gradients)
    except OutOfMemory:
        for one in concerned:
            one.refuse(
                f"The {'training step' if one.training else 'forward pass'} ran out of memory on {trial.device.name}, "
                f"where other work took what was missing: {TRY_LESS}"
            )
        return False
    return True
