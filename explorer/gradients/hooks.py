"""Instruments on a live network: one forward and backward pass, and the norms of everything on the way.

Hooks sit on the modules only while the pass runs. They give the network identity views where its two paths part, so
that each path's gradient arrives on its own. No map is copied, and none is kept but one path's gradient until the
other's arrives.

The backward pass calls Python once a block and no oftener: amid convolutions, whose maps fill the processor's caches,
each call takes about 0.1 ms however little it does.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.gradients.values import FLOAT32_TINY
from explorer.live.module_mode import in_mode
from explorer.network.arithmetic import analyze
from explorer.network.blocks import ResidualBlock
from explorer.network.layer import Kind
from explorer.network.model import ResNet

STEM = "stem"
# Squares of numbers in this range neither leave float32 nor lose digits in it, however many are summed.
_SAFE = (1e-15, 1e15)
# The most squares whose sum in float32 is right to 1e-5, even where all are the same and each rounds the same way.
_LONGEST = 2**17


class Amount(NamedTuple):
    """A norm over so many ``values``: ``norm`` · 2 ** ``exponent``, beyond a float's range in a rescaled pass."""

    norm: float
    values: int
    exponent: int = 0

    @property
    def log10(self) -> float:
        """Common logarithm; -inf of zero."""
        return math.log10(self.norm) + self.exponent * math.log10(2) if self.norm else -math.inf

    @property
    def typical_log10(self) -> float:
        """Common logarithm of the root mean square."""
        return self.log10 - math.log10(self.values) / 2

    @property
    def is_below_float32(self) -> bool:
        """Whether the typical value (root mean square) is below the smallest normal float32, zero included."""
        return self.norm < FLOAT32_TINY * math.sqrt(self.values)


@dataclass(slots=True)
class Parts:
    """The gradients down the two paths of a block, where these part, and the cosine between them."""

    shortcut: Amount
    branch: Amount
    cosine: float


@dataclass(slots=True)
class Probed:
    """What one pass showed, by name. ``gradients`` are the pass's own dL/dp of every parameter, not rescaled."""

    loss: float = math.nan
    weights: dict[str, Amount] = field(default_factory=dict)
    blocks: dict[str, Amount] = field(default_factory=dict)
    signals: dict[str, Amount] = field(default_factory=dict)
    parts: dict[str, Parts] = field(default_factory=dict)
    gradients: tuple[Tensor, ...] = ()

    def amounts(self) -> Iterator[Amount]:
        """All of them."""
        for some in (self.weights, self.blocks, self.signals):
            yield from some.values()
        for parts in self.parts.values():
            yield from (parts.shortcut, parts.branch)


def probe(
    net: ResNet, images: Tensor, labels: Tensor, *, rescale: bool = False, step: Callable[[], None] = lambda: None
) -> Probed:
    """One forward and backward pass of ``images`` (N, C, H, W) with classes ``labels`` (N,), in training mode.

    ``step`` is called before each block, forward and backward, and may raise to stop. With ``rescale`` the gradient is
    brought back to a norm of about 1 behind every block by a power of two, which is exact, so that it never leaves the
    range of floats however deep the network. The network's hooks, modes and ``.grad`` are as before; its running
    statistics advance as in any pass in training mode.
    """
    return _Probe(net, rescale, step).run(images, labels)


def norm_of(x: Tensor) -> float | Tensor:
    """Euclidean norm of all values, right for any that float32 can hold: where their squares would leave it, they are
    scaled first. A float, or on CUDA a tensor () of float64, so that nobody waits."""
    if x.device.type == "cuda":
        return _double_norm(x)
    norm = _norm(x)
    return norm if _SAFE[0] < norm < _SAFE[1] else _careful_norm(x)


def _norm(x: Tensor) -> float:
    """Of many values by rows and then over these in double precision: one long sum in float32 is off by 1e-4."""
    if x.numel() <= _LONGEST:
        flat = x.reshape(-1)
        return math.sqrt(float(torch.dot(flat, flat)))  # faster than vector_norm, most of all on what no cache holds
    rows = x.flatten(1)
    if rows.shape[1] > _LONGEST // 2 and x.dim() == 4:  # vector_norm has half as many partial sums as dot
        rows = x.flatten(0, 1).flatten(1)
    return math.hypot(*torch.linalg.vector_norm(rows, dim=1).tolist())


def _double_norm(x: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dtype=torch.float64)
    return norm


def _careful_norm(x: Tensor) -> float:
    largest = float(torch.linalg.vector_norm(x, math.inf))
    if not 0 < largest < math.inf:  # nothing, or no number to scale by
        return largest
    return largest * _norm(x / largest)


def _cosine(a: Tensor, b: Tensor, norms: tuple[float | Tensor, float | Tensor]) -> float | Tensor:
    """Of the angle between two gradients of one shape, whose norms are given; NaN where either is zero."""
    if a.device.type == "cuda":
        return torch.dot(a.reshape(-1).double(), b.reshape(-1).double()) / (norms[0] * norms[1])
    first, second = float(norms[0]), float(norms[1])
    if not (0 < first < math.inf and 0 < second < math.inf):
        return math.nan
    if not all(_SAFE[0] < norm < _SAFE[1] for norm in (first, second)):
        a, b, first, second = a / first, b / second, 1.0, 1.0
    return float(torch.dot(a.reshape(-1), b.reshape(-1))) / (first * second)


