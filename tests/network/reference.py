"""The gradients of a network computed another way: the layer table run as a program of plain functions, and autograd
asked for each gradient by itself. Nothing of ``network.model``'s modules or ``gradients.hooks`` but the weights."""

from dataclasses import dataclass, field
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional

from explorer import Layer, ResNetConfig, analyze
from explorer.network.layer import Kind, Role
from explorer.network.options import Activation

ACTIVATIONS = {
    Activation.RELU: torch.relu,
    Activation.LEAKY_RELU: functional.leaky_relu,
    Activation.GELU: functional.gelu,
    Activation.SIGMOID: torch.sigmoid,
    Activation.TANH: torch.tanh,
}


@dataclass
class Reference:
    """Gradients by name; ``parts`` are those down the shortcut and down the branch, at the point where they part."""

    loss: Tensor
    signals: dict[str, Tensor] = field(default_factory=dict)
    weights: dict[str, Tensor] = field(default_factory=dict)
    blocks: dict[str, Tensor] = field(default_factory=dict)
    parts: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict)


@dataclass
class _Block:
    fork: Tensor
    shortcut: Tensor
    branch: Tensor
    total: Tensor


class _Program:
    def __init__(self, config: ResNetConfig, state: dict[str, Tensor]) -> None:
        self.config, self.state = config, state
        self.signals: dict[str, Tensor] = {}
        self.adds: dict[str, _Block] = {}

    def layer(self, layer: Layer, x: Tensor) -> Tensor:
        match layer.kind:
            case Kind.CONV:
                weight, bias = self.state[f"{layer.name}.weight"], self.state.get(f"{layer.name}.bias")
                return functional.conv2d(x, weight, bias, layer.stride, layer.padding, layer.dilation, layer.groups)
            case Kind.NORM:
                return self.norm(layer, x)
            case Kind.ACTIVATION:
                return self.activation(layer, x)
            case Kind.POOL:
                return self.pool(layer, x)
            case Kind.PAD:
                return self.pad(layer, x)
        return self.other(layer, x)

    def pad(self, layer: Layer, x: Tensor) -> Tensor:
        x = x[:, :, :: layer.stride, :: layer.stride]
        missing = layer.output_shape[0] - x.shape[1]
        return torch.cat([x, x.new_zeros(x.shape[0], missing, *x.shape[2:])], dim=1)

    def other(self, layer: Layer, x: Tensor) -> Tensor:
        """The classifier, and what came after He et al.; dropout is measured without."""
        if layer.kind is Kind.LINEAR:
            return functional.linear(x.flatten(1), self.state["fc.weight"], self.state["fc.bias"])
        if layer.kind is Kind.BLUR:
            return self.blur(x)
        return x * self.state[f"{layer.name}.gain"] if layer.kind is Kind.SCALE else x

    def activation(self, layer: Layer, x: Tensor) -> Tensor:
        if layer.role is Role.ATTENTION:
            return torch.sigmoid(x) if layer.name.endswith("gate") else torch.relu(x)
        return ACTIVATIONS[self.config.activation](x)

    def norm(self, layer: Layer, x: Tensor) -> Tensor:
        """Written out: over the batch and all positions, biased variance (Ioffe and Szegedy 2015); or over a group of
        channels and all positions of one image (Wu and He 2018)."""
        whole = x.shape
        over = (2, 3, 4) if layer.groups else (0, 2, 3)
        x = x.unflatten(1, (layer.groups, -1)) if layer.groups else x
        x = ((x - x.mean(over, keepdim=True)) / (x.var(over, correction=0, keepdim=True) + 1e-5).sqrt()).view(whole)
        scale, shift = (self.state[f"{layer.name}.{end}"].view(1, -1, 1, 1) for end in ("weight", "bias"))
        return x * scale + shift

    def blur(self, x: Tensor) -> Tensor:
        """The binomial filter as a convolution of each channel by itself (Zhang 2019)."""
        line = torch.tensor([1, 2, 1], dtype=x.dtype) / 4
        window = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), mode="reflect"), window, stride=2, groups=x.shape[1])

    def pool(self, layer: Layer, x: Tensor) -> Tensor:
        if layer.name == "maxpool":
            return functional.max_pool2d(x, 3, layer.stride, 1)
        if layer.name.endswith("avgpool"):
            return x.mean((2, 3), keepdim=True)
        return functional.avg_pool2d(x, layer.kernel, layer.stride, ceil_mode=True, count_include_pad=False)

    def block(self, name: str, layers: list[Layer], x: Tensor) -> Tensor:
        pre = self.config.order == "pre"
        forks_late = pre and any(layer.on_shortcut for layer in layers)
        fork = shortcut = out = x
        gated = x
        for layer in layers:
            if layer.name.endswith("se.avgpool"):
                gated = out
            if layer.name.endswith("se.multiply"):
                out = gated * out
            elif layer.on_shortcut:
                shortcut = self.layer(layer, shortcut)
            elif layer.kind is Kind.ADD:
                self.adds[name] = _Block(fork, shortcut, out, out + shortcut)
                out = self.adds[name].total
            else:
                out = self.layer(layer, out)
                if forks_late and layer.name == f"{name}.act1":
                    fork = shortcut = out
        return out

    def run(self, x: Tensor) -> Tensor:
        for unit, group in groupby(analyze(self.config).layers, key=lambda layer: layer.unit):
            layers = list(group)
            if unit in ("stem", "head"):
                for layer in layers:
                    x = self.layer(layer, x)
            else:
                x = self.block(unit, layers, x)
            if unit != "head":
                self.signals[unit] = x
        return x


def reference(config: ResNetConfig, state: dict[str, Tensor], images: Tensor, labels: Tensor) -> Reference:
    """Everything that ``explorer.gradients.hooks`` measures, as whole tensors; ``state`` is a network's state dict."""
    state = {name: tensor.detach().clone() for name, tensor in state.items()}
    names = [layer.name for layer in analyze(config).layers if layer.kind in (Kind.CONV, Kind.LINEAR)]
    for name in names:
        state[f"{name}.weight"].requires_grad_()
    program = _Program(config, state)
    loss = functional.cross_entropy(program.run(images), labels)

    def gradient(of: Tensor, to: Tensor, given: Tensor | None = None) -> Tensor:
        (found,) = torch.autograd.grad(of, to, given, retain_graph=True, materialize_grads=True)
        return found

    found = Reference(loss.detach(), {name: signal.detach() for name, signal in program.signals.items()})
    found.weights = {name: gradient(loss, state[f"{name}.weight"]) for name in names}
    found.blocks = {name: gradient(loss, signal) for name, signal in program.signals.items()}
    for name, block in program.adds.items():
        arriving = gradient(loss, block.total)
        # Of an identity the fork is the shortcut itself.
        shortcut = arriving if block.shortcut is block.fork else gradient(block.shortcut, block.fork, arriving)
        found.parts[name] = shortcut, gradient(block.branch, block.fork, arriving)
    return found
