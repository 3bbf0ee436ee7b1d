"""Runs the model's own shortcuts on four real pictures, stacked as the channels of one feature map."""

import torch
from sklearn.datasets import load_digits  # type: ignore[import-untyped]
from torch import Tensor
from torch.nn import functional

from explorer.ideas.limits import Matrix
from explorer.ideas.six_shortcuts import INPUTS, OUTPUTS, SIDE, ShortcutRun, ShortcutSetting
from explorer.network.arithmetic import analyze
from explorer.network.blocks import ResidualBlock
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.network.model import build
from explorer.network.options import Block, Norm, Stem


def feature_map() -> Tensor:
    """Returns the first pictures of four handwritten digits (scikit-learn), (1, 4, 8, 8), from 0 to 1."""
    digits = load_digits()
    places = [int((digits.target == digit).argmax()) for digit in range(INPUTS)]
    return torch.tensor(digits.images[places] / 16, dtype=torch.float32)[None]


def shortcut_run(setting: ShortcutSetting) -> ShortcutRun:
    """Runs one shortcut on the feature map, in a block as the model builds it. Projections have no norm."""
    widths = (INPUTS, OUTPUTS) if setting.changes else (INPUTS, INPUTS)
    config = ResNetConfig(
        block=Block.BASIC,
        stage_blocks=(2, 1),
        widths=widths,
        shortcut=setting.shortcut,
        stem=Stem.CIFAR,
        norm=Norm.NONE,
        image_size=SIDE,
        num_classes=2,
    )
    unit = "layer2.0" if setting.changes else "layer1.1"
    block = build(config, seed=setting.seed).get_submodule(unit)
    assert isinstance(block, ResidualBlock)
    x = feature_map().requires_grad_()
    graph = None if block.add is None else x.clone() if block.downsample is None else block.downsample(x)
    reached = 0 if graph is None else _reached(graph, x)
    x, out = x.detach(), None if graph is None else graph.detach()
    layers = [layer for layer in analyze(config).unit_layers(unit) if layer.on_shortcut and layer.kind is not Kind.ADD]
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    kinds = [] if out is None else [_kind(channel, x[0], changes=setting.changes) for channel in out[0]]
    counts = {kind: kinds.count(kind) for kind in ("kept", "means", "zeros", "mixed")}
    return ShortcutRun(
        setting, _maps(x), () if out is None else _maps(out), **counts, reached=reached, params=params, macs=macs
    )


def _reached(output: Tensor, x: Tensor) -> int:
    """Counts the places of the input that some value of the output depends on."""
    gradients = [torch.autograd.grad(channel.sum(), x, retain_graph=True)[0] for channel in output[0]]
    return int(torch.stack(gradients).abs().sum((0, 1, 2)).count_nonzero())


def _kind(channel: Tensor, inputs: Tensor, *, changes: bool) -> str:
    """Returns what an output channel is, by comparing it with the input channels."""
    if not channel.any():
        return "zeros"
    kept = inputs[:, ::2, ::2] if changes else inputs
    if any(torch.equal(channel, one) for one in kept):
        return "kept"
    means = functional.avg_pool2d(inputs[None], 2)[0]
    return "means" if changes and any(torch.allclose(channel, one) for one in means) else "mixed"


def _maps(x: Tensor) -> tuple[Matrix, ...]:
    return tuple(tuple(map(tuple, channel.tolist())) for channel in x[0])