class _Probe:
    """One pass: its hooks, and what they found so far. Norms may be tensors until the pass is over."""

    def __init__(self, net: ResNet, rescale: bool, step: Callable[[], None]) -> None:
        self.net, self.rescale, self.step = net, rescale, step
        self.exponent = 0  # the gradient now on its way is the true one · 2 ** -exponent
        self.exponents: dict[str, int] = {}  # by block: the one in it
        self.signals: dict[str, tuple[float | Tensor, int]] = {}
        self.blocks: dict[str, tuple[float | Tensor, int, int]] = {}
        self.waiting: list[Tensor] = []  # what a shortcut starts from, while the branch beside it is computed
        self.parts: dict[str, tuple[float | Tensor, float | Tensor, float | Tensor, int, int]] = {}

    def run(self, images: Tensor, labels: Tensor) -> Probed:
        parameters = dict(self.net.named_parameters())
        with torch.enable_grad(), in_mode(self.net, training=True), self._hooks():
            loss = functional.cross_entropy(self.net(images), labels)
            gradients = torch.autograd.grad(loss, tuple(parameters.values()))
        found = Probed(float(loss.detach()), gradients=gradients)
        found.weights = self._weights(dict(zip(parameters, gradients, strict=True)))
        found.signals = {name: Amount(float(norm), count) for name, (norm, count) in self.signals.items()}
        found.blocks = {name: Amount(float(norm), *rest) for name, (norm, *rest) in self.blocks.items()}
        for name, (shortcut, branch, cosine, count, exponent) in self.parts.items():
            first, second = (Amount(float(norm), count, exponent) for norm in (shortcut, branch))
            found.parts[name] = Parts(first, second, float(cosine))
        return found

    def _weights(self, gradients: dict[str, Tensor]) -> dict[str, Amount]:
        """|dL/dW| of every convolution and of the classifier, in forward order."""
        layers = [layer for layer in analyze(self.net.config).layers if layer.kind in (Kind.CONV, Kind.LINEAR)]
        found = {}
        for layer in layers:
            gradient = gradients[f"{layer.name}.weight"]
            exponent = 0 if layer.stage == "head" else self.exponents[layer.unit]
            found[layer.name] = (norm_of(gradient), gradient.numel(), exponent)
        return {name: Amount(float(norm), *rest) for name, (norm, *rest) in found.items()}

    @contextmanager
    def _hooks(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.callback(self.waiting.clear)  # after an error: what is there leads back to here through its graph
            source = STEM
            last = next(
                part for part in (self.net.maxpool, self.net.act1, self.net.conv1) if isinstance(part, nn.Module)
            )
            for name, block in self.net.named_modules():
                if not isinstance(block, ResidualBlock):
                    continue
                # The two paths part at the block's input, or behind a norm and activation that they share.
                at_input = block.add is not None and not (block.pre and block.downsample is not None)
                if block.add is not None:
                    self._part(stack, name, block, source if at_input else None)
                if not at_input:
                    stack.callback(last.register_forward_hook(self._after(source)).remove)
                source, last = name, block
            stack.callback(last.register_forward_hook(self._after(source)).remove)
            yield

    def _after(self, name: str) -> Callable[[nn.Module, object, Tensor], None]:
        """Reads the signal that a block puts out and later the gradient that arrives there, where no fork does."""

        def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
            self._left(name, output)
            output.register_hook(partial(self._arrived, name))  # type: ignore[no-untyped-call]

        return hook

    def _left(self, name: str, output: Tensor) -> None:
        self.step()
        self.signals[name] = norm_of(output.detach()), output.numel()

    def _arrived(self, name: str, gradient: Tensor) -> Tensor:
        """Reads the gradient with respect to a block's output; returns it, or with ``rescale`` a multiple of it."""
        self.step()
        norm = norm_of(gradient)
        self.blocks[name] = norm, gradient.numel(), self.exponent
        if self.rescale and 0 < (size := float(norm)) < math.inf:
            power = math.frexp(size)[1]
            self.exponent += power
            # In two halves: 2 ** power alone may be out of range.
            gradient = gradient * 2.0 ** (-power // 2) * 2.0 ** (-power - (-power // 2))
        self.exponents[name] = self.exponent
        return gradient

    def _part(self, stack: ExitStack, name: str, block: ResidualBlock, source: str | None) -> None:
        """Gives each of the two paths a view of its own of what both start from: the output of ``source``, if named."""
        norm_or_act = "bn1" if isinstance(block.bn1, nn.Module) else "act1"
        first = block.get_submodule(norm_or_act if block.pre and source is not None else "conv1")
        shortcut = block.get_submodule("add" if block.downsample is None else "downsample")
        stack.callback(first.register_forward_pre_hook(self._fork(name, source)).remove)
        stack.callback(shortcut.register_forward_pre_hook(self._take_shortcut).remove)

    def _fork(self, name: str, source: str | None) -> Callable[[nn.Module, tuple[Tensor]], tuple[Tensor]]:
        def hook(module: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
            (x,) = inputs
            if source is not None:
                self._left(source, x)
            branch, shortcut = _Fork.apply(x, partial(self._joined, name, source))
            self.waiting.append(shortcut)
            return (branch,)

        return hook

    def _take_shortcut(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Of the sum it is the second input, of what a shortcut computes the only one."""
        return (*inputs[:-1], self.waiting.pop())

    def _joined(self, name: str, source: str | None, branch: Tensor, shortcut: Tensor) -> Tensor:
        """Reads the gradients that came down the two paths, and returns the one that goes on."""
        norms = norm_of(shortcut), norm_of(branch)
        cosine = _cosine(shortcut, branch, norms)
        self.parts[name] = (*norms, cosine, branch.numel(), self.exponents[name])
        gradient = branch + shortcut
        return gradient if source is None else self._arrived(source, gradient)


class _Fork(torch.autograd.Function):
    """The identity, twice. The two gradients that come back go to ``joined``, which returns what goes on."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, joined: Callable[[Tensor, Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        ctx.joined = joined
        return x.view_as(x), x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.joined(*gradients), None
