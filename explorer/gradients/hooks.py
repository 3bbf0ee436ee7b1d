"""Instruments on a live network: one forward and backward pass, and the norms of everything on the way.

Hooks sit on the modules only while the pass runs. Where a block's two paths part they give each path its own view of
the input, so that the two gradients arrive separately. No map is copied, and none is kept but one path's gradient
until the other's arrives.

The backward pass calls Python only once a block: between convolutions, whose maps fill the processor's caches, each
call takes about 0.1 ms however little it does.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.gradients.amounts import Amount, Parts, PassResult
from explorer.gradients.norms import Norms, Number, norms_for, read_all
from explorer.live.module_mode import in_mode
from explorer.network.arithmetic import analyze
from explorer.network.blocks import ResidualBlock
from explorer.network.layer import Kind
from explorer.network.model import ResNet

STEM = "stem"


def measured_pass(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    rescale: bool = False,
    step: Callable[[], None] = lambda: None,
    norms: Norms | None = None,
) -> PassResult:
    """One forward and backward pass of ``images`` (N, C, H, W) with classes ``labels`` (N,), in training mode but
    without dropout and stochastic depth.

    ``step`` is called before each block, forward and backward, and may raise to stop. With ``rescale`` the gradient is
    divided behind every block by the power of two that brings its norm to about 1. That is exact, and so the gradient
    never leaves the range of floats however deep the network. ``norms`` defaults to what is fast on the images'
    device. Hooks, modes and ``.grad`` are restored; running statistics advance as in any pass in training mode.
    """
    return _Instruments(net, norms or norms_for(images.device.type), rescale, step).run(images, labels)


class _Instruments:
    """The hooks of one pass, and what they found so far: numbers may be tensors until the pass is over."""

    def __init__(self, net: ResNet, norms: Norms, rescale: bool, step: Callable[[], None]) -> None:
        self.net, self.norms, self.rescale, self.step = net, norms, rescale, step
        self.exponent: Number = 0  # the gradient on its way is the true one · 2 ** -exponent
        self.exponents: dict[str, Number] = {}  # inside each block
        self.signals: dict[str, Amount] = {}
        self.blocks: dict[str, Amount] = {}
        self.parts: dict[str, Parts] = {}
        self.shortcut_inputs: list[Tensor] = []  # what a shortcut starts from, while the branch beside it is computed

    def run(self, images: Tensor, labels: Tensor) -> PassResult:
        parameters = dict(self.net.named_parameters())
        with torch.enable_grad(), in_mode(self.net, training=True, dropping=False), self._hooks():
            loss = functional.cross_entropy(self.net(images), labels)
            gradients = torch.autograd.grad(loss, tuple(parameters.values()))
        weights = self._weight_norms(dict(zip(parameters, gradients, strict=True)))
        total: Any = self.norms.value(loss.detach())
        return PassResult(*read_all((total, weights, self.blocks, self.signals, self.parts)), gradients)

    def _weight_norms(self, gradients: dict[str, Tensor]) -> dict[str, Amount]:
        """|dL/dW| of every convolution and of the classifier, in forward order."""
        layers = [layer for layer in analyze(self.net.config).layers if layer.kind in (Kind.CONV, Kind.LINEAR)]
        of_layers = [gradients[f"{layer.name}.weight"] for layer in layers]
        found = {}
        for layer, gradient, norm in zip(layers, of_layers, self.norms.of(of_layers), strict=True):
            exponent = 0 if layer.stage == "head" else self.exponents[layer.unit]
            found[layer.name] = _amount(norm, gradient, exponent)
        return found

    @contextmanager
    def _hooks(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.callback(self.shortcut_inputs.clear)  # after an error these would keep the graph alive
            source = STEM
            stem = (self.net.blurpool, self.net.maxpool, self.net.act1, self.net.conv1)
            last = next(part for part in stem if isinstance(part, nn.Module))
            for name, block in self.net.named_modules():
                if not isinstance(block, ResidualBlock):
                    continue
                # The two paths part at the block's input, or behind a norm and activation that they share.
                at_input = block.add is not None and not (block.pre and block.downsample is not None)
                if block.add is not None:
                    self._separate_paths(stack, name, block, source if at_input else None)
                if not at_input:
                    stack.callback(last.register_forward_hook(self._after(source)).remove)
                source, last = name, block
            stack.callback(last.register_forward_hook(self._after(source)).remove)
            yield

    def _after(self, name: str) -> Callable[[nn.Module, object, Tensor], None]:
        """A hook behind the stem or a block that does not end in a fork."""

        def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
            self._read_signal(name, output)
            output.register_hook(partial(self._read_gradient, name))  # type: ignore[no-untyped-call]

        return hook

    def _read_signal(self, name: str, output: Tensor) -> None:
        self.step()
        (norm,) = self.norms.of([output.detach()])
        self.signals[name] = _amount(norm, output)

    def _read_gradient(self, name: str, gradient: Tensor) -> Tensor:
        """Read the gradient with respect to a block's output. Returns it, or with ``rescale`` a multiple of it."""
        self.step()
        (norm,) = self.norms.of([gradient])
        self.blocks[name] = _amount(norm, gradient, self.exponent)
        if self.rescale:
            gradient, power = self.norms.scaled_to_one(gradient, norm)
            self.exponent = self.exponent + power
        self.exponents[name] = self.exponent
        return gradient

    def _separate_paths(self, stack: ExitStack, name: str, block: ResidualBlock, source: str | None) -> None:
        """Give each path of a block its own view of what both start from: the output of ``source``, if named."""
        norm_or_act = "bn1" if isinstance(block.bn1, nn.Module) else "act1"
        first = block.get_submodule(norm_or_act if block.pre and source is not None else "conv1")
        shortcut = block.get_submodule("add" if block.downsample is None else "downsample")
        stack.callback(first.register_forward_pre_hook(self._fork(name, source)).remove)
        stack.callback(shortcut.register_forward_pre_hook(self._take_shortcut).remove)

    def _fork(self, name: str, source: str | None) -> Callable[[nn.Module, tuple[Tensor]], tuple[Tensor]]:
        def hook(module: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
            (x,) = inputs
            if source is not None:
                self._read_signal(source, x)
            branch, shortcut = _Fork.apply(x, partial(self._read_paths, name, source))
            self.shortcut_inputs.append(shortcut)
            return (branch,)

        return hook

    def _take_shortcut(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The shortcut's input is the second input of a sum, and the only one of a projection."""
        return (*inputs[:-1], self.shortcut_inputs.pop())

    def _read_paths(self, name: str, source: str | None, branch: Tensor, shortcut: Tensor) -> Tensor:
        """Read the gradients that came down the two paths of a block, and return the one that goes on."""
        norms = self.norms.of([shortcut, branch])
        first, second = (_amount(norm, branch, self.exponents[name]) for norm in norms)
        dot: Any = self.norms.dot(shortcut, branch, norms)
        self.parts[name] = Parts(first, second, dot)
        gradient = branch + shortcut
        return gradient if source is None else self._read_gradient(source, gradient)


def _amount(norm: Any, of: Tensor, exponent: Any = 0) -> Amount:
    """An amount whose numbers are floats once ``read_all`` has read them."""
    return Amount(norm, of.numel(), exponent)


class _Fork(torch.autograd.Function):
    """The identity, twice. The two gradients that come back go to ``joined``, which returns what goes on."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, joined: Callable[[Tensor, Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        ctx.joined = joined
        return x.view_as(x), x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.joined(*gradients), None
