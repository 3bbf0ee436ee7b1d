"""Gradient and signal norms of every layer and block, against a bare forward and backward pass of the same network, on
the CPU and on a GPU where there is one.

On the CPU both with as many threads as the app computes with, and with denormals flushed: with a thread on every core,
each operation waits for whichever core does something else, and the ratio tells how busy the machine is.
"""

from collections.abc import Iterator

import torch
from torch.nn import functional

from bench.result import Result, interleaved, seconds
from explorer import ResNetConfig, analyze, build, preset
from explorer.gradients.hooks import measured_pass
from explorer.gradients.input_batch import batch_for
from explorer.live.denormals import flushed
from explorer.live.devices import Device, default_device, find_device, leave_a_core_free, synchronise
from explorer.network.layer import Kind

GOAL = 1.10
NETWORKS = ("resnet56", "plain56", "resnet18")


def run(repeats: int = 15, batch_size: int = 16) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats``."""
    threads = torch.get_num_threads()
    leave_a_core_free()
    try:
        for device in dict.fromkeys((find_device("cpu"), default_device())):
            for name in NETWORKS:
                yield _compare(name, preset(name), device, repeats, batch_size)
    finally:
        torch.set_num_threads(threads)


def _compare(name: str, config: ResNetConfig, device: Device, repeats: int, batch_size: int) -> Result:
    net = build(config, device.name, 0)
    batch = batch_for(config, device, seed=0, batch_size=batch_size, source="noise")

    def bare() -> None:
        loss = functional.cross_entropy(net(batch.images), batch.labels)
        torch.autograd.grad(loss, tuple(net.parameters()))
        synchronise(device)

    def instrumented() -> None:
        measured_pass(net, batch.images, batch.labels)
        synchronise(device)

    ours, theirs = flushed(lambda: interleaved(lambda: seconds(instrumented), lambda: seconds(bare), repeats=repeats))
    blocks = sum(config.stage_blocks)
    layers = sum(layer.kind in (Kind.CONV, Kind.LINEAR) for layer in analyze(config).layers)
    return Result(
        name=f"gradient flow of {name}",
        measured=ours / theirs,
        goal=GOAL,
        unit="×",
        at_least=False,
        ours=f"norms of {layers} layers and {blocks} blocks, {batch_size} images, {ours * 1e3:.0f} ms",
        theirs=f"a bare forward + backward on {device.title}, {theirs * 1e3:.0f} ms",
    )
